"""Polsek and Polsubsektor as a list by Polres: names, and what else is known of them.

They are not areas. Only Lampung Timur and Metro have one a district by name; which districts the others cover was
not found, so nothing here leads from a place to a Polsek. The list is unofficial and known to be incomplete.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast

FILE = Path(__file__).parent / "data" / "polsek.csv"
SOURCE = "Daftar satuan Polda Lampung pada formulir administrasi publik (tidak resmi); Kep. Kapolri 613/III/2021"

PolsekKind = Literal["polsek", "kskp", "polsubsektor"]


@dataclass(frozen=True, slots=True)
class Polsek:
    polres: str
    kind: PolsekKind
    name: str
    as_written: str  # in the source, "" where it stands in another one
    investigates: bool | None  # False: without power of investigation (penyidikan) since 2021; None: not stated
    note: str


@cache
def polsek(polres: str | None = None) -> tuple[Polsek, ...]:
    """All units, or those of one Polres ("polres:tanggamus")."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if polres in (None, row["polres"])]
    return tuple(
        Polsek(
            row["polres"],
            cast(PolsekKind, row["kind"]),
            row["name"],
            row["as_written"],
            False if row["investigates"] == "no" else None,
            row["note"],
        )
        for row in rows
    )
