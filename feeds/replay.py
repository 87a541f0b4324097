"""The picture of any past moment, made from the history alone; and the proof that it is the one shown then.

While Siger runs, it writes down now and then which state hash its picture had after which entry. A replay up to
that entry must come to the same hash, or something in the chain from log to archive does not hold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from feeds.history import History, up_to
from feeds.log import EventLog
from feeds.log_entry import Entry, Unreadable, place
from feeds.log_errors import LogError, told
from feeds.picture import Picture


@dataclass(frozen=True, slots=True)
class StateHash:
    """The state hash that a live picture had after an entry."""

    id: str
    hash: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A picture of the past, and how it compares with what was recorded live (None where nothing was recorded)."""

    picture: Picture
    entries: int
    unreadable: int
    recorded: StateHash | None
    agrees: bool | None


class StateHashes:
    """The state hashes recorded live, beside the log under the same prefix."""

    def __init__(self, log: EventLog) -> None:
        self._redis: Any = log.redis
        self._key = log.key("hashes")

    async def record(self, picture: Picture) -> None:
        """Writes down the picture's state hash. Does nothing when one stands at this entry or behind it already."""
        try:
            await told(self._redis.xadd(self._key, {"h": picture.state_hash()}, id=picture.last_id))
        except LogError as error:
            if "equal or smaller" not in str(error) and "must be greater than" not in str(error):
                raise

    async def between(self, first: str, last: str) -> list[StateHash]:
        """All that were recorded from one id to another, in order."""
        rows = await told(self._redis.xrange(self._key, min=first, max=last))
        return [StateHash(id.decode(), fields[b"h"].decode()) for id, fields in rows]

    async def last(self, up_to: str = "+") -> StateHash | None:
        """The newest one recorded at or before an id."""
        rows = await told(self._redis.xrevrange(self._key, max=up_to, min="-", count=1))
        return StateHash(rows[0][0].decode(), rows[0][1][b"h"].decode()) if rows else None


def moment_id(at_ms: int) -> str:
    """The id behind which nothing belongs to `at_ms` or earlier."""
    return f"{max(at_ms, 0)}-{2**63}"  # ids have no years before 1970, and no log has


def apply_all(picture: Picture, entries: Iterable[Entry]) -> int:
    """Takes all entries into the picture; how many could not be read."""
    unreadable = 0
    for entry in entries:
        if isinstance(entry.event, Unreadable):
            picture.skip(entry.id)
            unreadable += 1
        else:
            picture.apply(entry.id, entry.event)
    return unreadable


async def replay(history: History, picture: Picture, until: str, recorded: StateHash | None = None) -> Replayed:
    """Goes on from `picture` (an empty one, or a snapshot) to the last entry not after the id `until`.

    Where a hash was recorded on the way, the picture is compared with it as it passes.
    """
    entries = unreadable = 0
    agrees: bool | None = None
    async for page in up_to(until, history.entries(picture.last_id)):
        before, after = _cut(page, recorded)
        unreadable += apply_all(picture, before)
        if recorded is not None and picture.last_id == recorded.id:
            agrees = picture.state_hash() == recorded.hash
        unreadable += apply_all(picture, after)
        entries += len(page)
    return Replayed(picture, entries, unreadable, recorded, agrees)


def _cut(page: list[Entry], recorded: StateHash | None) -> tuple[list[Entry], list[Entry]]:
    """The page up to the recorded entry, and what comes behind it."""
    if recorded is None:
        return page, []
    at = place(recorded.id)
    number = sum(place(entry.id) <= at for entry in page)
    return page[:number], page[number:]
