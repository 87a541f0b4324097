"""The incidents that count, as columns: what makes ten thousand of them cheap to weigh again every few seconds.

Points are whole millionths inside, so that a sum does not depend on the order in which incidents came in: the same
log gives the same score to the last digit, whichever way it was read.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from feeds.incident import Incident
from feeds.levels.columns import Rows, foremost, seats
from feeds.levels.entries import Codes, Entries
from feeds.levels.facts import Facts
from feeds.levels.parameters import Parameters
from feeds.levels.stages import Calendar
from feeds.levels.weight import HOUR_MS
from feeds.levels.words import describe
from feeds.taxonomy import Taxonomy

#: Points are counted in millionths.
MICRO = 1_000_000
#: Lines that a level is explained with; what is smaller is told in one line together.
MOST_LINES = 12
#: Where more lies than this, what is told line by line is picked out before it is sorted.
FEW = 4 * MOST_LINES


@dataclass(frozen=True, slots=True)
class Standing:
    """What lies in one area now, in millionths of points: all, its everyday part, the heaviest rows, the rest."""

    own: int = 0
    everyday: int = 0
    lines: tuple[tuple[int, int], ...] = ()  # (points, row), heaviest first
    rest: int = 0
    rest_rows: int = 0


NOTHING = Standing()


class Ledger:
    """What lies in the areas of these codes at a moment; incidents in others are ignored."""

    def __init__(
        self, codes: Collection[str], taxonomy: Taxonomy, parameters: Parameters, calendar: Calendar
    ) -> None:
        self.codes = tuple(codes)
        self.taxonomy = taxonomy
        self.parameters = parameters
        self.calendar = calendar
        self._facts = Facts(taxonomy, parameters)
        self._entries = Entries(self.codes, self._facts)
        self.incidents = self._entries.incidents
        self._texts: dict[int, tuple[Incident, str]] = {}

    def put(self, incident: Incident, codes: Codes | None = None) -> frozenset[str]:
        """Takes an incident in as it is now; the areas it lies in and lay in. `codes`: regency and district."""
        return self._entries.put(incident, codes)

    def drop(self, incident_id: str) -> frozenset[str]:
        """Forgets an incident; the areas it lay in."""
        return self._entries.drop(incident_id)

    def catch_up(self) -> None:
        """Does now what the next reader would wait for."""
        self._entries.catch_up()

    def text(self, row: int) -> str:
        """The line that tells of an incident; it does not change before the incident does."""
        incident = self.incidents[row]
        known = self._texts.get(row)
        if known is None or known[0] is not incident:
            known = self._texts[row] = incident, describe(incident, self.taxonomy)
        return known[1]

    def forget_before(self, at_ms: int) -> None:
        """Forgets incidents older than everything the model looks at; what they still weigh is noise."""
        rows = self._every()
        for row in rows[self._entries.columns["at_ms"][rows] < at_ms].tolist():
            self.drop(self.incidents[row].id)

    def standings(self, at_ms: int, codes: Iterable[str] | None = None) -> dict[str, Standing]:
        """What lies in each of `codes` (all areas if not given)."""
        self.catch_up()
        found = dict.fromkeys(self.codes if codes is None else codes, NOTHING)
        members = {code: self._entries.members[self._entries.number[code]] for code in found}
        there = {code: rows for code, rows in members.items() if len(rows)}
        if there:
            found.update(zip(there, self._stand(list(there.values()), at_ms), strict=True))
        return found

    def usual(self, at_ms: int) -> dict[str, int]:
        """The everyday points that stand in each area on average, by its last weeks and areas of its kind."""
        p, columns = self.parameters, self._entries.columns
        rows = self._every()
        age_h = (at_ms - columns["at_ms"][rows]) / HOUR_MS
        window_h, prior_h = p["usual_days"] * 24 - p["usual_skip_h"], p["usual_prior_days"] * 24
        counts = (age_h >= p["usual_skip_h"]) & (age_h < p["usual_days"] * 24) & columns["everyday"][rows]
        rows = rows[counts]
        # The integral over a life that halves: base times the half-life over ln 2.
        lasting = columns["base"][rows] / (columns["halvings"][rows] * np.log(2)) * MICRO
        found: dict[str, int] = {}
        for level in ("regency", "district"):
            own = np.zeros(len(self.codes))
            places = columns[level][rows]
            np.add.at(own, places[places >= 0], np.rint(lasting[places >= 0]))
            kind = [n for n, code in enumerate(self.codes) if (len(code) > 4) == (level == "district")]
            prior = own[kind].mean() / window_h if kind else 0.0
            for n in kind:
                found[self.codes[n]] = round((own[n] + prior_h * prior) / (window_h + prior_h))
        return found

    def _every(self) -> Rows:
        """All rows that hold an incident."""
        self.catch_up()
        return np.flatnonzero(self._entries.columns["live"])

    def _weigh(self, rows: Rows, at_ms: int) -> Rows:
        """Points of each of these rows now, in millionths. They must be all rows of the areas they lie in."""
        columns = self._entries.columns
        base = columns["base"][rows]
        age_h = np.maximum(at_ms - columns["at_ms"][rows], 0) / HOUR_MS
        stage = np.where(columns["election"][rows], self.calendar.factor(at_ms, self.parameters), 1.0)
        recent = (age_h < self.parameters["repeat_h"]) & (base > 0)
        cell = seats(columns["cell"][rows], self._facts.cells)
        others = np.bincount(cell, recent, len(rows))[cell] - recent
        repeat = 1 + np.minimum(others * self.parameters["repeat_share"], self.parameters["repeat_most"])
        found = base * stage * repeat * np.exp2(-age_h * columns["halvings"][rows]) * MICRO
        return np.asarray(np.rint(found), dtype=np.int64)

    def _points(self, rows: Rows, at_ms: int) -> Rows:
        """As `_weigh`, of rows that may come twice: what lies in a district lies in its regency too."""
        found: Rows = np.empty(len(self._entries.columns["live"]), np.int64)
        once = rows[seats(rows, len(found)) == np.arange(len(rows))]
        found[once] = self._weigh(once, at_ms)
        return found[rows]

    def _stand(self, members: Sequence[Rows], at_ms: int) -> list[Standing]:
        """What lies in each of the areas that have these rows; none is without any."""
        rows = np.concatenate(members)
        points = self._points(rows, at_ms)
        bounds = [0, *accumulate(map(len, members))]
        sums = (points, points * self._entries.columns["everyday"][rows], (points > 0).astype(np.int64))
        totals = [np.add.reduceat(column, bounds[:-1]).tolist() for column in sums]
        lines = self._lines(members, [points[start:end] for start, end in pairwise(bounds)])
        return [_standing(*parts) for parts in zip(*totals, lines, strict=True)]

    def _lines(self, members: Sequence[Rows], points: Sequence[Rows]) -> list[tuple[tuple[int, int], ...]]:
        """The heaviest rows of each of these areas with their points."""
        tie, told = self._entries.columns["tie"], []
        for own, micro in zip(members, points, strict=True):
            picked = foremost(micro, tie, own, MOST_LINES, FEW) if len(own) > FEW else slice(None)
            told.append((own[picked], micro[picked]))
        sizes = [len(rows) for rows, _ in told]
        rows, micros = (np.concatenate(column) for column in zip(*told, strict=True))
        order = np.lexsort((tie[rows], -micros, np.repeat(np.arange(len(sizes)), sizes)))
        lines = list(zip(micros[order].tolist(), rows[order].tolist(), strict=True))
        return [
            tuple(lines[end - size : end][:MOST_LINES]) for size, end in zip(sizes, accumulate(sizes), strict=True)
        ]


def _standing(own: int, everyday: int, weighty: int, lines: tuple[tuple[int, int], ...]) -> Standing:
    told = [micro for micro, _ in lines]
    return Standing(own, everyday, lines, own - sum(told), weighty - sum(micro > 0 for micro in told))
