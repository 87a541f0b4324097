"""Plain rules that every forecast must beat: count what happened lately, and expect as much again.

A rule says a weekly rate for each area; its chance of at least one incident is the Poisson one. There is nothing to
learn, so nothing can be learned wrongly: where a rule is as good as the forecast, the rule should be used.
"""

from collections.abc import Callable

import numpy as np

from feeds.levels.activity import faded_sums
from feeds.levels.counts import DailyCounts, Floats

#: Windows of the plain counts and half-lives of the weighted ones, in days.
WINDOWS_D = (7, 28, 91, 365)
HALF_LIVES_D = (14, 28, 60, 90, 180)
#: Half an incident more than was counted, so that a quiet window is not taken for impossibility.
HALF_AN_INCIDENT = 0.5

Rule = Callable[[DailyCounts], Floats]


def rules() -> dict[str, Rule]:
    """The rules by name; each gives incidents a week, by Monday and area."""
    found: dict[str, Rule] = {}
    for width in WINDOWS_D:
        found[f"last {width} days"] = _window(width)
    for half_life in HALF_LIVES_D:
        found[f"weighted, half-life {half_life} days"] = _weighted(half_life)
    return found


def chance_of_any(weekly: Floats) -> Floats:
    """The Poisson chance of at least one incident at these rates."""
    return np.asarray(-np.expm1(-weekly))


def _window(width_d: int) -> Rule:
    def rate(counts: DailyCounts) -> Floats:
        return (counts.before(counts.mondays, width_d) + HALF_AN_INCIDENT) * (7 / width_d)

    return rate


def _weighted(half_life_d: int) -> Rule:
    worth_d = 1 / (1 - float(0.5 ** (1 / half_life_d)))

    def rate(counts: DailyCounts) -> Floats:
        sums = faded_sums(counts.incidents, half_life_d, counts.mondays)
        return (sums + HALF_AN_INCIDENT) * (7 / worth_d)

    return rate
