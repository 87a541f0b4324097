"""The areas that officers think in: province, regencies, districts, and the Polres and Kodim made of regencies.

`Areas` is one immutable set of boundaries under Kemendagri codes. It reads nothing by itself: `bundled()` and
`load()` read files when they are called.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.area import Area, AreaLevel, UnknownArea, normal_code
from geo.boundaries import store
from geo.coverage import dissolve_by
from geo.features import area_from_feature, area_to_feature
from geo.jurisdictions import JURISDICTIONS, Jurisdiction
from geo.measure import label_point
from geo.names import AreaNames, Spelling, close_codes

Detail = Literal["low", "mid", "high"]
LEVELS: tuple[AreaLevel, ...] = get_args(AreaLevel)

PROVINCE = "18"
# Tolerances of coverage_simplify: "low" for the whole province on one screen, "high" is every vertex there is.
TOLERANCE_DEG: dict[Detail, float] = {"low": 0.01, "mid": 0.0016, "high": 0.0}

DATA = Path(__file__).parent / "data"

__all__ = ["PROVINCE", "Area", "AreaLevel", "Areas", "Detail", "UnknownArea", "bundled", "load", "normal_code"]


class Areas:
    """One set of boundaries; districts nest in regencies, and everything else is made of regencies."""

    def __init__(
        self,
        regencies: Iterable[Area],
        districts: Iterable[Area] = (),
        *,
        source: str,
        licence: str,
    ) -> None:
        self.source = source
        self.licence = licence
        regencies = sorted(regencies, key=lambda area: area.code)
        districts = sorted(districts, key=lambda area: area.code)
        made = [_province(regencies), *regencies, *districts, *_jurisdictions(regencies)]
        self._areas = {area.code: area for area in made}
        self._levels = {level: tuple(area for area in made if area.level == level) for level in LEVELS}
        self._names = AreaNames(_spelling(area, self._areas) for area in made)
        self._collections: dict[tuple[AreaLevel, Detail], dict[str, Any]] = {}
        self.version = _fingerprint(made)

    def get(self, code: str) -> Area:
        """The area with this code, written with or without dots and in any case."""
        area = self._areas.get(normal_code(code))
        if area is None:
            raise UnknownArea(code, close_codes(normal_code(code), self._areas))
        return area

    def at(self, level: AreaLevel) -> tuple[Area, ...]:
        return self._levels[level]

    def children(self, code: str) -> tuple[Area, ...]:
        """One step in: the province's regencies, and the districts of anything that is made of regencies."""
        area = self.get(code)
        if area.level == "province":
            return self.at("regency")
        if area.level == "district":
            return ()
        return tuple(child for child in self.at("district") if child.parent in area.regencies)

    def name_of(self, code: str) -> str:
        """The name, or the code itself where this set has no such area (an older file lacks a young district)."""
        area = self._areas.get(normal_code(code))
        return area.name if area else code

    def full_name(self, code: str) -> str:
        """The name that tells namesakes apart: "Rajabasa, Bandar Lampung"."""
        area = self.get(code)
        return f"{area.name}, {self.get(area.regencies[0]).name}" if area.level == "district" else area.name

    def covers(self, code: str, *, regency: str | None, district: str | None) -> bool:
        """Whether something in this regency and district (either may be unknown) lies in the area `code`."""
        area = self.get(code)
        if area.level == "district":
            return district == area.code
        return (regency or (district or "")[:4]) in area.regencies

    def find(self, text: str, limit: int = 10) -> list[Area]:
        """Areas by name or code, best first; forgives spelling, and a regency's name beside it narrows."""
        return [self._areas[code] for code in self._names.find(text, limit)]

    def geojson(self, level: AreaLevel, detail: Detail = "mid") -> dict[str, Any]:
        """A FeatureCollection; kept after the first call, so do not change it."""
        key = (level, detail)
        if key not in self._collections:
            self._collections[key] = self._collection(level, detail)
        return self._collections[key]

    def _collection(self, level: AreaLevel, detail: Detail) -> dict[str, Any]:
        shapes = self.shapes(level, detail)
        return {
            "type": "FeatureCollection",
            "level": level,
            "detail": detail,
            "source": self.source,
            "licence": self.licence,
            "version": self.version,
            "features": [area_to_feature(area, shapes[area.code]) for area in self.at(level)],
        }

    def shapes(self, level: AreaLevel, detail: Detail) -> dict[str, BaseGeometry]:
        """Outlines by code. Every level is dissolved from one simplified layer, so levels share their borders."""
        finest: AreaLevel = "district" if self.at("district") else "regency"
        areas = self.at(finest)
        outlines = [area.geometry for area in areas]
        if TOLERANCE_DEG[detail]:
            outlines = list(shapely.coverage_simplify(outlines, TOLERANCE_DEG[detail]))
        if level == finest:
            return {area.code: outline for area, outline in zip(areas, outlines, strict=True)}
        regencies = dissolve_by(outlines, [area.regencies[0] for area in areas])
        return {
            area.code: shapely.coverage_union_all([regencies[code] for code in area.regencies])
            for area in self.at(level)
        }


@cache
def bundled() -> Areas:
    """The boundaries that come with Siger."""
    return _from_folder(DATA)


def load(data_dir: Path | None = None) -> Areas:
    """The official boundaries where an operator has installed them under `data_dir`, else the bundled ones."""
    folder = store.installed(data_dir) if data_dir else None
    return _from_folder(folder) if folder else bundled()


def _from_folder(folder: Path) -> Areas:
    regencies, districts = (
        orjson.loads((folder / name).read_bytes()) for name in ("regencies.geojson", "districts.geojson")
    )
    return Areas(
        [area_from_feature(feature, "regency") for feature in regencies["features"]],
        [area_from_feature(feature, "district") for feature in districts["features"]],
        source=regencies["source"],
        licence=regencies["licence"],
    )


def _spelling(area: Area, areas: dict[str, Area]) -> Spelling:
    """What a search may find an area by; the regencies' names beside it tell doubled district names apart."""
    around = tuple(areas[code].name for code in area.regencies if code != area.code) if area.parent else ()
    capital = (area.capital,) if area.capital and area.level == "regency" else ()
    return Spelling(area.code, (area.name, *area.aliases, *capital), around)


def _province(regencies: Sequence[Area]) -> Area:
    outline = shapely.coverage_union_all([area.geometry for area in regencies])
    codes = tuple(area.code for area in regencies)
    return Area(
        PROVINCE, "province", "Lampung", None, codes, outline, label_point(outline), capital="Bandar Lampung"
    )


def _jurisdictions(regencies: Sequence[Area]) -> list[Area]:
    by_code = {area.code: area for area in regencies}
    return [_jurisdiction(item, by_code) for item in JURISDICTIONS]


def _jurisdiction(item: Jurisdiction, regencies: dict[str, Area]) -> Area:
    members = [regencies[code] for code in item.regencies]
    outline = shapely.coverage_union_all([area.geometry for area in members])
    label = members[0].label if len(members) == 1 else label_point(outline)
    return Area(
        item.code,
        item.force,
        item.name,
        PROVINCE,
        item.regencies,
        outline,
        label,
        aliases=item.aliases,
        notes=item.notes,
    )


def _fingerprint(areas: Sequence[Area]) -> str:
    digest = hashlib.sha256()
    for area in areas:
        digest.update(f"{area.code}|{area.name}|".encode())
        digest.update(shapely.to_wkb(area.geometry))
    return digest.hexdigest()[:12]
