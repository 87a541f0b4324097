"""Poisoned log entries, noted aside: valid entries whose content this Siger cannot read.

The entry itself stays in the log, where nothing is ever edited; a newer Siger may well read it. Here stands which
ones, since when and why, so that they are counted and shown instead of silently skipped.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from feeds.clock import now_ms
from feeds.log import Entry, EventLog, Unreadable
from feeds.log_entry import place
from feeds.log_errors import told

#: As much of the content as an operator needs to see what it is.
_SHOWN_BYTES: Final = 500


@dataclass(frozen=True, slots=True)
class SetAside:
    """One unreadable entry: its log id, what it claims to be, why it cannot be read, and how it begins."""

    id: str
    kind: str
    version: str
    reason: str
    seen_ms: int
    begins: str


class Aside:
    """The unreadable entries noted so far, beside the log under the same prefix."""

    def __init__(self, log: EventLog, clock: Callable[[], int] = now_ms) -> None:
        self._redis: Any = log.redis
        self._key = log.key("unreadable")
        self._clock = clock

    async def note(self, entries: Iterable[Entry]) -> None:
        """Notes the unreadable ones among `entries`; one that is known already stays as it was first seen."""
        pipe = self._redis.pipeline(transaction=False)
        for entry in entries:
            if isinstance(entry.event, Unreadable):
                pipe.hsetnx(self._key, entry.id, orjson.dumps(asdict(self._seen(entry.id, entry.event))))
        if pipe.command_stack:
            await told(pipe.execute())

    async def count(self) -> int:
        return int(await told(self._redis.hlen(self._key)))

    async def all(self) -> list[SetAside]:
        """All of them, oldest first."""
        rows = await told(self._redis.hvals(self._key))
        return sorted((SetAside(**orjson.loads(row)) for row in rows), key=lambda one: place(one.id))

    async def forget(self, id: str) -> bool:
        """Takes an entry off the list, once somebody has dealt with it."""
        return bool(await told(self._redis.hdel(self._key, id)))

    def _seen(self, id: str, event: Unreadable) -> SetAside:
        begins = event.data[:_SHOWN_BYTES].decode(errors="replace")
        return SetAside(id, event.kind[:100], event.version[:20], event.reason[:500], self._clock(), begins)
