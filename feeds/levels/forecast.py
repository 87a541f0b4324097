"""The forecast: how likely an area sees an incident in the next seven days, and how many are to be expected.

Learned from daily counts alone, walking forward: the weights in use on a Monday come from weeks that were over by
then. Two regressions on the same signals share the chance: a straight one, steady, and one in which the main
signals may bend and act on each other. What they say together is recalibrated on how such forecasts did in the last
two years. A place is forecast, never a person; and a place that is watched more reports more (docs/risk-model.md).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feeds.levels.activity import Panel
from feeds.levels.counts import Floats
from feeds.levels.regression import fit_counts, fit_logistic, logistic, predictor

#: Weights are learned anew after so many weeks.
REFIT_EVERY_WEEKS = 4
#: A week counts half as much as one this much later and nothing after the longest: monitors and countries change.
MEMORY_WEEKS = 156.0
LONGEST_WEEKS = 416
#: An area that has been silent for longer than this may no longer be watched: its silence teaches nothing.
LONGEST_SILENCE_D = 180
#: How far back a forecast looks at its own record to recalibrate itself.
RECORD_WEEKS = 104
#: Ridges: the bent regression has more to go wrong with.
RIDGE, BENT_RIDGE = 30.0, 100.0
#: The pull of the recalibration towards "as it is", in area-weeks.
RECORD_PRIOR = 200.0
#: Fewer area-weeks than this, or fewer with an incident, teach nothing: the weighted rate itself is the forecast.
LEAST_ROWS, LEAST_HITS = 300, 30
#: The signals that may bend.
BENDING = ("incidents_28d", "incidents_120d", "since", "known", "country_60d", "around_60d")
#: Signals beyond so many standard deviations say no more than these.
FAR = 4.0
#: The spread that the count regression works with (it hardly matters there; the real one is measured after it).
COUNT_SPREAD = 1.0
#: Counts above this in a week teach the count regression no more than this (one battle is not ten).
MOST_IN_A_WEEK = 30.0
PLAIN_SIGNAL = "incidents_120d"


@dataclass(frozen=True)
class Scale:
    """Signals as numbers of standard deviations from their mean."""

    mean: Floats
    width: Floats

    @classmethod
    def of(cls, rows: Floats) -> "Scale":
        return cls(rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6))

    def __call__(self, rows: Floats) -> Floats:
        found: Floats = np.clip((rows - self.mean) / self.width, -FAR, FAR)
        return found


@dataclass(frozen=True)
class Weights:
    """What was learned from the weeks before a Monday."""

    scale: Scale
    bent_scale: Scale
    bending: tuple[int, ...]
    straight: Floats
    bent: Floats
    counts: Floats
    spread: float

    def log_odds(self, signals: Floats) -> Floats:
        rows = self.scale(signals)
        both = np.hstack([rows, self.bent_scale(products(rows[:, self.bending]))])
        found: Floats = (predictor(rows, self.straight) + predictor(both, self.bent)) / 2
        return found

    def expected(self, signals: Floats) -> Floats:
        found: Floats = np.exp(predictor(self.scale(signals), self.counts))
        return found


def products(rows: Floats) -> Floats:
    """Every signal times every other and itself."""
    left, right = np.triu_indices(rows.shape[1])
    found: Floats = rows[:, left] * rows[:, right]
    return found


def learn(
    panel: Panel, rows: npt.NDArray[np.bool_], age_weeks: Floats, before: Weights | None = None
) -> Weights | None:
    """Weights from the chosen area-weeks; None where they are too few to teach anything.

    `before` are earlier weights to set out from: it saves time and changes nothing else.
    """
    signals, counts = panel.signals[rows], panel.week[rows]
    happened = (counts > 0).astype(np.float64)
    if len(counts) < LEAST_ROWS or min(happened.sum(), (1 - happened).sum()) < LEAST_HITS:
        return None
    weight = 0.5 ** (np.broadcast_to(age_weeks[:, None], rows.shape)[rows] / MEMORY_WEEKS)
    scale, bending = Scale.of(signals), tuple(panel.columns(BENDING))
    scaled = scale(signals)
    bent_scale = Scale.of(products(scaled[:, bending]))
    both = np.hstack([scaled, bent_scale(products(scaled[:, bending]))])
    capped = np.minimum(counts, MOST_IN_A_WEEK)
    by_count = fit_counts(scaled, capped, weight, RIDGE, COUNT_SPREAD, before.counts if before else None)
    return Weights(
        scale,
        bent_scale,
        bending,
        fit_logistic(scaled, happened, weight, RIDGE, before.straight if before else None),
        fit_logistic(both, happened, weight, BENT_RIDGE, before.bent if before else None),
        by_count,
        _spread(capped, np.exp(predictor(scaled, by_count)), weight),
    )


def _spread(counts: Floats, expected: Floats, weight: Floats) -> float:
    """How much more the counts vary than by chance alone: variance = mean + spread * mean squared."""
    extra = (weight * ((counts - expected) ** 2 - expected)).sum() / (weight * expected**2).sum()
    return float(np.clip(extra, 0.05, 10.0))


@dataclass
class Walk:
    """Forecasts for every Monday of a panel from `start` on, each from what was over before it."""

    start: int
    log_odds: Floats  # mondays x areas, as learned
    chance: Floats  # mondays x areas, recalibrated
    expected: Floats  # mondays x areas
    spread: Floats  # mondays


def walk(panel: Panel, start: int) -> Walk:
    """Walks forward from Monday number `start`, learning anew every few weeks. Nothing looks ahead.

    It sets out earlier than asked, as far as the record needs. Raises `ValueError` if `start` is not in the panel.
    """
    if not 0 <= start < len(panel.mondays):
        raise ValueError(f"cannot start at Monday number {start}: the history has {len(panel.mondays)}")
    shape = panel.week.shape
    found = Walk(start, np.zeros(shape), np.zeros(shape), np.zeros(shape), np.ones(shape[0]))
    outset = start - min(start, RECORD_WEEKS) // REFIT_EVERY_WEEKS * REFIT_EVERY_WEEKS
    weights: Weights | None = None
    for first in range(outset, shape[0], REFIT_EVERY_WEEKS):
        age_weeks = first - np.arange(shape[0], dtype=np.float64)
        weights = learn(panel, over_by(panel, first, LONGEST_WEEKS), age_weeks, weights)
        stage = slice(first, min(first + REFIT_EVERY_WEEKS, shape[0]))
        _forecast(panel, found, stage, weights)
        record = over_by(panel, first, RECORD_WEEKS)
        record[:outset] = False
        shift, slope = recalibrate(found.log_odds[record], panel.week[record] > 0)
        found.chance[stage] = logistic(shift + slope * found.log_odds[stage])
    return found


def _forecast(panel: Panel, found: Walk, stage: slice, weights: Weights | None) -> None:
    """Forecasts a stage's Mondays with weights from before it; without any, the weighted rate is the forecast."""
    signals, shape = panel.signals[stage].reshape(-1, len(panel.names)), panel.week[stage].shape
    if weights is None:
        expected = np.exp(signals[:, panel.names.index(PLAIN_SIGNAL)])
        found.expected[stage] = expected.reshape(shape)
        found.log_odds[stage] = np.log(np.expm1(expected)).reshape(shape)
    else:
        found.expected[stage] = weights.expected(signals).reshape(shape)
        found.log_odds[stage] = weights.log_odds(signals).reshape(shape)
        found.spread[stage] = weights.spread


