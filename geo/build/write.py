"""Writes the bundled files: compact GeoJSON, six decimals, source and licence on the collection itself; or CSV."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.build.sources import BOUNDARY_LICENCE, BOUNDARY_SOURCE, REGISTER_SOURCE


def feature(geometry: BaseGeometry, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(geometry)}


def write(path: Path, features: Sequence[dict[str, Any]], **about: Any) -> None:
    collection = {
        "type": "FeatureCollection",
        "source": BOUNDARY_SOURCE,
        "licence": BOUNDARY_LICENCE,
        "register": REGISTER_SOURCE,
        **about,
        "features": list(features),
    }
    path.write_bytes(orjson.dumps(collection) + b"\n")
    print(f"{path.name}: {len(features)} features, {path.stat().st_size / 1000:.0f} kB")


def write_table(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size / 1000:.0f} kB")
