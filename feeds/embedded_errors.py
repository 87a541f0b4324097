"""Why the log server that Siger brings along cannot be had, in words for people.

EmbeddedError
├── DataDirInUse       another process owns the data directory
├── ServerFailed       it did not start; the text ends with its own last words
└── BeyondRepair       its file is damaged in the middle; only a person may decide what to give up
"""

from pathlib import Path


class EmbeddedError(Exception):
    """The embedded log server cannot be had."""


class DataDirInUse(EmbeddedError):
    """Another process owns the data directory."""

    def __init__(self, pid: int | None, path: Path) -> None:
        who = f"process {pid}" if pid is not None else "another process"
        super().__init__(
            f"the data directory {path} is in use by {who}: stop that one first, "
            "or give this one a directory of its own (SIGER_DATA_DIR)"
        )
        self.pid = pid
        self.path = path


class ServerFailed(EmbeddedError):
    """The embedded log server did not start; `was_killed` when a signal ended it and not its own decision."""

    def __init__(self, reason: str, *, was_killed: bool = False) -> None:
        super().__init__(reason)
        self.was_killed = was_killed


class BeyondRepair(EmbeddedError):
    """The append-only file is damaged in its middle."""
