"""What the past says about an area on a Monday: its own activity, its neighbours', the country's, the season.

Everything is computed from days strictly before that Monday. Rates are exponentially weighted with several memories
and pulled towards the country's rate by so many days' worth of it (empirical Bayes), so that an area with a week of
history is not taken at its word. Nothing here is fitted; `forecast` weighs these signals.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feeds.levels.counts import DailyCounts, Floats, Ints

#: Memories of the weighted rates, as half-lives in days: from this week's fight to the place's reputation.
MEMORIES_D = (7, 14, 28, 60, 120, 240, 500)
#: Memories in which the surroundings and the country are looked at: a wave, a season, a year.
WIDE_MEMORIES_D = (14, 60, 240)
#: Memories of how much people came to harm: a fight that killed is likelier to go on than one that did not.
HARM_MEMORIES_D = (28, 180)
HARM_PRIOR_D = 20.0
#: An area's rate starts from the country's with this share of the memory's length, at least a week, as its weight.
PRIOR_SHARE = 0.25
PRIOR_LEAST_D = 7.0
#: The surroundings' rate starts from the country's with this many area-days.
WIDE_PRIOR_D = 30.0
#: Added to a weekly rate before its logarithm, so that nothing is minus infinity: one incident a year.
LEAST_A_WEEK = 0.02
#: Longer than this ago or known for longer than this makes no difference any more (days).
LONGEST_SINCE_D = 400
LONGEST_KNOWN_D = 1500
_YEAR_D = 365.25


@dataclass(frozen=True)
class Panel:
    """The signals of every area on every Monday, and what the seven days from it brought."""

    mondays: Ints
    names: tuple[str, ...]
    signals: Floats  # mondays x areas x signals
    known: npt.NDArray[np.bool_]  # mondays x areas: the area has a row before that Monday
    latest: Ints  # mondays x areas: the day of its latest incident before that Monday; long ago if none
    week: Floats  # mondays x areas: incidents on the seven days from it; NaN where the history ends before

    def columns(self, names: Sequence[str]) -> list[int]:
        return [self.names.index(name) for name in names]


def look_back(counts: DailyCounts, days: Ints | None = None) -> Panel:
    """The signals of all areas on all Mondays of a history, or on other days of it up to the first one after it."""
    mondays = counts.mondays if days is None else days
    signals: dict[str, Floats] = {}
    for memory in MEMORIES_D:
        signals.update(_rates(counts, mondays, memory))
    for memory in HARM_MEMORIES_D:
        signals[f"harm_{memory}d"] = _harm(counts, mondays, memory)
    latest = _latest(counts.incidents > 0, mondays)
    signals["since"] = np.log1p(np.minimum(mondays[:, None] - 1 - latest, LONGEST_SINCE_D))
    known_for = mondays[:, None] - counts.first_row
    signals["known"] = np.log1p(np.clip(known_for, 0, LONGEST_KNOWN_D))
    for name, wave in _season(counts, mondays).items():
        signals[name] = np.broadcast_to(wave[:, None], known_for.shape)
    stacked = np.stack(list(signals.values()), axis=2)
    return Panel(mondays, tuple(signals), stacked, known_for > 0, latest, counts.after(mondays, 7))


def faded_sums(values: Floats, half_life_d: float, days: Ints) -> Floats:
    """Sums over all days before each of `days`, a day counting half as much as one `half_life_d` days later."""
    keep = float(0.5 ** (1 / half_life_d))
    state = np.zeros(values.shape[1])
    found = np.zeros((len(days), values.shape[1]))
    wanted = {int(day): index for index, day in enumerate(days)}
    for day in range(int(days[-1]) + 1 if len(days) else 0):
        index = wanted.get(day)
        if index is not None:
            found[index] = state
        if day < len(values):
            state = state * keep + values[day]
    return found


def surroundings(areas: Sequence[str]) -> Floats:
    """areas x areas: 1 where two areas have the same parent by code (1806 in 18, 180601 in 1806), else 0."""
    tidy = all(area.isdigit() and len(area) == len(areas[0]) and len(area) > 2 for area in areas)
    parents = np.array([area[:-2] if tidy else "" for area in areas])
    return np.asarray(parents[:, None] == parents[None, :], dtype=np.float64)


def _rates(counts: DailyCounts, mondays: Ints, memory_d: int) -> dict[str, Floats]:
    watched = _watched(counts, mondays, memory_d)
    sums = faded_sums(counts.incidents, memory_d, mondays)
    busy = faded_sums((counts.incidents > 0).astype(np.float64), memory_d, mondays)
    prior_d = max(PRIOR_LEAST_D, memory_d * PRIOR_SHARE)
    country = _country(sums, watched)
    found = {
        f"incidents_{memory_d}d": _weekly((sums + prior_d * country) / (watched + prior_d)),
        f"days_{memory_d}d": _weekly((busy + prior_d * _country(busy, watched)) / (watched + prior_d)),
    }
    if memory_d in WIDE_MEMORIES_D:
        near = surroundings(counts.areas)
        around = (sums @ near - sums + WIDE_PRIOR_D * country) / (watched @ near - watched + WIDE_PRIOR_D)
        found[f"around_{memory_d}d"] = _weekly(around)
        found[f"country_{memory_d}d"] = _weekly(np.broadcast_to(country, sums.shape))
    return found


def _harm(counts: DailyCounts, mondays: Ints, memory_d: int) -> Floats:
    watched = _watched(counts, mondays, memory_d)
    sums = faded_sums(counts.harm, memory_d, mondays)
    return _weekly((sums + HARM_PRIOR_D * _country(sums, watched)) / (watched + HARM_PRIOR_D))


def _watched(counts: DailyCounts, mondays: Ints, memory_d: int) -> Floats:
    """Days since an area's first row, faded like the sums that are divided by them."""
    keep = 0.5 ** (1 / memory_d)
    known_d = np.maximum(mondays[:, None] - counts.first_row, 0)
    found: Floats = (1 - keep**known_d) / (1 - keep)
    return found


def _country(sums: Floats, watched: Floats) -> Floats:
    return np.asarray(sums.sum(axis=1, keepdims=True) / np.maximum(watched.sum(axis=1, keepdims=True), 1.0))


def _weekly(rate_a_day: Floats) -> Floats:
    return np.asarray(np.log(rate_a_day * 7 + LEAST_A_WEEK))


def _latest(busy: npt.NDArray[np.bool_], mondays: Ints) -> Ints:
    numbers = np.where(busy, np.arange(len(busy))[:, None], -LONGEST_SINCE_D)
    found: Ints = np.maximum.accumulate(numbers, axis=0)[mondays - 1]
    return found


def _season(counts: DailyCounts, mondays: Ints) -> dict[str, Floats]:
    of_year = np.array([counts.day(day).timetuple().tm_yday for day in mondays]) * (2 * math.pi / _YEAR_D)
    return {"season_sin": np.sin(of_year), "season_cos": np.cos(of_year)}
