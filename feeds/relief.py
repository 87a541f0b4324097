"""Keeps the log small in the server's memory on busy days: what has just been goes to the archive in parts.

7,600 units that tell where they are every ten seconds fill 6 MB a minute. Once the log takes more than it may, all
of it that is not archived yet becomes a part of its day, written and verified as a day is, and the newest stays.
Where little happens nothing of this is done, and the log holds its days whole.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from feeds.archive import Archive
from feeds.day import day_of, starts_ms
from feeds.history import NEVER_TRIMMED_MS, History, up_to
from feeds.log_entry import place
from feeds.replay import moment_id

logger = logging.getLogger(__name__)

#: What the log may take of the server's memory, and what it keeps of it then: some minutes of the busiest time.
MOST_BYTES: Final = 32 << 20
KEPT_BYTES: Final = 16 << 20

Mark = tuple[str, int]
"""An archived entry: its id and bytes."""


class Relief:
    """Archives and trims the running day while the log is too large."""

    def __init__(
        self, history: History, archive: Archive, *, most_bytes: int = MOST_BYTES, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self._history = history
        self._archive = archive
        self._most_bytes = most_bytes
        self._kept_bytes = kept_bytes
        # Of what is archived and still in the log, as far as it was archived here: older ones go with these.
        self._marks: list[Mark] = []

    async def work(self) -> int:
        """How many entries left the log."""
        log = self._history.log
        if await log.size_bytes() <= self._most_bytes:
            return 0
        newest = await log.last_id()
        self._marks += await self._archive_up_to(newest)
        going = _going(self._marks, self._kept_bytes, place(newest)[0] - NEVER_TRIMMED_MS)
        if not going:
            return 0
        gone = await self._history.trim(self._marks[going - 1][0])
        del self._marks[:going]
        return gone

    async def _archive_up_to(self, newest: str) -> list[Mark]:
        """A part with what is not archived yet, of the day of its first entry."""
        begin = self._archive.last_id()
        first = await self._history.log.read_raw(begin, count=1)
        if not first or place(first[0].id) > place(newest):
            return []
        day = day_of(place(first[0].id)[0])
        marks: list[Mark] = []
        writer = await asyncio.to_thread(self._archive.begin_part, day)
        try:
            async for page in up_to(min(newest, last_of(day), key=place), self._history.raw(begin)):
                await asyncio.to_thread(writer.add, page)
                marks += [(raw.id, raw.n_bytes) for raw in page]
            part = await asyncio.to_thread(writer.finish)
        except BaseException:
            writer.abandon()
            raise
        logger.info("a part of %s is archived: %d entries up to %s", day, part.entries, part.last_id)
        return marks


def last_of(day: date) -> str:
    """An id behind all of a day's entries and before the next day's."""
    return moment_id(starts_ms(day + timedelta(days=1)) - 1)


def _going(marks: Sequence[Mark], kept_bytes: int, before_ms: int) -> int:
    """How many may go: what stays behind them is as much as is kept, and all that is too young to go."""
    behind = 0
    for number in range(len(marks), 0, -1):
        id, n_bytes = marks[number - 1]
        if behind >= kept_bytes and place(id)[0] <= before_ms:
            return number
        behind += n_bytes
    return 0
