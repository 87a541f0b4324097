"""Reference numbers of each area, every one with its source and date.

Numbers are shown as their sources state them, also where a column does not add up to its total; sums for Polres
and Kodim are marked as computed here. Nothing is derived across sources (no densities, no shares).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from geo.areas import Area

FILE = Path(__file__).parent / "data" / "reference.json"


@dataclass(frozen=True, slots=True)
class Figure:
    key: str  # "area_km2", "population", "districts", "villages", "dpt_2024", "tps_2024", "pairs_2024"
    name: str
    name_en: str
    value: float
    unit: str
    source: str
    as_of: str  # a year or a day
    note: str = ""
    computed: bool = False  # a sum of regencies' numbers, which no source states


def figures(area: Area) -> tuple[Figure, ...]:
    """What is known of an area; nothing for districts, for which no source was found."""
    held = _held()
    if area.level == "district":
        return ()
    if area.code in held["areas"]:
        return tuple(_figure(key, value) for key, value in held["areas"][area.code].items())
    members = [held["areas"][code] for code in area.regencies]
    keys = [key for key in members[0] if key != "pairs_2024" or len(members) == 1]  # pairs of two races do not add
    return tuple(_figure(key, sum(member[key] for member in members), len(members) > 1) for key in keys)


def race_2024(regency: str) -> str:
    """ "kotak kosong" where one pair stood against the empty box in 2024, else the number of pairs in words."""
    pairs = _held()["areas"][regency]["pairs_2024"]
    return "kotak kosong" if pairs == 1 else f"{pairs} pasangan calon"


def _figure(key: str, value: float, computed: bool = False) -> Figure:
    about = _held()["figures"][key]
    value = round(value, 3) if isinstance(value, float) else value
    return Figure(
        key=key,
        name=about["name"],
        name_en=about["name_en"],
        value=value,
        unit=about["unit"],
        source=about["source"],
        as_of=about["as_of"],
        note=about.get("note", ""),
        computed=computed,
    )


@cache
def _held() -> dict[str, Any]:
    held: dict[str, Any] = orjson.loads(FILE.read_bytes())
    return held
