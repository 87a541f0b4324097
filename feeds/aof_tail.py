"""Repairs the damaged end of an append-only file, so that one torn write never keeps the whole log from starting.

The server itself survives an end that is cut off. It refuses an end that is garbled; then this looks closer.
Damage that reaches to the end of the file is moved aside, byte for byte, into a file beside it. Damage with
sound commands *behind* it is not touched: cutting there would lose acknowledged events, so a person decides.
"""

import logging
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

from feeds.embedded_errors import BeyondRepair

logger = logging.getLogger(__name__)

_SOUND_UP_TO: Final = re.compile(rb"filename=(?P<name>[^,]+), size=(?P<size>\d+), ok_up_to=(?P<sound>\d+)")
# How a command begins in the file: how many words, and the first word's length.
_COMMAND: Final = re.compile(rb"\r\n\*[1-9]\d{0,6}\r\n\$[1-9]\d{0,3}\r\n[A-Za-z]")


def repair_tail(server: Path, directory: Path) -> Path | None:
    """Moves a garbled end of the newest append-only file aside: where to, or None when all is sound."""
    newest = _newest_part(directory)
    if newest is None:
        return None
    sound = _sound_bytes(server, newest)
    if sound >= newest.stat().st_size:
        return None
    _refuse_if_commands_follow(newest, sound)
    aside = newest.with_name(f"damaged-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}-{newest.name}.tail")
    _move_tail(newest, sound, aside)
    logger.warning("the last %d bytes of %s were garbled; they are kept in %s", aside.stat().st_size, newest, aside)
    return aside


def _newest_part(directory: Path) -> Path | None:
    parts = sorted(directory.glob("*.incr.aof"), key=lambda part: int(part.name.rsplit(".", 3)[1]))
    return parts[-1] if parts else None


def _sound_bytes(server: Path, part: Path) -> int:
    """The server binary is its own checker when it is called by the checker's name."""
    checker = f"{server.name.split('-')[0]}-check-aof"
    answer = subprocess.run(
        [checker, part.name], executable=server, cwd=part.parent, capture_output=True, check=False, timeout=600
    )
    found = _SOUND_UP_TO.search(answer.stdout)
    if found is None:
        if answer.returncode == 0:
            return part.stat().st_size
        raise BeyondRepair(f"{part} cannot be checked: {answer.stdout.decode(errors='replace').strip()}")
    return int(found["sound"])


def _refuse_if_commands_follow(part: Path, sound: int) -> None:
    with part.open("rb") as file:
        file.seek(sound)
        tail = file.read()
    # The damaged command's own start is not a following one.
    if _COMMAND.search(tail, 1):
        raise BeyondRepair(
            f"{part} is damaged at byte {sound} and holds sound commands behind that place: nothing was changed. "
            "Restore a backup ('siger restore FILE'), or copy the directory and cut the file there yourself"
        )


def _move_tail(part: Path, sound: int, aside: Path) -> None:
    with part.open("r+b") as file:
        file.seek(sound)
        with aside.open("xb") as kept:
            shutil.copyfileobj(file, kept)
        file.truncate(sound)
