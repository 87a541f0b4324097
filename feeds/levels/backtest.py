"""Walks a history of daily counts forward and says how good the forecast was beside plain rules.

A week counts where it lies wholly between an area's first and last row: elsewhere nobody knows whether anybody was
counting. The forecast may learn from everything that was over before each Monday, also after the training date;
nothing looks at the day of the forecast or later.
"""

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from feeds.levels import scores
from feeds.levels.activity import Panel, look_back
from feeds.levels.counts import CountsError, DailyCounts, Floats
from feeds.levels.forecast import Walk, walk
from feeds.levels.rules import chance_of_any, rules
from feeds.levels.scores import Bin

#: Without a training date, this share of the history is for learning and the rest for scoring.
TRAINING_SHARE = 2 / 3
SIGER = "Siger"


@dataclass(frozen=True, slots=True)
class Score:
    """How one forecaster did: ranking, hot spots, chances, counts."""

    name: str
    auc: float
    pai: float
    brier: float
    ece: float
    log_score: float


@dataclass(frozen=True, slots=True)
class Report:
    """Siger first, then the plain rules; `reliability` is Siger's."""

    trained_until: date
    weeks: int
    areas: int
    rows: int
    base_rate: float
    scores: tuple[Score, ...]
    reliability: tuple[Bin, ...]

    @property
    def siger(self) -> Score:
        return self.scores[0]

    @property
    def best_rule(self) -> Score:
        return max(self.scores[1:], key=lambda score: score.auc)


@dataclass(frozen=True)
class Backtest:
    """A walk through a history: what was forecast on every Monday after the training date."""

    counts: DailyCounts
    panel: Panel
    walk: Walk
    trained_until: date

    def report(self) -> Report:
        """The scores over all area-weeks that were observed. Raises `CountsError` if there are none."""
        rows = self.counts.observed(self.panel.mondays, 7) & np.isfinite(self.panel.week)
        rows[: self.walk.start] = False
        if not rows.any():
            raise CountsError(f"no area was observed for a whole week after {self.trained_until}")
        spread = np.broadcast_to(self.walk.spread[:, None], rows.shape)[rows]
        counts = self.panel.week[rows]
        found = [_score(SIGER, counts, self.walk.chance[rows], self.walk.expected[rows], spread)]
        for name, rule in rules().items():
            weekly = rule(self.counts)[rows]
            found.append(_score(name, counts, chance_of_any(weekly), weekly, spread))
        table = scores.reliability(counts > 0, self.walk.chance[rows])
        return Report(
            trained_until=self.trained_until,
            weeks=int(rows.any(axis=1).sum()),
            areas=int(rows.any(axis=0).sum()),
            rows=len(counts),
            base_rate=float((counts > 0).mean()),
            scores=tuple(found),
            reliability=tuple(table),
        )

    def predictions(self) -> Iterator[tuple[str, date, float, float]]:
        """(area, Monday, chance, expected count) for every area and Monday after the training date."""
        for number in range(self.walk.start, len(self.panel.mondays)):
            monday = self.counts.day(int(self.panel.mondays[number]))
            for index, area in enumerate(self.counts.areas):
                yield area, monday, float(self.walk.chance[number, index]), float(self.walk.expected[number, index])


def backtest(counts: DailyCounts, train_until: date | None = None) -> Backtest:
    """Walks forward from the first Monday after `train_until` (two thirds of the history if not given).

    Raises `CountsError` if there is no Monday after it, or no week before it.
    """
    until = train_until or counts.day(round(counts.days * TRAINING_SHARE))
    span = f"the history runs from {counts.first_day} to {counts.last_day}"
    start = int(np.searchsorted(counts.mondays, counts.number(until), side="right"))
    if start >= len(counts.mondays):
        raise CountsError(f"no Monday to forecast after {until}: {span}")
    if until < counts.first_day:
        raise CountsError(f"nothing to learn from until {until}: {span}")
    panel = look_back(counts)
    return Backtest(counts, panel, walk(panel, start), until)


def write_predictions(test: Backtest, path: Path) -> int:
    """Writes `area,date,probability,expected_count`, whole or not at all; returns the number of rows."""
    part = path.with_name(path.name + ".part")
    rows = 0
    with part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("area", "date", "probability", "expected_count"))
        for area, monday, chance, expected in test.predictions():
            writer.writerow((area, monday.isoformat(), f"{chance:.6f}", f"{expected:.6f}"))
            rows += 1
    os.replace(part, path)
    return rows


def _score(name: str, counts: Floats, chance: Floats, expected: Floats, spread: npt.NDArray[np.float64]) -> Score:
    happened = counts > 0
    return Score(
        name=name,
        auc=scores.auc(happened, chance),
        pai=scores.pai(counts, expected),
        brier=scores.brier(happened, chance),
        ece=scores.calibration_error(happened, chance),
        log_score=scores.log_score(counts, expected, float(spread.mean())),
    )
