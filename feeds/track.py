"""A unit's way over the last minutes: the log newest part first, so that a limit costs the oldest.

Positions of a thousand units share the log's entries. Only entries that name the unit are read as events, and
reading ends where the time asked for begins, or where so much has been read that others would have to wait. On a
busy day the log holds some minutes; what was before is read from the archive, from its newest part back.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from feeds.archive import read_file
from feeds.events import PositionsObserved, UnitPosition
from feeds.history import History
from feeds.log_entry import RawEntry, place, read_entry
from feeds.log_errors import LogUnavailable

_PAGE: Final = 200
Piece = tuple[list[UnitPosition], int]
"""Positions, and the bytes that were read for them."""

#: What an hour of 400 patrols, or ten minutes of 7,600 units, takes in the log.
MOST_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class Track:
    """Positions by time of observation, oldest first; not `complete` where the limit cut the oldest off."""

    positions: tuple[UnitPosition, ...]
    complete: bool


async def track(history: History, unit: str, since_ms: int, *, most_bytes: int = MOST_BYTES) -> Track:
    """Where `unit` was observed since `since_ms`. Raises `LogUnavailable`."""
    found: list[UnitPosition] = []
    read = 0
    async for positions, n_bytes in _back(history, unit, since_ms):
        if read >= most_bytes:
            return Track(_in_order(found, since_ms), complete=False)
        found += positions
        read += n_bytes
    return Track(_in_order(found, since_ms), complete=True)


async def _back(history: History, unit: str, since_ms: int) -> AsyncIterator[Piece]:
    """The unit's positions in pieces, newest first, until behind `since_ms` or until there were none before."""
    before: str | None = None
    while page := await history.log.read_back(before, count=_PAGE):
        before = page[-1].id
        yield await asyncio.to_thread(_of_unit, page, unit), sum(raw.n_bytes for raw in page)
        if place(before)[0] < since_ms:
            return
    trimmed = place(await history.trimmed_to())
    if history.archive is not None and trimmed[0] >= since_ms:
        for path, part in reversed(await asyncio.to_thread(history.archive.files)):
            if place(part.last_id)[0] < since_ms:
                return
            try:
                yield await asyncio.to_thread(_of_file, path, unit, since_ms, trimmed)
            except FileNotFoundError as error:
                raise LogUnavailable("a day of the archive was closed just now; ask again") from error


def _of_file(path: Path, unit: str, since_ms: int, trimmed: tuple[int, int]) -> Piece:
    """What a file of the archive holds of the unit since then; the log has what is behind `trimmed`."""
    found: list[UnitPosition] = []
    read = 0
    for raw in read_file(path, f"{since_ms - 1}-{2**63}"):
        if place(raw.id) > trimmed:
            break
        found[:0] = _of_unit([raw], unit)
        read += raw.n_bytes
    return found, read


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
