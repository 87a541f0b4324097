"""Writes a day's table of incidents in this process: a process of its own takes seconds to begin."""

from collections.abc import Iterable
from pathlib import Path

from feeds.incident_table import write_incidents
from feeds.log_entry import RawEntry


async def write_here(path: Path, entries: Iterable[RawEntry]) -> None:
    write_incidents(path, entries)
