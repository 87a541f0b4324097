"""What every event is: a frozen record, attributed and stamped with two clocks, that encodes itself for the log."""

from typing import ClassVar

import orjson
from pydantic import BaseModel, ConfigDict

from feeds.numbers import Ms


class Record(BaseModel):
    """What every part of an event shares: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Event(Record):
    """Base of all events. Times are UTC epoch milliseconds.

    `at_ms` is when it happened or was observed, by the reporter's clock; `received_ms` is when Siger took it in,
    by Siger's clock. The two are never mixed.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1

    at_ms: Ms
    received_ms: Ms
    source: str
    actor: str | None = None
    simulated: bool = False

    def key(self) -> str | None:
        """The idempotency key: a second event with the same key is the same event. None: always new."""
        return None

    def encode(self) -> bytes:
        """The event's JSON as the log keeps it; fields at their default are left out."""
        return orjson.dumps(self.model_dump(exclude_defaults=True))
