"""The villages (desa, kelurahan, pekon, tiyuh) of Lampung by Kemendagri code: names and points, no borders.

A village's code begins with its district's. Two villages of one name lie in different districts; which one is meant
is never guessed.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from geo.names import folded

FILE = Path(__file__).parent / "data" / "villages.csv"
#: How alike (difflib's ratio) a misspelt name must be: one slip in a short name.
LEAST_LIKENESS = 0.85


@dataclass(frozen=True, slots=True)
class Village:
    code: str
    name: str
    point: tuple[float, float] | None  # lon, lat of the register; None where it holds none

    @property
    def district(self) -> str:
        return self.code[:6]


class Villages:
    """An index by code, by district and by name."""

    def __init__(self, villages: Iterable[Village]) -> None:
        self._by_code = {village.code: village for village in villages}
        self._by_district: dict[str, list[Village]] = {}
        self._by_name: dict[str, list[Village]] = {}
        for village in self._by_code.values():
            self._by_district.setdefault(village.district, []).append(village)
            self._by_name.setdefault(bare(village.name), []).append(village)

    def get(self, code: str) -> Village | None:
        return self._by_code.get(code)

    def of(self, area: str) -> list[Village]:
        """The villages of a district or regency, by code."""
        if len(area) == 6:
            return list(self._by_district.get(area, ()))
        found = (code for code in self._by_district if code.startswith(area))
        return [village for code in sorted(found) for village in self._by_district[code]]

    def named(self, name: str, district: str) -> Village | None:
        """The village of this name in a district; a slip is forgiven where only one name is as near."""
        here = self._by_district.get(district, [])
        same = [village for village in here if bare(village.name) == bare(name)]
        # The fold makes Jagabaya I, II and III alike: it may help only where nothing stands there letter by letter.
        same = same or [village for village in here if folded(village.name) == folded(name)]
        same = same or [village for village in here if _likeness(name, village.name) >= LEAST_LIKENESS]
        return same[0] if len(same) == 1 and bare(name) else None

    def everywhere(self, name: str, regency: str = "") -> list[Village]:
        """All villages of exactly this name, in one regency or in the province."""
        return [village for village in self._by_name.get(bare(name), ()) if village.code.startswith(regency)]


def bare(name: str) -> str:
    """A name's letters and digits alone, in small letters."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, folded(one), folded(other), autojunk=False).ratio()


@cache
def bundled() -> Villages:
    """The villages that come with Siger."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        return Villages(
            Village(row["code"], row["name"], (float(row["lon"]), float(row["lat"])) if row["lon"] else None)
            for row in csv.DictReader(lines)
        )
