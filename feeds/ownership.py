"""One owner a data directory: two log servers on one append-only file would destroy it.

The lock is the kernel's (`flock`), so it cannot go stale, and the server child shares it: while a killed
owner's server is still dying, the directory stays taken.
"""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from feeds.embedded_errors import DataDirInUse

#: How long to wait for the server of an owner that is dead already; it follows within milliseconds.
DYING_PATIENCE_S = 5.0
#: The same while the owner's pid still shows: a killed process that nobody has buried yet looks alive.
ALIVE_PATIENCE_S = 0.3


class Ownership:
    """The lock on a directory, held from `take` to `give_back`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._fd: int | None = None

    @property
    def fd(self) -> int:
        if self._fd is None:
            raise RuntimeError(f"{self._directory} is not ours yet: call take() first")
        return self._fd

    def take(self) -> None:
        """Makes the directory ours. Raises `DataDirInUse` with the owner's pid."""
        fd = os.open(self._directory / "owner.pid", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._lock(fd)
            os.ftruncate(fd, 0)
            os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd

    @property
    def is_held(self) -> bool:
        """Whether somebody, here or in another process, owns the directory now."""
        try:
            fd = os.open(self._directory / "owner.pid", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(fd)

    def give_back(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.give_back()

    def _lock(self, fd: int) -> None:
        asked = time.monotonic()
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                owner = _pid_in(fd)
                patience_s = ALIVE_PATIENCE_S if _is_alive(owner) else DYING_PATIENCE_S
                if time.monotonic() - asked > patience_s:
                    raise DataDirInUse(owner, self._directory) from None
                time.sleep(0.02)


def _pid_in(fd: int) -> int | None:
    text = os.pread(fd, 32, 0).strip()
    return int(text) if text.isdigit() else None


def _is_alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
