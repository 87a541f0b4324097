"""Moves closed days from the log into the archive: written and verified first, trimmed from the log days later.

Runs in one place at a time. A day is closed when the WIB clock is ten minutes past its midnight. Beside the log's
own entries, each day's incident reports are written as GeoParquet, for QGIS and the like. A day that is too busy
for the log server's memory leaves it in parts (`relief`).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa

from feeds.archive import Archive, ArchivedDay, ArchiveError
from feeds.clock import now_ms
from feeds.day import day_of
from feeds.history import History, up_to
from feeds.incident_table import write_incidents_apart
from feeds.log_entry import RawEntry, place
from feeds.log_errors import LogError
from feeds.relief import Relief, last_of
from feeds.retention import Rule, apply_rules

logger = logging.getLogger(__name__)

_CLOSED_AFTER_MS: Final = 600_000
_LOOK_EVERY_S: Final = 300.0
_RELIEVE_EVERY_S: Final = 10.0
#: Closed days that stay in the log as well: whoever lags behind or starts anew finds them without the archive.
KEEP_DAYS: Final = 2

WriteTable = Callable[[Path, Sequence[RawEntry]], Awaitable[object]]


class Archivist:
    """Archives, trims, and purges what the rules say; `rules` are none unless somebody gives a reason."""

    def __init__(
        self,
        history: History,
        archive: Archive,
        *,
        clock: Callable[[], int] = now_ms,
        keep_days: int = KEEP_DAYS,
        rules: Sequence[Rule] = (),
        write_table: WriteTable = write_incidents_apart,
    ) -> None:
        self._history = history
        self._archive = archive
        self._clock = clock
        self._keep_days = keep_days
        self._rules = tuple(rules)
        self._write_table = write_table

    async def work(self) -> list[ArchivedDay]:
        """Does all that is due now; the days that were archived."""
        archived = await self.archive_closed()
        await self.trim()
        await asyncio.to_thread(apply_rules, self._archive, self._rules, day_of(self._clock()))
        return archived

    async def archive_closed(self) -> list[ArchivedDay]:
        """Archives every closed day that is not archived yet."""
        await asyncio.to_thread(self._archive.drop_parts)
        archived: list[ArchivedDay] = []
        while (day := await self._next_closed()) is not None:
            archived.append(await self._archive_day(day))
            await asyncio.to_thread(self._archive.drop_parts)
            logger.info("%s is archived: %d entries", day, archived[-1].entries)
        return archived

    async def trim(self) -> int:
        """Takes archived days out of the log once they are old enough; how many entries that was."""
        newest_to_go = (day_of(self._clock()) - timedelta(days=self._keep_days + 1)).isoformat()
        going = [day.last_id for day in self._archive.days() if day.day <= newest_to_go]
        up_to = max(going, key=place, default="0-0")
        if place(up_to) <= place(await self._history.trimmed_to()):
            return 0
        return await self._history.trim(up_to)

    async def run(self) -> None:
        """Works for ever; troubles are reported, and tried again."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_again(self.work, _LOOK_EVERY_S))
            group.create_task(_again(Relief(self._history, self._archive).work, _RELIEVE_EVERY_S))

    async def _next_closed(self) -> date | None:
        async for page in self._history.raw(self._closed_to()):
            day = day_of(place(page[0].id)[0])
            return day if day < day_of(self._clock() - _CLOSED_AFTER_MS) else None
        return None

    def _closed_to(self) -> str:
        days = self._archive.days()
        return days[-1].last_id if days else "0-0"

    async def _archive_day(self, day: date) -> ArchivedDay:
        reports: list[RawEntry] = []
        writer = self._archive.begin(day)
        try:
            async for page in up_to(last_of(day), self._history.raw(self._closed_to())):
                await asyncio.to_thread(writer.add, page)
                reports += [raw for raw in page if raw.fields.get(b"k") == b"incident.report"]
            # The table first: once the day's own file stands, the day counts as done.
            await self._write_table(self._archive.directory / "incidents" / f"{day}.parquet", reports)
            return await asyncio.to_thread(writer.finish)
        except BaseException:
            writer.abandon()
            raise


async def _again(work: Callable[[], Awaitable[object]], every_s: float) -> None:
    while True:
        try:
            await work()
        except (LogError, ArchiveError, pa.ArrowException, OSError) as error:
            logger.error("the archive waits: %s", error)
        await asyncio.sleep(every_s)
