"""What keeps the store in order while Siger runs: snapshots, the archive, and the record of what was shown.

Snapshots and archive are done in one place at a time; every live picture writes down its own state hash.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from feeds.archive import Archive
from feeds.archivist import Archivist
from feeds.fast_start import renew_for_ever
from feeds.history import History
from feeds.log_errors import LogError
from feeds.picture import Picture
from feeds.replay import StateHashes
from feeds.retention import Rule

logger = logging.getLogger(__name__)

#: A past moment is proven to within a minute.
RECORD_EVERY_S: Final = 60.0


async def keep_in_order(
    history: History, archive: Archive, snapshot: Callable[[], Awaitable[object]], rules: Sequence[Rule] = ()
) -> None:
    """Has the snapshot renewed and archives, for ever; whoever calls sees to it that one process at a time does."""
    async with asyncio.TaskGroup() as group:
        group.create_task(renew_for_ever(snapshot))
        group.create_task(Archivist(history, archive, rules=rules).run())


async def record_what_is_shown(history: History, picture: Picture) -> None:
    """Writes down the live picture's state hash each minute, for ever, whenever it has moved."""
    hashes = StateHashes(history.log)
    recorded = picture.last_id
    while True:
        await asyncio.sleep(RECORD_EVERY_S)
        if picture.last_id == recorded:
            continue
        try:
            await hashes.record(picture)
            recorded = picture.last_id
        except LogError as error:
            logger.warning("what is shown cannot be written down: %s", error)
