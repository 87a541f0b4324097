"""When a demonstration plays which entry: the chronology speeded up, its backlog, and round after round.

Real gaps are divided, but kept between a floor and a cap, so that months without news do not stop the show and one
busy day does not flood it. At speed 1 a real day takes 12 s, entries come 3 to 25 s apart, and a round of
`pilkada-2024` takes about eleven minutes. The schedule is arithmetic: it reads no clock and waits for nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from feeds.scenario.chronology import Entry, Scenario

DAY_S = 86_400
#: Real seconds that pass in one second of play.
RATE = DAY_S / 12
FLOOR_S = 3.0
CAP_S = 25.0
#: The backlog is spread evenly over the hours before the start.
BACKLOG_H = 10
SLOWEST, FASTEST = 0.05, 1000.0


@dataclass(frozen=True, slots=True)
class Cue:
    """An entry and the moment at which it plays. Those of the backlog lie before the start."""

    at_ms: int
    entry: Entry
    round: int
    backlog: bool = False


def gap_s(before: Entry, after: Entry, speed: float) -> float:
    """How long after `before` the demonstration plays `after`."""
    real_s = (after.moment - before.moment).total_seconds()
    return min(CAP_S, max(FLOOR_S, real_s / RATE)) / speed


def schedule(scenario: Scenario, start_ms: int, speed: float = 1.0) -> Iterator[Cue]:
    """The backlog, then the entries from the scenario's start on, then the whole again and again, for ever."""
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"speed {speed:g} is not possible; choose {SLOWEST:g} to {FASTEST:g} (1: a day in 12 s)")
    yield from _backlog(scenario, start_ms)
    at_ms = start_ms + 1000 * FLOOR_S / speed
    for number in count(1):
        entries = scenario.ahead if number == 1 else scenario.entries
        for index, entry in enumerate(entries):
            if index:
                at_ms += 1000 * gap_s(entries[index - 1], entry, speed)
            yield Cue(round(at_ms), entry, number)
        at_ms += 1000 * CAP_S / speed


def _backlog(scenario: Scenario, start_ms: int) -> Iterator[Cue]:
    step_ms = BACKLOG_H * 3_600_000 / max(1, len(scenario.backlog))
    for before, entry in zip(range(len(scenario.backlog), 0, -1), scenario.backlog, strict=True):
        yield Cue(round(start_ms - before * step_ms), entry, round=1, backlog=True)
