"""A unit's way over the last minutes, as the log holds it: newest part first, so that a limit costs the oldest.

Positions of a thousand units share the log's entries. Only entries that name the unit are read as events, and
reading ends where the time asked for begins, or where so much has been read that others would have to wait.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from feeds.events import PositionsObserved, UnitPosition
from feeds.log import EventLog
from feeds.log_entry import RawEntry, place, read_entry

_PAGE: Final = 200
#: What an hour of 400 patrols, or ten minutes of 7,600 units, takes in the log.
MOST_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class Track:
    """Positions by time of observation, oldest first; not `complete` where the limit cut the oldest off."""

    positions: tuple[UnitPosition, ...]
    complete: bool


async def track(log: EventLog, unit: str, since_ms: int, *, most_bytes: int = MOST_BYTES) -> Track:
    """Where `unit` was observed since `since_ms`, as far back as the log reaches. Raises `LogUnavailable`."""
    found: list[UnitPosition] = []
    before: str | None = None
    read = 0
    while read < most_bytes:
        page = await log.read_back(before, count=_PAGE)
        found += await asyncio.to_thread(_of_unit, page, unit)
        if len(page) < _PAGE or place(page[-1].id)[0] < since_ms:
            return Track(_in_order(found, since_ms), complete=True)
        before = page[-1].id
        read += sum(len(entry.fields.get(b"d", b"")) for entry in page)
    return Track(_in_order(found, since_ms), complete=False)


def _of_unit(page: Sequence[RawEntry], unit: str) -> list[UnitPosition]:
    wanted = PositionsObserved.kind.encode()
    named = orjson.dumps(unit)
    found: list[UnitPosition] = []
    for raw in page:
        if raw.fields.get(b"k") != wanted or named not in raw.fields.get(b"d", b""):
            continue
        event = read_entry(raw).event
        if isinstance(event, PositionsObserved):
            found += [position for position in event.positions if position["unit"] == unit]
    return found


def _in_order(found: Sequence[UnitPosition], since_ms: int) -> tuple[UnitPosition, ...]:
    by_time = {
        position["observed_ms"]: position for position in reversed(found) if position["observed_ms"] >= since_ms
    }
    return tuple(by_time[at_ms] for at_ms in sorted(by_time))
