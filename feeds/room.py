"""How much room a directory's disk has left, and when to stop taking events.

A server that syncs every write ends itself when its disk is full, since it can no longer keep what it promised.
So events are refused, with the reason, while there is still a little room left.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

MIB = 1 << 20
#: Kept free, so that the server never meets a full disk: 5 % of the disk, but no more and no less than this.
LEAST_RESERVE_BYTES = 1 * MIB
MOST_RESERVE_BYTES = 64 * MIB
#: The disk is looked at so often; in between, what was let through is taken off what was found.
LOOK_EVERY_S = 0.05

#: Says why `n` more bytes may not be stored now; None when they may.
RoomCheck = Callable[[int], str | None]


class _Room:
    """The room on one disk, as of the last look."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._looked_at_s = float("-inf")
        self._free = self._reserve = 0

    def refusal(self, n_bytes: int) -> str | None:
        # The append-only file holds a little more than the event itself: its key, its names, the framing.
        needed = 2 * n_bytes
        now_s = time.monotonic()
        if now_s - self._looked_at_s > LOOK_EVERY_S or self._free - needed < self._reserve:
            self._look(now_s)
        if self._free - needed >= self._reserve:
            self._free -= needed
            return None
        return (
            f"the disk under {self.directory} has {self._free / MIB:.1f} MiB left and "
            f"{self._reserve / MIB:.1f} MiB are kept free: nothing was stored; make room and send it again"
        )

    def _look(self, now_s: float) -> None:
        disk = os.statvfs(self.directory)
        self._free = disk.f_bavail * disk.f_frsize
        self._reserve = min(max(disk.f_blocks * disk.f_frsize // 20, LEAST_RESERVE_BYTES), MOST_RESERVE_BYTES)
        self._looked_at_s = now_s


def room_on_disk(directory: Path) -> RoomCheck:
    """The check for the disk under `directory`: cheap enough to stand before every append."""
    return _Room(directory).refusal
