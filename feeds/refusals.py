"""What the way in refuses, and why, item by item.

IntakeError
├── Refused            some items do not hold; carries the problems of each
├── UnknownIncident    there is no such incident (for this caller)
└── NotAllowed         the incident's state does not allow the action; names those that it does
"""

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.inputs import Problem


class IntakeError(Exception):
    """Input that was not taken in."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item's number in its batch (from 0) and what is wrong with it."""

    index: int
    problems: tuple[Problem, ...]


class Refused(IntakeError):
    """Items of a batch do not hold, and nothing of the batch was stored."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        first = self.refusals[0]
        problem = first.problems[0]
        super().__init__(f"item {first.index}: {problem.field}: {problem.reason} (got {problem.value})")


@dataclass(frozen=True, slots=True)
class OutsideRights(Problem):
    """A problem of an item that is sound in itself: whoever sends it may not write there."""


class UnknownIncident(IntakeError):
    """No incident has this id."""


class NotAllowed(IntakeError):
    """The incident's state does not allow the action."""

    def __init__(self, status: str, action: str, allowed: Sequence[str]) -> None:
        self.status, self.action, self.allowed = status, action, tuple(allowed)
        super().__init__(f"'{action}' is not allowed while '{status}'; allowed: {', '.join(allowed)}")
