"""Daily counts of incidents by area: what a forecast learns from and a backtest is scored on. Reading only.

A file has a row for each day and area with something to count (several rows for one day and area add up). A day
without a row is a day without an incident, but only between an area's first and last row: before and after those
nobody knows whether anybody was counting. The codes are labels here; they are not looked up on any map.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Names under which the area's column is known, in order of preference.
AREA_COLUMNS = ("area", "code", "kodebpskab")
#: An injured person counts as this share of a killed one, and no day as more than so many: one battle is not ten.
INJURED_SHARE = 0.3
MOST_HARM_A_DAY = 10.0
#: More days times areas than this is a wrong date or a wrong file rather than a history.
MOST_CELLS = 20_000_000
_MONDAY = 0
_GZIP = b"\x1f\x8b"


class CountsError(ValueError):
    """A file of daily counts that does not hold; the text names the line, the value and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: what was counted for one area on one day."""

    day: date
    area: str
    incidents: int
    harm: float = 0.0


@dataclass(frozen=True)
class DailyCounts:
    """Incidents by day and area. `first_row` and `last_row` are day numbers counted from `first_day`."""

    areas: tuple[str, ...]
    first_day: date
    incidents: Floats  # days x areas
    harm: Floats  # days x areas: people killed, and injured by INJURED_SHARE; 0 where the file does not say
    first_row: Ints
    last_row: Ints

    @property
    def days(self) -> int:
        return len(self.incidents)

    @property
    def last_day(self) -> date:
        return self.day(self.days - 1)

    def day(self, number: int) -> date:
        return self.first_day + timedelta(days=int(number))

    def number(self, day: date) -> int:
        return (day - self.first_day).days

    @cached_property
    def mondays(self) -> Ints:
        """Day numbers of all Mondays with a day before them to look back on."""
        first = (_MONDAY - self.first_day.weekday()) % 7 or 7
        return np.arange(first, self.days, 7, dtype=np.int64)

    @cached_property
    def running(self) -> Floats:
        """Row n: incidents on all days before day n."""
        return np.vstack([np.zeros(len(self.areas)), np.cumsum(self.incidents, axis=0)])

    def before(self, days: Ints, width: int) -> Floats:
        """Incidents on the `width` days before each of `days`, by area."""
        return self.running[days] - self.running[np.maximum(days - width, 0)]

    def after(self, days: Ints, width: int) -> Floats:
        """Incidents on each of `days` and the days after it, `width` in all; NaN where the history ends before."""
        found = self.running[np.minimum(days + width, self.days)] - self.running[days]
        found[days + width > self.days] = np.nan
        return found

    def observed(self, days: Ints, width: int) -> npt.NDArray[np.bool_]:
        """Whether the `width` days from each of `days` lie between an area's first and last row."""
        start = days[:, None]
        return (start >= self.first_row) & (start + width - 1 <= self.last_row)


def read_counts(path: Path) -> DailyCounts:
    """The counts in a .csv or .csv.gz file: columns `date`, `area` (or code, kodebpskab), `incidents`.

    `killed` and `injured` are used where they are there; other columns are ignored. Raises `CountsError` naming the
    line and the value that does not hold.
    """
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == _GZIP else raw).decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise CountsError(f"{path} cannot be read: {error}") from error
    rows = list(_rows(path, csv.DictReader(io.StringIO(text))))
    if not rows:
        raise CountsError(f"{path} has no rows; it needs one a day and area with something to count")
    return tally(rows)


def tally(rows: Sequence[Row]) -> DailyCounts:
    """Rows as counts by day and area. Raises `CountsError` if they span an absurd time."""
    first, last = min(row.day for row in rows), max(row.day for row in rows)
    areas = tuple(sorted({row.area for row in rows}))
    days = (last - first).days + 1
    if days * len(areas) > MOST_CELLS:
        raise CountsError(f"{days} days from {first} to {last} for {len(areas)} areas: is one of the dates wrong?")
    column = {area: index for index, area in enumerate(areas)}
    cells = np.array([((row.day - first).days, column[row.area]) for row in rows], dtype=np.int64).T
    incidents, harm = np.zeros((days, len(areas))), np.zeros((days, len(areas)))
    np.add.at(incidents, tuple(cells), [row.incidents for row in rows])
    np.add.at(harm, tuple(cells), [row.harm for row in rows])
    first_row, last_row = np.full(len(areas), days), np.full(len(areas), -1)
    np.minimum.at(first_row, cells[1], cells[0])
    np.maximum.at(last_row, cells[1], cells[0])
    return DailyCounts(areas, first, incidents, np.minimum(harm, MOST_HARM_A_DAY), first_row, last_row)


def _rows(path: Path, reader: "csv.DictReader[str]") -> Iterator[Row]:
    header = reader.fieldnames or []
    area = next((name for name in AREA_COLUMNS if name in header), None)
    if area is None or "date" not in header or "incidents" not in header:
        raise CountsError(
            f"{path}: columns are {', '.join(header) or '(none)'}; "
            f"needed are date, {' or '.join(AREA_COLUMNS)}, and incidents"
        )
    harmful = [(name, share) for name, share in (("killed", 1.0), ("injured", INJURED_SHARE)) if name in header]
    for row in reader:
        place = f"{path}, line {reader.line_num}"
        harm = sum(share * _count(place, name, row[name] or "0") for name, share in harmful)
        yield Row(
            _day(place, row["date"]),
            _code(place, row[area]),
            _count(place, "incidents", row["incidents"]),
            harm,
        )


def _day(place: str, text: str | None) -> date:
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        raise CountsError(f"{place}: date '{text}' is not a day like 2002-12-31") from None


def _code(place: str, text: str | None) -> str:
    if not (text or "").strip():
        raise CountsError(f"{place}: the area's code is missing")
    return str(text).strip()


def _count(place: str, name: str, text: str | None) -> int:
    try:
        count = int((text or "").strip())
    except ValueError:
        count = -1
    if count < 0:
        raise CountsError(f"{place}: {name} '{text}' is not a whole number of 0 or more")
    return count
