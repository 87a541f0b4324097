"""Areas as GeoJSON features and back; what is written can be read again without loss."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.area import Area, AreaLevel

DECIMALS = 6  # 0.11 m; the grid that all outlines stand on


def area_from_feature(feature: dict[str, Any], level: AreaLevel) -> Area:
    """One feature of a file that Siger wrote."""
    properties = feature["properties"]
    code = str(properties["code"])
    return Area(
        code=code,
        level=level,
        name=properties["name"],
        parent=properties["parent"],
        regencies=(code[:4],),
        geometry=shapely.geometry.shape(feature["geometry"]),
        label=_pair(properties["label"]),
        aliases=tuple(properties.get("aliases", ())),
        capital=properties.get("capital"),
        capital_at=_pair(properties["capital_at"]) if properties.get("capital_at") else None,
        centre=_centre(properties),
        indicative=bool(properties.get("indicative", False)),
    )


def area_to_feature(area: Area, outline: BaseGeometry) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "code": area.code,
        "name": area.name,
        "level": area.level,
        "parent": area.parent,
        "regencies": area.regencies,
        "label": area.label,
        "centre": area.place,
        "aliases": area.aliases,
        "capital": area.capital,
        "capital_at": area.capital_at,
        "indicative": area.indicative,
    }
    if area.indicative:
        properties["note"] = "batas indikatif"
    return {
        "type": "Feature",
        "id": area.code,
        "properties": properties,
        "geometry": shapely.geometry.mapping(shapely.transform(outline, _short)),
    }


def _centre(properties: dict[str, Any]) -> tuple[float, float] | None:
    centre = _pair(properties["centre"]) if properties.get("centre") else None
    return None if centre == _pair(properties["label"]) else centre


def _short(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shortest decimals that name the same spot of the grid: 105.123456, not 105.12345600000001."""
    return np.round(points, DECIMALS)


def _pair(values: Sequence[float]) -> tuple[float, float]:
    lon, lat = values
    return float(lon), float(lat)
