"""The layers of `/ogc`: incidents, units and areas as flat features, with the attributes that may be asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dashboard.api import shapes
from dashboard.api.ogc_tps import FILTERS as TPS_FILTERS
from dashboard.api.ogc_tps import Box, Equal, tps_features, tps_page
from dashboard.house import House
from dashboard.view import View
from feeds.clock import now_ms
from feeds.events import Victims
from geo.areas import PROVINCE, AreaLevel

Feature = dict[str, Any]
#: By attributes, box, the last id of the page before, and the page's size: features, all that match, whether more.
Page = Callable[[Equal, Box | None, str, int], tuple[list[Feature], int, bool]]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. `filters` are the attributes that a query may name, with their JSON types; `time` the one for
    `datetime`. A large one without times has a quicker way to a `page` of it.
    """

    name: str
    title: str
    description: str
    bbox: tuple[float, float, float, float]
    filters: Mapping[str, str]
    time: str | None
    features: Callable[[], Iterable[Feature]]
    page: Page | None = None


_INCIDENT_FILTERS = {
    **dict.fromkeys(
        (
            "category",
            "status",
            "verification",
            "regency",
            "district",
            "polres",
            "kodim",
            "agency",
            "source",
            "located",
        ),
        "string",
    ),
    "severity": "integer",
}
_UNIT_FILTERS = dict.fromkeys(("unit", "agency", "kind", "state", "life", "source"), "string")
_AREA_FILTERS = dict.fromkeys(("code", "name", "parent"), "string")
_HOW_MARKED = " (SIMULASI)"


def layers_of(house: House, view: View) -> dict[str, Layer]:
    """The layers by name, as far as this view of the picture goes."""
    bbox = tuple(float(edge) for edge in house.areas.get(PROVINCE).geometry.bounds)
    marked = _HOW_MARKED if house.hub.simulated else ""
    made = (
        Layer(
            "incidents",
            f"Kejadian{marked}",
            "Incidents with category, severity, state and area",
            house.intake.placing.bounds,
            _INCIDENT_FILTERS,
            "occurred_at",
            lambda: _incidents(view),
        ),
        Layer(
            "units",
            f"Unit dan patroli{marked}",
            "Last known position of each unit",
            house.intake.placing.bounds,
            _UNIT_FILTERS,
            "observed_at",
            lambda: _units(view),
        ),
        Layer(
            "tps",
            f"Tempat pemungutan suara (TPS){marked}",
            "Polling stations; each class stands under its owner and date",
            house.intake.placing.bounds,
            TPS_FILTERS,
            None,
            lambda: tps_features(view),
            partial(tps_page, view),
        ),
        _areas(house, "regencies", "Kabupaten dan kota", "regency", bbox),
        _areas(house, "districts", "Kecamatan", "district", bbox),
    )
    return {layer.name: layer for layer in made}


def _incidents(view: View) -> Iterator[Feature]:
    for incident in view.incidents.values():
        feature = shapes.incident_feature(incident)
        properties = feature["properties"]
        # A table in a GIS has no lists and no objects in its cells.
        harmed = properties.pop("victims") or Victims().model_dump()
        properties |= {f"victims_{name}": count for name, count in harmed.items()}
        properties["units"] = ", ".join(properties["units"])
        yield feature


def _units(view: View) -> Iterator[Feature]:
    at_ms = now_ms()
    personal = view.scope.personal
    return (shapes.unit_feature(unit, at_ms, personal=personal) for unit in view.units.values())


def _areas(house: House, name: str, title: str, level: AreaLevel, bbox: tuple[float, ...]) -> Layer:
    west, south, east, north = bbox
    return Layer(
        name,
        title,
        house.areas.source,
        (west, south, east, north),
        _AREA_FILTERS,
        None,
        lambda: _outlines(house, level),
    )


def _outlines(house: House, level: AreaLevel) -> Iterator[Feature]:
    for feature in house.areas.geojson(level)["features"]:
        told = feature["properties"]
        kept = ("code", "name", "level", "parent", "capital", "indicative")
        yield {**feature, "properties": {key: told[key] for key in kept}}
