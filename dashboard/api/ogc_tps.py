"""Pages of the OGC layer `tps`: 13,000 stations are searched as they are, and only a page becomes features."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dashboard.tps_shapes import flat_tps_feature
from dashboard.view import View
from feeds.events import TpsListed
from feeds.tps import FLAGS, Tps
from geo.jurisdictions import jurisdiction_of

Equal = Sequence[tuple[str, str]]
Box = tuple[float, float, float, float]
Feature = dict[str, Any]

FILTERS = {
    **dict.fromkeys(
        ("village", "village_code", "district", "regency", "polres", "kodim", "class", "class_owner", "located"),
        "string",
    ),
    "number": "integer",
    **dict.fromkeys((*FLAGS, "astray"), "boolean"),
}
_OF_STATION = ("village", "village_code", "located", "number")


def tps_features(view: View) -> Iterator[Feature]:
    """All stations in sight."""
    return (_feature(view, event, tps) for event in view.tps() for tps in event.stations)


def tps_page(view: View, equal: Equal, box: Box | None, after: str, limit: int) -> tuple[list[Feature], int, bool]:
    """A page of features by id, how many match on all pages, and whether there are more."""
    found = [
        (tps.id, tps, event)
        for event in view.tps()
        if _list_holds(event, equal)
        for tps in event.stations
        if _holds(tps, event, equal, box)
    ]
    found.sort(key=lambda row: row[0])
    rest = [row for row in found if row[0] > after]
    return [_feature(view, event, tps) for _, tps, event in rest[:limit]], len(found), len(rest) > limit


def _feature(view: View, event: TpsListed, tps: Tps) -> Feature:
    return flat_tps_feature(tps, event, personal=view.scope.personal)


def _list_holds(event: TpsListed, equal: Iterable[tuple[str, str]]) -> bool:
    regency = event.district[:4]
    lies_in = {
        "district": event.district,
        "regency": regency,
        "polres": jurisdiction_of("polres", regency),
        "kodim": jurisdiction_of("kodim", regency),
    }
    return all(lies_in[name] == value for name, value in equal if name in lies_in)


def _holds(tps: Tps, event: TpsListed, equal: Iterable[tuple[str, str]], box: Box | None) -> bool:
    if box is not None and not (box[0] <= tps.lon <= box[2] and box[1] <= tps.lat <= box[3]):
        return False
    return all(_is(tps, event, name, value) for name, value in equal)


def _is(tps: Tps, event: TpsListed, name: str, value: str) -> bool:
    if name in _OF_STATION:
        return str(getattr(tps, name)) == value
    if name == "class":
        return str(tps.klass) == value
    if name == "class_owner":
        known = event.references.get(tps.classed)
        return (known.owner if known else "None") == value
    if name == "astray":
        return str(tps.astray).lower() == value
    return name not in FLAGS or str(name in tps.flags).lower() == value
