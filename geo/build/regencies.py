"""The 15 regencies as a valid coverage under Kemendagri codes."""

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo.build.names import aliases
from geo.build.sources import Shape
from geo.coverage import repair

PREFIXES = ("Kabupaten ", "Kota ")


@dataclass(frozen=True, slots=True)
class Regency:
    code: str
    name: str
    aliases: tuple[str, ...]
    geometry: BaseGeometry


def plain_name(name: str) -> str:
    """ "Kabupaten Tulang Bawang" -> "Tulang Bawang"; the form that Siger shows everywhere."""
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name


def regencies(shapes: list[Shape], rows: list[dict[str, str]]) -> list[Regency]:
    """Shapes matched to codes by name, then repaired; a name without its partner stops the build."""
    by_name = {_key(shape.name): shape for shape in shapes if shape.province == "Lampung"}
    missing = [row["name"] for row in rows if _key(row["name"]) not in by_name]
    if missing or len(rows) != len(by_name):
        raise ValueError(f"boundaries and register do not match one to one: {missing}, {sorted(by_name)}")
    rows = sorted(rows, key=lambda row: row["id"])
    coverage = repair([by_name[_key(row["name"])].geometry for row in rows])
    print(f"regencies: {coverage.overlap_km2:.1f} km2 overlap settled, {coverage.filled_km2:.1f} km2 gaps filled")
    return [
        Regency(row["id"], plain_name(row["name"]), (row["name"], *aliases(row["id"])), geometry)
        for row, geometry in zip(rows, coverage.geometries, strict=True)
    ]


def _key(name: str) -> str:
    return plain_name(name).replace(" ", "").casefold()
