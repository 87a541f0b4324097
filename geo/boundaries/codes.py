"""Matches the rows of a boundary file to Kemendagri codes.

The code column is found by what it holds, not by its name. BPS codes look alike and mean other regencies, so they
are converted only when asked for, through the bundled crosswalk; `assemble` then checks that the ground agrees.
The crosswalk joins Kemendagri codes (cahyadsn/wilayah_boundaries, MIT) to BPS 2020 codes (HDX COD-AB, CC BY-IGO)
by regency and name, five by overlap; 180815 Umpu Semenguk is younger than BPS 2020 and has no partner there.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from geo.areas import DATA, PROVINCE
from geo.boundaries.errors import UnmatchedCodes, WrongCodeSystem
from geo.boundaries.read import BoundaryFile

Level = Literal["regency", "district"]
CodeSystem = Literal["kemendagri", "bps"]

DIGITS: dict[tuple[CodeSystem, Level], int] = {
    ("kemendagri", "regency"): 4,
    ("kemendagri", "district"): 6,
    ("bps", "regency"): 4,
    ("bps", "district"): 7,
}
VILLAGE_DIGITS = 10  # in both systems
# BPS gives ground that belongs to no district a code of its own, by its last digits.
NO_DISTRICT = {"999": "hutan", "888": "danau", "555": "pulau"}
NO_REGENCY = "88"
LEAST_SHARE = 0.8  # of a file's rows that must have a code before a column counts as the code column
CROSSWALK: Path = DATA / "crosswalk_bps2020.csv"


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows of the file by what they are."""

    column: str  # that the codes were found in
    codes: tuple[str | None, ...]  # of each row: the Kemendagri code at the level asked for
    without: dict[int, tuple[str, str | None]]  # row -> ("hutan", its regency's code)
    elsewhere: int  # rows of other provinces, left out
    unknown: tuple[str, ...]  # codes of Lampung that are not known, left out


def match(file: BoundaryFile, level: Level, system: CodeSystem = "kemendagri") -> Matched:
    """Codes by row; finer units (villages, or districts for regencies) get the code of the unit they lie in."""
    column, codes = _code_column(file, level, system)
    matched: list[str | None] = []
    without: dict[int, tuple[str, str | None]] = {}
    unknown: list[str] = []
    elsewhere = 0
    for row, code in enumerate(codes):
        mine = code is not None and code.startswith(PROVINCE)
        kind = _kind_without(code, level) if code and mine and system == "bps" else None
        found = _kemendagri(code, level, system) if code and mine and not kind else None
        if kind:
            without[row] = (kind, bps_regencies().get(str(code)[:4]))
        elif not mine:
            elsewhere += 1
        elif found is None:
            unknown.append(str(code))
        matched.append(found)
    return Matched(column, tuple(matched), without, elsewhere, tuple(sorted(set(unknown))))


def _code_column(file: BoundaryFile, level: Level, system: CodeSystem) -> tuple[str, list[str | None]]:
    """The column in which the most rows have a code of at least this level, the finest first among equals."""
    digits = DIGITS[system, level]
    best: tuple[int, int, str, list[str | None]] | None = None
    for name, values in file.columns.items():
        codes = [plain_code(value) for value in values]
        fine = [code for code in codes if code and _length_fits(len(code), digits, system)]
        lampung = [code for code in fine if code.startswith(PROVINCE)]
        score = (len(fine) if lampung else 0, len(set(lampung)))
        if score[0] and (best is None or score > best[:2]):
            best = (
                *score,
                name,
                [code if code and _length_fits(len(code), digits, system) else None for code in codes],
            )
    if best is None or best[0] < LEAST_SHARE * len(file.geometries):
        raise _no_codes(file, level, system)
    return best[2], best[3]


def _length_fits(length: int, digits: int, system: CodeSystem) -> bool:
    finer = {DIGITS[system, "district"], VILLAGE_DIGITS}
    return length == digits or (length > digits and length in finer)


def _no_codes(file: BoundaryFile, level: Level, system: CodeSystem) -> UnmatchedCodes | WrongCodeSystem:
    other: CodeSystem = "kemendagri" if system == "bps" else "bps"
    lengths = [
        len(code) for values in file.columns.values() for value in values if (code := plain_code(value)) is not None
    ]
    if (
        level == "district"
        and np.count_nonzero(np.array(lengths) == DIGITS[other, level]) > len(file.geometries) / 2
    ):
        advice = "repeat with --codes bps" if other == "bps" else "repeat without --codes bps"
        return WrongCodeSystem(
            f"{file.name} has codes of {DIGITS[other, level]} digits, which are {other.upper()} codes; {advice}"
        )
    return UnmatchedCodes(
        f"no column of {file.name} holds {level} codes ({system}, {DIGITS[system, level]} digits, with or without "
        f"dots) in at least {LEAST_SHARE:.0%} of its rows; its columns are {', '.join(file.columns) or 'none'}"
    )


def plain_code(value: Any) -> str | None:
    """Digits of a code: "18.06.01", "ID180601", 1806010.0 from a spreadsheet; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = re.fullmatch(r"(?:id)?(\d[\d.\s]*\d)", str(value).strip().lower())
    return re.sub(r"[.\s]", "", found[1]) if found else None


def _kind_without(code: str, level: Level) -> str | None:
    """What ground it is that no unit of this level has; at regency level only the lake, which no regency has."""
    if code[2:4] == NO_REGENCY:
        return "danau"
    return NO_DISTRICT.get(code[4:7]) if level == "district" else None


def _kemendagri(code: str, level: Level, system: CodeSystem) -> str | None:
    code = code[: DIGITS[system, level]]
    if system == "kemendagri":  # a new district of a known regency is welcome, a new regency needs its Polres first
        return code if code[:4] in bps_regencies().values() else None
    return (bps_regencies() if level == "regency" else bps_districts()).get(code)


@cache
def bps_districts() -> dict[str, str]:
    """BPS 2020 district code -> Kemendagri code."""
    return {row["bps"]: row["kemendagri"] for row in _crosswalk() if row["bps"]}


@cache
def bps_regencies() -> dict[str, str]:
    """BPS regency code -> Kemendagri code."""
    return {row["bps"][:4]: row["kemendagri"][:4] for row in _crosswalk() if row["bps"]}


def _crosswalk() -> Sequence[dict[str, str]]:
    with CROSSWALK.open(encoding="utf-8", newline="") as lines:
        return [
            {
                "kemendagri": plain_code(row["kode_kemendagri"]) or "",
                "bps": plain_code(row["bps2020_district_code"]) or "",
            }
            for row in csv.DictReader(lines)
        ]
