"""What has left the log, as Parquet: one file a closed day, and the running day in parts where it is a busy one.

Until something stands here, verified, and until somebody trims the log, the log is the only truth. Nothing here
deletes anything but parts whose day stands whole, and what is missing is an error, never a gap.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from feeds.archive_file import ArchivedDay, ArchiveError, DayWriter, about, read_file
from feeds.log_entry import RawEntry, place

__all__ = ["Archive", "ArchiveError", "ArchivedDay", "DayWriter", "read_file"]

_DAYS: Final = "????-??-??.parquet"
_PARTS: Final = "????-??-??.*.part.parquet"


class Archive:
    """The archived days and parts of days in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # What a file says of itself is asked for each time somebody reads on: by its size and time, once.
        self._known: dict[Path, tuple[tuple[int, int], ArchivedDay]] = {}

    def days(self) -> list[ArchivedDay]:
        """All closed days, oldest first."""
        return [day for _, day in self._found(_DAYS)]

    def files(self) -> list[tuple[Path, ArchivedDay]]:
        """Every file that counts, in the order of the log: closed days, and parts of what is not closed yet."""
        days = self._found(_DAYS)
        closed = place(days[-1][1].last_id) if days else (0, 0)
        return [*days, *((path, part) for path, part in self._found(_PARTS) if place(part.last_id) > closed)]

    def last_id(self) -> str:
        """The newest archived entry's id; "0-0" when there is none."""
        files = self.files()
        return files[-1][1].last_id if files else "0-0"

    def path(self, day: date | str) -> Path:
        return self.directory / f"{day}.parquet"

    def begin(self, day: date) -> "DayWriter":
        """Starts a closed day's file. Raises `ArchiveError` when the day is archived already."""
        if self.path(day).exists():
            raise ArchiveError(f"{self.path(day)} exists already: a day is archived once")
        days = self.days()
        return self._begin(self.path(day), day, days[-1].last_id if days else "0-0")

    def begin_part(self, day: date) -> "DayWriter":
        """Starts a file with what of a day is not archived yet."""
        follows = self.last_id()
        ms, number = place(follows)
        return self._begin(self.directory / f"{day}.{ms:015d}-{number}.part.parquet", day, follows)

    def write(self, day: date, entries: Iterable[RawEntry]) -> ArchivedDay:
        """Archives a day's entries in one go."""
        writer = self.begin(day)
        writer.add(entries)
        return writer.finish()

    def following(self, after: str) -> tuple[Path, ArchivedDay] | None:
        """The file in which the entries after an id stand, None behind the last one.

        Raises `ArchiveError` where they are missing and later ones are not. A part may be gone when it is opened:
        its day is closed then, and to be asked for anew.
        """
        for path, day in self.files():
            if place(day.last_id) <= place(after):
                continue
            if place(day.follows) > place(after):
                raise ArchiveError(f"entries from {after} to {day.follows} are missing from {self.directory}")
            return path, day
        return None

    def drop_parts(self) -> None:
        """Removes the parts of closed days: those days' own files hold all of it."""
        counting = {path for path, _ in self.files()}
        for path, _ in self._found(_PARTS):
            if path not in counting:
                path.unlink(missing_ok=True)

    def _begin(self, path: Path, day: date, follows: str) -> "DayWriter":
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        return DayWriter(path, ArchivedDay(day.isoformat(), 0, "0-0", "0-0", follows, ""))

    def _found(self, pattern: str) -> list[tuple[Path, ArchivedDay]]:
        found = []
        for path in sorted(self.directory.glob(pattern)):
            try:
                found.append((path, self._about(path)))
            except FileNotFoundError:  # a part whose day was closed a moment ago
                self._known.pop(path, None)
        return found

    def _about(self, path: Path) -> ArchivedDay:
        stat = path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        known = self._known.get(path)
        if known is None or known[0] != stamp:
            known = self._known[path] = (stamp, about(path))
        return known[1]
