"""Makes the snapshot of the picture in a process of its own, and ends.

For a snapshot the picture is made a second time from the history, and a third time from the snapshot: memory for
two more provinces, which a process that goes on would keep, and seconds of work beside which screens would wait.
"""

import asyncio
import json
import logging
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from feeds import taxonomy as taxonomies
from feeds.apart import run_apart
from feeds.archive import Archive
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.log import EventLog
from feeds.log_errors import LogError

#: Others come first: a snapshot is in no hurry.
_NICE: Final = 10


@dataclass(frozen=True, slots=True)
class Order:
    """Where the history is: the log's URL and prefix, the archive's directory, the file of one's own terms."""

    url: str
    prefix: str
    archive: str
    taxonomy: str | None

    async def carry_out(self) -> None:
        """Has the snapshot renewed. Raises `ChildProcessError` when that did not go through."""
        await run_apart(__name__, asdict(self))


async def _renew(order: Order) -> None:
    log = EventLog.open(order.url, prefix=order.prefix)
    terms = taxonomies.load(Path(order.taxonomy) if order.taxonomy else None)
    try:
        await FastStart(History(log, Archive(Path(order.archive))), terms).renew()
    finally:
        await log.close()


def main() -> None:
    """Carries out the order that comes on standard input."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s:     snapshot: %(message)s")
    os.nice(_NICE)
    order = Order(**json.load(sys.stdin))
    try:
        asyncio.run(_renew(order))
    except LogError as error:
        logging.getLogger(__name__).error("%s", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
