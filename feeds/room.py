"""How much room a directory's disk has left, and when to stop taking events.

A server that syncs every write ends itself when its disk is full, since it can no longer keep what it promised.
So events are refused, with the reason, while there is still a little room left.
"""

import os
from collections.abc import Callable
from pathlib import Path

MIB = 1 << 20
#: Kept free, so that the server never meets a full disk: 5 % of the disk, but no more and no less than this.
LEAST_RESERVE_BYTES = 1 * MIB
MOST_RESERVE_BYTES = 64 * MIB

#: Says why `n` more bytes may not be stored now; None when they may.
RoomCheck = Callable[[int], str | None]


def room_on_disk(directory: Path) -> RoomCheck:
    """The check for the disk under `directory`: two microseconds, so it can stand before every append."""

    def refusal(n_bytes: int) -> str | None:
        disk = os.statvfs(directory)
        free = disk.f_bavail * disk.f_frsize
        reserve = min(max(disk.f_blocks * disk.f_frsize // 20, LEAST_RESERVE_BYTES), MOST_RESERVE_BYTES)
        # The append-only file holds a little more than the event itself: its key, its names, the framing.
        if free - 2 * n_bytes >= reserve:
            return None
        return (
            f"the disk under {directory} has {free / MIB:.1f} MiB left and {reserve / MIB:.1f} MiB are kept free: "
            "nothing was stored; make room and send it again"
        )

    return refusal
