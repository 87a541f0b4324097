"""Everything that ever happened, archive and log as one: whoever reads does not notice where one ends.

The log is trimmed only behind what the archive holds, and the mark of how far stands beside it, written in the
same step; so a reader that lags behind the mark turns to the archive, and none ever misses an entry.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from feeds.archive import Archive, ArchivedDay, ArchiveError, read_file
from feeds.log import FOLLOW_COUNT, EventLog
from feeds.log_entry import Entry, RawEntry, place, read_entry
from feeds.log_errors import LogError, told

_AnyEntry = TypeVar("_AnyEntry", Entry, RawEntry)

_PAGE: Final = 200
_SMALL_PAGE: Final = 50
#: What is younger stays in the log: whoever follows it and reads at least so often misses nothing.
NEVER_TRIMMED_MS: Final = 30_000
_LAGS_AFTER_S: Final = NEVER_TRIMMED_MS / 3000


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
            if place(after) < place(trimmed := await self.trimmed_to()):
                path, archived = await self._file_after(after, trimmed)
                try:
                    async for page in _pages(path, after):
                        yield page
                        after = page[-1].id
                except FileNotFoundError:  # a part whose day was closed a moment ago: then the day's own file
                    continue
                after = max(after, archived.last_id, key=place)
                continue
            page = await self.log.read_raw(after, count=_PAGE)
            # A trim between the question and the answer would leave a hole: then the page is read again.
            if place(after) < place(await self.trimmed_to()):
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

    async def follow(self, after: str = "0-0") -> AsyncGenerator[list[Entry], None]:
        """As `EventLog.follow`, from as far back as the archive goes."""
        while True:
            async for page in self.entries(after):
                after = page[-1].id
                yield page
            async with aclosing(self.log.follow(after)) as pages:
                read_s = _now_s()
                async for page in pages:
                    lags = len(page) >= FOLLOW_COUNT or _now_s() - read_s > _LAGS_AFTER_S
                    if lags and place(after) < place(await self.trimmed_to()):
                        break  # what lies between was trimmed meanwhile: it is in the archive
                    after = page[-1].id if page else after
                    yield page
                    read_s = _now_s()

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

    async def _file_after(self, after: str, trimmed: str) -> tuple[Path, ArchivedDay]:
        """The archive's file that goes on after an id; the log goes on after `trimmed` only."""
        if self.archive is None:
            raise HistoryError(f"entries after {after} were archived, and no archive directory is known here")
        try:
            found = await asyncio.to_thread(self.archive.following, after)
        except ArchiveError as error:
            raise HistoryError(str(error)) from error
        if found is None:
            raise HistoryError(f"entries from {after} to {trimmed} are missing from the archive")
        return found


async def up_to(last: str, pages: AsyncIterator[list[_AnyEntry]]) -> AsyncIterator[list[_AnyEntry]]:
    """Pages of entries, no further than the id `last`."""
    end = place(last)
    async for page in pages:
        within = [entry for entry in page if place(entry.id) <= end]
        if within:
            yield within
        if len(within) < len(page):
            return


async def _pages(path: Path, after: str) -> AsyncIterator[list[RawEntry]]:
    """An archive file's entries after an id."""
    source = read_file(path, after)
    while page := await asyncio.to_thread(_take, source):
        yield page


def _take(source: Iterator[RawEntry]) -> list[RawEntry]:
    return list(islice(source, _PAGE))


def _now_s() -> float:
    return asyncio.get_running_loop().time()
