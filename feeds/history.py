"""Everything that ever happened, archive and log as one: whoever reads does not notice where one ends.

The log is trimmed only behind what the archive holds, and the mark of how far stands beside it, written in the
same step; so a reader that lags behind the mark turns to the archive, and none ever misses an entry.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any, Final

from feeds.archive import Archive, ArchiveError
from feeds.log import EventLog
from feeds.log_entry import Entry, RawEntry, place, read_entry
from feeds.log_errors import LogError, told

_PAGE: Final = 1000
_SMALL_PAGE: Final = 50


class HistoryError(LogError):
    """Part of the history is neither in the log nor in the archive."""


class History:
    """The archive and the log behind it."""

    def __init__(self, log: EventLog, archive: Archive | None = None) -> None:
        self.log = log
        self.archive = archive
        self._redis: Any = log.redis
        self._mark = log.key("archived")

    async def trimmed_to(self) -> str:
        """The newest entry that the log no longer holds; "0-0" when it still holds all."""
        mark = await told(self._redis.get(self._mark))
        return mark.decode() if mark is not None else "0-0"

    async def raw(self, after: str = "0-0") -> AsyncIterator[list[RawEntry]]:
        """All entries after an id that exist now, page by page, byte for byte."""
        while True:
            if place(after) < place(await self.trimmed_to()):
                async for page in self._archived(after):
                    yield page
                after = await self._archive_end(after)
                continue
            page = await self.log.read_raw(after, count=_PAGE)
            # A trim between the question and the answer would leave a hole: then the page is read again.
            if page and place(after) < place(await self.trimmed_to()):
                continue
            if not page:
                return
            after = page[-1].id
            yield page

    async def entries(self, after: str = "0-0") -> AsyncIterator[list[Entry]]:
        """All entries after an id that exist now, page by page; small pages, so that others get their turn."""
        async for page in self.raw(after):
            for start in range(0, len(page), _SMALL_PAGE):
                yield [read_entry(raw) for raw in page[start : start + _SMALL_PAGE]]
                await asyncio.sleep(0)

    async def follow(self, after: str = "0-0") -> AsyncIterator[list[Entry]]:
        """As `EventLog.follow`, from as far back as the archive goes."""
        async for page in self.entries(after):
            after = page[-1].id
            yield page
        async for page in self.log.follow(after):
            yield page

    async def trim(self, up_to: str) -> int:
        """Takes out of the log what the archive holds up to and including an id; how many entries that was.

        Raises `HistoryError` when the archive does not hold it.
        """
        if self.archive is None or place(self.archive.last_id()) < place(up_to):
            raise HistoryError(f"the log is not trimmed up to {up_to}: the archive does not hold it")
        ms, number = place(up_to)
        pipe = self._redis.pipeline(transaction=True)
        pipe.set(self._mark, up_to)
        pipe.xtrim(self.log.key("log"), minid=f"{ms}-{number + 1}", approximate=False)
        return int((await told(pipe.execute()))[1])

    async def _archived(self, after: str) -> AsyncIterator[list[RawEntry]]:
        if self.archive is None:
            raise HistoryError(f"entries after {after} were archived, and no archive directory is known here")
        source = self.archive.entries(after)
        try:
            while page := await asyncio.to_thread(_take, source):
                yield page
        except ArchiveError as error:
            raise HistoryError(str(error)) from error

    async def _archive_end(self, after: str) -> str:
        """Where the archive ends; that must not be before the log's beginning."""
        end = self.archive.last_id() if self.archive is not None else after
        trimmed = await self.trimmed_to()
        if place(end) < place(trimmed):
            raise HistoryError(f"entries from {end} to {trimmed} are missing from the archive")
        return end


def _take(source: Iterator[RawEntry]) -> list[RawEntry]:
    return list(islice(source, _PAGE))
