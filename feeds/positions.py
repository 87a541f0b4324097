"""Positions on their way in: from checked items to the log's own form, with nothing built in between.

A batch of positions is by far the most frequent thing that Siger takes in, so it is written from what was checked;
`PositionsObserved` is what the same bytes are when they are read back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from feeds.clock import epoch_ms
from feeds.events import PositionsObserved, UnitPosition
from feeds.inputs import PositionIn
from feeds.reports import SKEW_MS

#: Fields that are kept as they were sent.
_AS_SENT = frozenset(UnitPosition.model_fields) & frozenset(PositionIn.model_fields) - {"unit", "lon", "lat"}
_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class PositionsTaken:
    """Positions of one source that arrived together. Times are UTC epoch milliseconds."""

    kind: ClassVar[str] = PositionsObserved.kind
    version: ClassVar[int] = PositionsObserved.version

    received_ms: int
    source: str
    actor: str | None
    simulated: bool
    positions: Sequence[dict[str, Any]]

    def key(self) -> None:
        """None: two batches are never the same."""

    def encode(self) -> bytes:
        """The event's JSON as the log keeps it; fields at their default are left out."""
        head: dict[str, Any] = {
            "at_ms": max(position["observed_ms"] for position in self.positions),
            "received_ms": self.received_ms,
            "source": self.source,
        }
        if self.actor is not None:
            head["actor"] = self.actor
        if self.simulated:
            head["simulated"] = True
        return orjson.dumps(head | {"positions": self.positions})


def position_of(item: PositionIn, received_ms: int) -> dict[str, Any]:
    """A checked position as the log keeps it. A device whose clock is ahead counts as observed on arrival."""
    sent = vars(item)
    observed_ms = epoch_ms(item.observed_at)
    kept: dict[str, Any] = {
        "unit": item.unit,
        "observed_ms": min(observed_ms, received_ms),
        "lon": round(item.lon * _MICRO) / _MICRO,
        "lat": round(item.lat * _MICRO) / _MICRO,
    }
    for name in item.model_fields_set & _AS_SENT:
        if sent[name] is not None:
            kept[name] = sent[name]
    if observed_ms - received_ms > SKEW_MS:
        kept["skew_ms"] = observed_ms - received_ms
    return kept
