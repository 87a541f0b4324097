"""The election calendar as the risk model reads it: which stage a moment lies in, and how much it weighs."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from feeds.clock import epoch_ms
from feeds.levels.parameters import Parameters

BUNDLED = Path(__file__).with_name("stages.toml")

#: Groups of the taxonomy on which a stage weighs: election matters, and crowds, which are about the election then.
ELECTION_GROUPS = frozenset({"pemilihan", "kamtibmas"})


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage from `from_ms` up to, not including, `until_ms`."""

    name: str
    parameter: str
    from_ms: int
    until_ms: int


@dataclass(frozen=True)
class Calendar:
    """The stages that weigh."""

    stages: tuple[Stage, ...] = ()

    def factor(self, at_ms: int, parameters: Parameters) -> float:
        """How much a stage adds to election matters at a moment; 1 outside all of them."""
        running = (parameters[stage.parameter] for stage in self.stages if stage.from_ms <= at_ms < stage.until_ms)
        return max(running, default=1.0)


@cache
def bundled() -> Calendar:
    """The calendar that comes with Siger: Pilkada 2024."""
    with BUNDLED.open("rb") as file:
        entries = tomllib.load(file)["stage"]
    return Calendar(
        tuple(
            Stage(entry["name"], entry["parameter"], _moment(entry["from"]), _moment(entry["until"]))
            for entry in entries
        )
    )


def _moment(value: datetime) -> int:
    return epoch_ms(value)
