"""The incidents that count, as columns: what makes ten thousand of them cheap to weigh again every few seconds.

Points are whole millionths inside, so that a sum does not depend on the order in which incidents came in: the same
log gives the same score to the last digit, whichever way it was read.
"""

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from feeds.incident import Incident
from feeds.levels.parameters import Parameters
from feeds.levels.stages import Calendar
from feeds.levels.weight import HOUR_MS, weigh
from feeds.levels.words import describe
from feeds.taxonomy import Taxonomy

#: Points are counted in millionths.
MICRO = 1_000_000
#: Lines that a level is explained with; what is smaller is told in one line together.
MOST_LINES = 12
#: Reports in one cell of this size (2.2 km) and of one group are near repeats of each other.
CELL_DEG = 0.02

Rows = npt.NDArray[np.int64]

_COLUMNS = (
    ("base", np.float64),
    ("halvings", np.float64),
    ("at_ms", np.int64),
    ("election", np.bool_),
    ("everyday", np.bool_),
    ("regency", np.int64),
    ("district", np.int64),
    ("cell", np.int64),
    ("tie", np.int64),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What lies in one area now, in millionths of points: all, its everyday part, the heaviest rows, the rest."""

    own: int = 0
    everyday: int = 0
    lines: tuple[tuple[int, int], ...] = ()  # (points, row), heaviest first
    rest: int = 0
    rest_rows: int = 0


class Ledger:
    """Incidents by row, areas by number. `codes` are the areas that are kept; others are ignored."""

    def __init__(
        self, codes: Collection[str], taxonomy: Taxonomy, parameters: Parameters, calendar: Calendar
    ) -> None:
        self.codes = tuple(codes)
        self.taxonomy = taxonomy
        self.parameters = parameters
        self.calendar = calendar
        self.incidents: dict[int, Incident] = {}
        self._number = {code: number for number, code in enumerate(self.codes)}
        self._groups = {group: number for number, group in enumerate(sorted(taxonomy.groups))}
        self._row: dict[str, int] = {}
        self._texts: dict[int, str] = {}
        self._rows: list[set[int]] = [set() for _ in self.codes]
        self._free: list[int] = []
        self._columns: dict[str, npt.NDArray[Any]] = {name: np.zeros(64, kind) for name, kind in _COLUMNS}

    def __len__(self) -> int:
        return len(self._row)

    def put(self, incident: Incident, codes: tuple[str | None, str | None] | None = None) -> set[str]:
        """Takes an incident in as it is now; the areas it lies in and lay in. `codes`: regency and district."""
        touched = self.drop(incident.id)
        report = incident.report
        named = codes or (report.regency, report.district)
        places = [-1 if code is None else self._number.get(code, -1) for code in named]
        if max(places) < 0:
            return touched
        row = self._free.pop() if self._free else len(self._row)
        if row >= len(self._columns["base"]):
            self._columns = {name: np.concatenate([old, np.zeros_like(old)]) for name, old in self._columns.items()}
        self._row[incident.id], self.incidents[row] = row, incident
        self._write(row, incident, places)
        for place in places:
            if place >= 0:
                self._rows[place].add(row)
                touched.add(self.codes[place])
        return touched

    def drop(self, incident_id: str) -> set[str]:
        """Forgets an incident; the areas it lay in."""
        row = self._row.pop(incident_id, None)
        if row is None:
            return set()
        places = {int(self._columns[level][row]) for level in ("regency", "district")} - {-1}
        for place in places:
            self._rows[place].discard(row)
        del self.incidents[row]
        self._texts.pop(row, None)
        self._free.append(row)
        return {self.codes[place] for place in places}

    def text(self, row: int) -> str:
        """The line that tells of an incident; it does not change before the incident does."""
        known = self._texts.get(row)
        if known is None:
            known = self._texts[row] = describe(self.incidents[row], self.taxonomy)
        return known

    def forget_before(self, at_ms: int) -> None:
        """Forgets incidents older than everything the model looks at; what they still weigh is noise."""
        old = [incident.id for incident in self.incidents.values() if incident.report.at_ms < at_ms]
        for incident_id in old:
            self.drop(incident_id)

    def standings(self, at_ms: int, codes: Iterable[str] | None = None) -> dict[str, Standing]:
        """What lies in each of `codes` (all areas if not given)."""
        if codes is None:
            every = np.fromiter(self.incidents, np.int64, len(self.incidents))
            places = np.concatenate([self._columns["regency"][every], self._columns["district"][every]])
            rows = np.concatenate([every, every])[places >= 0]
            return self._stand(self.codes, places[places >= 0], rows, at_ms)
        wanted = sorted(set(codes))
        members = [np.fromiter(own := self._rows[self._number[code]], np.int64, len(own)) for code in wanted]
        numbers = [np.full(len(own), self._number[code]) for own, code in zip(members, wanted, strict=True)]
        empty: Rows = np.zeros(0, np.int64)
        return self._stand(wanted, np.concatenate([empty, *numbers]), np.concatenate([empty, *members]), at_ms)

    def usual(self, at_ms: int) -> dict[str, int]:
        """The everyday points that stand in each area on average, by its last weeks and areas of its kind."""
        p = self.parameters
        rows = np.fromiter(self.incidents, np.int64, len(self.incidents))
        age_h = (at_ms - self._columns["at_ms"][rows]) / HOUR_MS
        window_h, prior_h = p["usual_days"] * 24 - p["usual_skip_h"], p["usual_prior_days"] * 24
        counts = (age_h >= p["usual_skip_h"]) & (age_h < p["usual_days"] * 24) & self._columns["everyday"][rows]
        rows = rows[counts]
        # The integral over a life that halves: base times the half-life over ln 2.
        lasting = self._columns["base"][rows] / (self._columns["halvings"][rows] * np.log(2)) * MICRO
        found: dict[str, int] = {}
        for level in ("regency", "district"):
            own = np.zeros(len(self.codes))
            places = self._columns[level][rows]
            np.add.at(own, places[places >= 0], np.rint(lasting[places >= 0]))
            kind = [n for n, code in enumerate(self.codes) if (len(code) > 4) == (level == "district")]
            prior = own[kind].mean() / window_h if kind else 0.0
            for n in kind:
                found[self.codes[n]] = round((own[n] + prior_h * prior) / (window_h + prior_h))
        return found

    def _write(self, row: int, incident: Incident, places: list[int]) -> None:
        weight, report = weigh(incident, self.taxonomy, self.parameters), incident.report
        category = self.taxonomy.categories.get(report.category)
        group = self._groups[category.group] if category else 0
        # A report placed at its area's centre is near nothing: its cell is its own.
        cell = -1 - row
        if report.located == "point":
            cell = (max(places) << 40) | (group << 32) | (_cell(report.lon) << 16) | _cell(report.lat)
        values = (
            weight.base,
            weight.halvings_per_h,
            report.at_ms,
            weight.election,
            weight.everyday,
            places[0],
            places[1],
            cell,
            zlib.crc32(incident.id.encode()),
        )
        for (name, _), value in zip(_COLUMNS, values, strict=True):
            self._columns[name][row] = value

    def _weigh(self, rows: Rows, at_ms: int) -> Rows:
        """Points of each of these rows now, in millionths. They must be all rows of the areas they lie in."""
        own = {name: column[rows] for name, column in self._columns.items()}
        age_h = np.maximum(at_ms - own["at_ms"], 0) / HOUR_MS
        stage = np.where(own["election"], self.calendar.factor(at_ms, self.parameters), 1.0)
        _, place = np.unique(own["cell"], return_inverse=True)
        recent = (age_h < self.parameters["repeat_h"]) & (own["base"] > 0)
        others = np.bincount(place, recent, len(place))[place] - recent
        repeat = 1 + np.minimum(others * self.parameters["repeat_share"], self.parameters["repeat_most"])
        found = own["base"] * stage * repeat * np.exp2(-age_h * own["halvings"]) * MICRO
        return np.asarray(np.rint(found), dtype=np.int64)

    def _stand(self, codes: Iterable[str], places: Rows, rows: Rows, at_ms: int) -> dict[str, Standing]:
        distinct, back = np.unique(rows, return_inverse=True)
        points = self._weigh(distinct, at_ms)[back]
        order = np.lexsort((self._columns["tie"][rows], -points, places))
        places, rows, points = places[order], rows[order], points[order]
        everyday = np.where(self._columns["everyday"][rows], points, 0)
        found = {}
        for code in codes:
            start, end = np.searchsorted(places, (n := self._number[code], n + 1))
            if start == end:
                found[code] = Standing()
                continue
            shown = slice(start, min(end, start + MOST_LINES))
            own, top = int(points[start:end].sum()), points[shown].tolist()
            found[code] = Standing(
                own,
                int(everyday[start:end].sum()),
                tuple(zip(top, rows[shown].tolist(), strict=True)),
                own - sum(top),
                int((points[start + MOST_LINES : end] > 0).sum()),
            )
        return found


def _cell(degrees: float) -> int:
    """Which cell of its axis a coordinate lies in: a number of 16 bits."""
    return int((degrees + 180) / CELL_DEG) & 0xFFFF
