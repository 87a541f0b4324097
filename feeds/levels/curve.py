"""An area's level over the last hours in equal steps, and when it last turned. Pure.

Each step tells the highest that stood within it, so that a short peak is not lost between two looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.picture import LevelPoint

STEP_MS = 15 * 60_000
STEPS = 96


@dataclass(frozen=True, slots=True)
class Turn:
    """The last time that a level became another one."""

    was: int
    at_ms: int


def end_of(now_ms: int) -> int:
    """Where the step that holds this moment ends: steps begin on whole quarters of an hour."""
    return (now_ms // STEP_MS + 1) * STEP_MS


def curve(past: Sequence[LevelPoint], now_ms: int) -> tuple[list[int | None], list[float | None]]:
    """Levels and scores of the last `STEPS` steps, oldest first; None before the first that is known."""
    begin = end_of(now_ms) - STEPS * STEP_MS
    levels: list[int | None] = [None] * STEPS
    scores: list[float | None] = [None] * STEPS
    for point, after in zip(past, [*(later.at_ms for later in past[1:]), now_ms + 1], strict=True):
        first = max(0, (point.at_ms - begin) // STEP_MS)
        # What ended with a step's beginning did not stand in it.
        last = min(STEPS - 1, (after - 1 - begin) // STEP_MS)
        for step in range(first, last + 1):
            levels[step] = max(levels[step] or 0, point.level)
            scores[step] = max(scores[step] or 0.0, point.score)
    return levels, scores


def last_turn(past: Sequence[LevelPoint]) -> Turn | None:
    """When the level last became another one, as far as these points reach back; None where it never did."""
    for earlier, later in zip(reversed(past[:-1]), reversed(past[1:]), strict=True):
        if earlier.level != later.level:
            return Turn(earlier.level, later.at_ms)
    return None
