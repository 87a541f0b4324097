"""Which polling stations somebody asks for: area, box, class, flag and words. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from feeds.events import TpsListed
from feeds.tps import Tps
from geo.areas import Areas

#: Asks for the stations that nobody has classed.
NO_CLASS = "belum_ada_data"


@dataclass(frozen=True, slots=True)
class TpsQuery:
    """Each field narrows the answer; None or empty leaves it open. Degrees.

    Not `personal`: words are not looked for in what the asker may not read, place and address.
    """

    areas: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None
    classes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    words: str | None = None
    personal: bool = True


def select_tps(lists: Iterable[TpsListed], query: TpsQuery, areas: Areas) -> list[tuple[TpsListed, Tps]]:
    """The stations that the query asks for, each with its list, by id."""
    codes = [areas.get(code).code for code in query.areas]
    tests = list(_tests(query))
    found = [
        (event, tps)
        for event in lists
        if not codes or any(areas.covers(code, regency=None, district=event.district) for code in codes)
        for tps in event.stations
        if all(test(tps) for test in tests)
    ]
    found.sort(key=lambda row: row[1].id)
    return found


def _tests(query: TpsQuery) -> Iterator[Callable[[Tps], bool]]:
    if query.classes:
        yield lambda tps: (tps.klass or NO_CLASS) in query.classes
    if query.flags:
        yield lambda tps: all(flag in tps.flags for flag in query.flags)
    if query.bbox:
        west, south, east, north = query.bbox
        yield lambda tps: west <= tps.lon <= east and south <= tps.lat <= north
    if query.words:
        wanted = query.words.casefold().split()
        yield lambda tps: all(word in _said(tps, query.personal) for word in wanted)


def _said(tps: Tps, personal: bool) -> str:
    where = f" {tps.place} {tps.address}" if personal else ""
    return f"{tps.id} tps {tps.number} {tps.village}{where}".casefold()
