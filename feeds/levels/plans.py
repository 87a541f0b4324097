"""Planned activities ahead (a rally, a plenary meeting) as the risk model takes them. Nothing plans them yet."""

import math
from dataclasses import dataclass

from feeds.levels.parameters import Parameters
from feeds.levels.weight import HOUR_MS
from feeds.levels.words import clock

#: The crowd for which `planned_points` is meant.
_CROWD = 1_000


@dataclass(frozen=True, slots=True)
class Plan:
    """An activity that is known beforehand: in which areas (codes), from when to when, how many are expected."""

    title: str
    areas: tuple[str, ...]
    start_ms: int
    end_ms: int
    crowd: int

    def points(self, at_ms: int, parameters: Parameters) -> float:
        """Points at a moment: rising towards the start, full while it lasts, nothing after it."""
        ahead_ms = parameters["planned_ahead_h"] * HOUR_MS
        if at_ms >= self.end_ms or at_ms <= self.start_ms - ahead_ms or self.crowd < 1:
            return 0.0
        near = min(1.0, 1 - (self.start_ms - at_ms) / ahead_ms)
        size = max(0.0, 1 + math.log10(self.crowd / _CROWD))
        return float(min(parameters["planned_points"] * size, parameters["planned_most"]) * near)

    def words(self) -> str:
        return f"Rencana: {self.title}, {clock(self.start_ms)}, sekitar {self.crowd} orang"
