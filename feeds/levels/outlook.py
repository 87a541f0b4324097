"""The forecast of a running Siger: what to expect per area, beside a plain count, and how both did last week.

Counts are of reports that weigh, by day of Lampung. With a year and more of them the learned forecast says how many
to expect; before that a gamma-Poisson rate does, which starts from the average area and moves with the area's own
days. Intervals are those of the counts themselves (negative binomial), not of the model's wisdom.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from feeds.day import day_of
from feeds.incident import Incident
from feeds.levels import parameters, scores
from feeds.levels.activity import Panel, faded_sums, look_back
from feeds.levels.counts import DailyCounts, Floats, Ints, Row, tally
from feeds.levels.forecast import LONGEST_WEEKS, Weights, learn, over_by
from feeds.levels.regression import logistic
from feeds.levels.weight import weigh
from feeds.taxonomy import Taxonomy

HORIZONS_H = (6, 24, 168)
#: Reports are weighted by age with this half-life, and the average area counts for so many days of an area's own.
HALF_LIFE_D = 60.0
PRIOR_D = 15.0
#: The plain rule beside it: as many again as in the last so many days.
PLAIN_D = 28
#: The interval holds the count that comes in so many of 100 cases.
INTERVAL = (0.1, 0.9)
LEARNING_WEEKS = 52

NOTE = (
    "Prakiraan untuk tempat, bukan orang. Belajar dari laporan yang masuk: tempat yang lebih sering dipatroli "
    "lebih banyak dilaporkan."
)

#: Counts above this are as good as normally distributed; below it each is summed up.
_MANY = 400
_NORMAL_TENTH = 1.2816


class Total(NamedTuple):
    """What is to be expected of several areas together: the count, its interval, the chance of any at all."""

    expected: float
    low: int
    high: int
    chance: float


@dataclass(frozen=True)
class Outlook:
    """A forecast from data before a day: per area the expected count a day, its spread, and the plain count."""

    areas: tuple[str, ...]
    day: date
    daily: Floats
    spread: Floats  # variance = mean + spread * mean squared
    week_chance: Floats
    plain: Floats
    learned: bool

    def expected(self, hours: float) -> Floats:
        return self.daily * (hours / 24)

    def chance(self, hours: float) -> Floats:
        """The chance of at least one report in the next hours."""
        if hours == 168:
            return self.week_chance
        return np.asarray(1 - (1 + self.spread * self.expected(hours)) ** (-1 / self.spread))

    def interval(self, area: int, hours: float) -> tuple[int, int]:
        """The counts between which four of five cases will lie."""
        return _interval(float(self.expected(hours)[area]), float(self.spread[area]))

    def total(self, hours: float) -> Total:
        """All areas together; what they see is taken as independent of each other."""
        expected = self.expected(hours)
        mean = float(expected.sum())
        spread = float((self.spread * expected**2).sum()) / mean**2
        low, high = _interval(mean, spread)
        return Total(mean, low, high, float(1 - np.prod(1 - self.chance(hours))))


@dataclass(frozen=True, slots=True)
class Record:
    """How last week's forecast and the plain count did: the same week, the same areas.

    `happened`: areas that had a report; `said`: how many the chances added up to, which should be about the same.
    """

    since: date
    reports: int
    areas: int
    happened: int
    said: float
    said_plain: float
    hit_rate: float
    hit_rate_plain: float
    pai: float
    pai_plain: float
    brier: float
    brier_plain: float


def counts_of(
    incidents: Iterable[Incident], areas: Sequence[str], taxonomy: Taxonomy, now_ms: int
) -> DailyCounts | None:
    """Reports that weigh by day and area (regencies or districts), up to yesterday; None before the first."""
    known = parameters.bundled()
    today, wanted = day_of(now_ms), set(areas)
    rows = []
    for incident in incidents:
        place = incident.report.district if len(areas[0]) > 4 else incident.report.regency
        day = day_of(incident.report.at_ms)
        if place in wanted and day < today and weigh(incident, taxonomy, known).base > 0:
            rows.append(Row(day, place, 1))
    if not rows:
        return None
    first = min(row.day for row in rows)
    # Every area is watched from the first report on, wherever that was, and until yesterday.
    ends = (first, max(today - timedelta(days=1), first))
    return tally([*rows, *(Row(day, code, 0) for code in areas for day in ends)])


def outlook(counts: DailyCounts, day: int | None = None) -> Outlook:
    """What is to be expected from day number `day` on (the day after the history), from what was before it."""
    at = counts.days if day is None else day
    days: Ints = np.array([at], dtype=np.int64)
    panel = look_back(counts) if at >= LEARNING_WEEKS * 7 else None
    weights = _weights(panel, at) if panel is not None else None
    plain = counts.before(days, PLAIN_D)[0] / min(PLAIN_D, max(at, 1))
    shape, exposure = _posterior(counts, days)
    daily, spread = shape / exposure, 1 / shape
    chance = 1 - (exposure / (exposure + 7)) ** shape
    if weights is not None:
        signals = look_back(counts, days).signals[0]
        daily, spread = weights.expected(signals) / 7, np.full(len(daily), weights.spread)
        chance = logistic(weights.log_odds(signals))
    return Outlook(counts.areas, counts.day(at), daily, spread, chance, plain, weights is not None)


def record(counts: DailyCounts) -> Record | None:
    """How the forecast of a week ago did; None while there is no week with a past and a report."""
    at = counts.days - 7
    if at < 7:
        return None
    then = outlook(counts, at)
    came = counts.after(np.array([at], dtype=np.int64), 7)[0]
    if not came.sum():
        return None
    happened = came > 0
    # Half a report more than was counted: a quiet month does not make a report impossible.
    plain_chance = 1 - np.exp(-(then.plain + 0.5 / PLAIN_D) * 7)
    share = max(scores.HOT_SHARE, 1 / len(came))
    pai, plain = scores.pai(came, then.daily, share), scores.pai(came, then.plain, share)
    return Record(
        since=then.day,
        reports=int(came.sum()),
        areas=len(came),
        happened=int(happened.sum()),
        said=float(then.week_chance.sum()),
        said_plain=float(plain_chance.sum()),
        hit_rate=pai * share,
        hit_rate_plain=plain * share,
        pai=pai,
        pai_plain=plain,
        brier=scores.brier(happened, then.week_chance),
        brier_plain=scores.brier(happened, plain_chance),
    )


def _interval(mean: float, spread: float) -> tuple[int, int]:
    """The counts between which four of five cases lie; variance = mean + spread * mean squared."""
    if mean > _MANY:
        far = _NORMAL_TENTH * (mean + spread * mean**2) ** 0.5
        return max(0, round(mean - far)), round(mean + far)
    most = int(10 + 8 * mean * (1 + spread))
    counts = np.arange(most + 1, dtype=np.float64)
    total = np.cumsum(scores.count_chance(counts, np.full(most + 1, mean), spread))
    low, high = (min(int(np.searchsorted(total, part)), most) for part in INTERVAL)
    return low, high


def _weights(panel: Panel, at: int) -> Weights | None:
    """What the weeks that were over by day `at` teach."""
    over = int(np.searchsorted(panel.mondays, at - 7, side="right"))
    ages = over - np.arange(len(panel.mondays), dtype=np.float64)
    if over < 1:
        return None
    return learn(panel, over_by(panel, min(over, len(panel.mondays) - 1), LONGEST_WEEKS), ages)


def _posterior(counts: DailyCounts, days: Ints) -> tuple[Floats, Floats]:
    """Gamma shape and exposure (days) of each area's rate: its own faded days on top of the average area's."""
    keep = 0.5 ** (1 / HALF_LIFE_D)
    sums = faded_sums(counts.incidents, HALF_LIFE_D, days)[0]
    watched = float((1 - keep ** int(days[0])) / (1 - keep))
    average = (sums.sum() + 0.5) / (watched * len(sums) + 1)
    return sums + PRIOR_D * average, np.full(len(sums), watched + PRIOR_D)
