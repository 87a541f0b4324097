"""Keeps a snapshot of the picture beside the log, so that a start takes seconds however long the log is.

A new snapshot is the last one plus the entries since, replayed: never a copy of what happens to be shown. Where the
live picture recorded its state hash on the way, the replay must agree with it, or no snapshot is kept.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from feeds.history import History
from feeds.log_entry import place
from feeds.log_errors import LogError, told
from feeds.picture import Picture
from feeds.replay import StateHashes, replay
from feeds.snapshot import SnapshotRefused, dump_proven, load
from feeds.taxonomy import Taxonomy

logger = logging.getLogger(__name__)

#: Ten minutes of a busy feed are replayed in a second or two.
RENEW_EVERY_S: Final = 600.0
#: An id behind every entry of any log.
EVER: Final = f"{2**63}-0"


class FastStart:
    """The snapshot beside the log."""

    def __init__(self, history: History, taxonomy: Taxonomy | None = None) -> None:
        self._history = history
        self._taxonomy = taxonomy
        self._redis: Any = history.log.redis
        self._key = history.log.key("snapshot")
        self._hashes = StateHashes(history.log)

    async def picture(self) -> Picture:
        """The picture of the last snapshot; an empty one when there is none that can be trusted."""
        data = await told(self._redis.get(self._key))
        if data is None:
            return Picture(self._taxonomy)
        try:
            return await asyncio.to_thread(load, data, self._taxonomy)
        except SnapshotRefused as error:
            logger.warning("the snapshot of the picture is not used, the whole log is read: %s", error)
            return Picture(self._taxonomy)

    async def picture_up_to(self, last: str = EVER) -> Picture:
        """The picture after the entry `last`: from the snapshot if that is no later, else from the beginning."""
        snapshot = await self.picture()
        begin = snapshot if place(snapshot.last_id) <= place(last) else Picture(self._taxonomy)
        return (await replay(self._history, begin, last)).picture

    async def renew(self) -> bool:
        """Brings the snapshot up to date; False when there was nothing new, or when it would not be the truth."""
        picture = await self.picture()
        before = picture.last_id
        replayed = await replay(self._history, picture, EVER, await self._hashes.last())
        if picture.last_id == before:
            return False
        if replayed.agrees is False:
            logger.error(
                "no snapshot is kept: the replay up to %s does not show what was shown live", picture.last_id
            )
            return False
        try:
            data = await asyncio.to_thread(dump_proven, picture)
        except SnapshotRefused as error:
            logger.error("no snapshot is kept, starts will read the whole log: %s", error)
            return False
        await told(self._redis.set(self._key, data))
        return True


async def renew_for_ever(renew: Callable[[], Awaitable[object]]) -> None:
    """Has the snapshot renewed every so often; the log's troubles are the log's to report."""
    while True:
        await asyncio.sleep(RENEW_EVERY_S)
        try:
            await renew()
        except (LogError, OSError) as error:
            logger.warning("the snapshot waits: %s", error)