def over_by(panel: Panel, monday: int, weeks: int) -> npt.NDArray[np.bool_]:
    """The area-weeks that were over by Monday number `monday`, at most so many weeks back, of areas watched."""
    last_seen = panel.latest[monday] + LONGEST_SILENCE_D
    rows: npt.NDArray[np.bool_] = panel.known & (panel.mondays[:, None] + 6 <= last_seen)
    rows[monday:] = False
    rows[: max(monday - weeks, 0)] = False
    return rows


def recalibrate(log_odds: Floats, happened: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Shift and slope that make past log odds honest, pulled towards 0 and 1 where the record is short."""
    shift, slope = 0.0, 1.0
    if not len(log_odds):
        return shift, slope
    for _ in range(20):
        chance = logistic(np.clip(shift + slope * log_odds, -12.0, 12.0))
        rest, bend = happened - chance, chance * (1 - chance)
        gradient = np.array(
            [rest.sum() - RECORD_PRIOR * shift / 4, (rest * log_odds).sum() - RECORD_PRIOR * (slope - 1)]
        )
        cross = (bend * log_odds).sum()
        matrix = np.array(
            [[bend.sum() + RECORD_PRIOR / 4, cross], [cross, (bend * log_odds**2).sum() + RECORD_PRIOR]]
        )
        step = np.linalg.solve(matrix, gradient)
        shift, slope = shift + float(step[0]), slope + float(step[1])
    return shift, slope
