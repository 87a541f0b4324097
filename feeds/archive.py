"""Closed days of the log as Parquet, one file a day, in one directory.

Until a day stands here, verified, and until somebody trims the log, the log is the only truth. Nothing here
deletes anything, and a day that is missing is an error, never a gap.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from feeds.archive_file import ArchivedDay, ArchiveError, DayWriter, about, read_file
from feeds.log_entry import RawEntry, place

__all__ = ["Archive", "ArchiveError", "ArchivedDay", "DayWriter", "read_file"]


class Archive:
    """The archived days in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def days(self) -> list[ArchivedDay]:
        """All archived days, oldest first."""
        if not self.directory.exists():
            return []
        return [about(path) for path in sorted(self.directory.glob("????-??-??.parquet"))]

    def last_id(self) -> str:
        """The newest archived entry's id; "0-0" when there is none."""
        return max((day.last_id for day in self.days()), key=place, default="0-0")

    def path(self, day: date | str) -> Path:
        return self.directory / f"{day}.parquet"

    def begin(self, day: date) -> "DayWriter":
        """Starts a day's file. Raises `ArchiveError` when the day is archived already."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path(day).exists():
            raise ArchiveError(f"{self.path(day)} exists already: a day is archived once")
        return DayWriter(self.path(day), ArchivedDay(day.isoformat(), 0, "0-0", "0-0", self.last_id(), ""))

    def write(self, day: date, entries: Iterable[RawEntry]) -> ArchivedDay:
        """Archives a day's entries in one go."""
        writer = self.begin(day)
        writer.add(entries)
        return writer.finish()

    def entries(self, after: str = "0-0") -> Iterator[RawEntry]:
        """Every archived entry after an id, in log order. Raises `ArchiveError` where a day is missing."""
        reached = after
        for day in self.days():
            if place(day.last_id) <= place(after):
                continue
            if place(day.follows) > place(reached):
                raise ArchiveError(f"entries from {reached} to {day.follows} are missing from {self.directory}")
            yield from read_file(self.path(day.day), after)
            reached = day.last_id
