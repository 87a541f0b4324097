"""The areas that get a level, and which lie next to each other. Codes only: no boundary is kept here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import shapely

from geo.areas import AreaLevel, Areas

#: Areas closer than this are neighbours; simplified borders may lie a little apart (0.001 degree is 110 m).
TOUCHING_DEG = 0.001


@dataclass(frozen=True)
class Ground:
    """Districts and regencies by code, the names they are spoken of by, and their neighbours of the same level."""

    regencies: tuple[str, ...]
    districts: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    neighbours: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        return (*self.regencies, *self.districts)

    def name(self, code: str) -> str:
        return self.names.get(code, code)

    @classmethod
    def of(cls, areas: Areas) -> "Ground":
        regencies, districts = areas.at("regency"), areas.at("district")
        return cls(
            tuple(area.code for area in regencies),
            tuple(area.code for area in districts),
            {area.code: area.name for area in (*regencies, *districts)},
            {**_neighbours(areas, "regency"), **_neighbours(areas, "district")},
        )


def _neighbours(areas: Areas, level: AreaLevel) -> dict[str, tuple[str, ...]]:
    shapes = areas.shapes(level, "low")
    codes, geometries = list(shapes), list(shapes.values())
    found: dict[str, list[str]] = {code: [] for code in codes}
    for left, right in shapely.STRtree(geometries).query(geometries, predicate="dwithin", distance=TOUCHING_DEG).T:
        if left != right:
            found[codes[left]].append(codes[right])
    return {code: tuple(sorted(near)) for code, near in found.items()}
