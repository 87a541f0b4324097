"""What access does by itself every few minutes: it forgets identities whose time is over, and signs the audit.

Checkpoints are appended to a file beside the store, one JSON line each; an operator copies them to where nobody who
can write to the store can write too. Several processes doing this do no harm: forgetting twice is forgetting once.
"""

import asyncio
import logging
from pathlib import Path

from dashboard.access.checkpoints import sign
from dashboard.access.desk import Access
from dashboard.access.identity import forget_old
from dashboard.access.keys import KeyTrouble
from feeds.clock import now_ms
from feeds.log import EventLog
from feeds.log_errors import LogError
from feeds.picture import Picture

#: What was written to the audit since the last checkpoint could be cut off again without a trace.
EVERY_S = 300.0

log = logging.getLogger(__name__)


async def chores(access: Access, event_log: EventLog, picture: Picture) -> None:
    """Does them for ever; ends by cancellation."""
    while True:
        try:
            await once(access, event_log, picture)
        except (LogError, KeyTrouble, OSError) as error:
            log.error("the chores of access wait for the next time: %s", error)
        await asyncio.sleep(EVERY_S)


async def once(access: Access, event_log: EventLog, picture: Picture) -> None:
    forgotten = await forget_old(access, event_log, picture.incidents.values(), now_ms())
    if forgotten:
        log.info("the identities behind %d restricted reports were destroyed: their time is over", forgotten)
    await _checkpoint(access)


def checkpoint_file(access: Access) -> Path:
    return access.settings.store_dir / "audit-checkpoints.ndjson"


async def _checkpoint(access: Access) -> None:
    length, last = await access.audit.head()
    path = checkpoint_file(access)
    if length == 0 or any(last.encode() in line for line in own_checkpoints(access)[-1:]):
        return
    line = sign(access.keys, length, last, now_ms()).model_dump_json()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def own_checkpoints(access: Access) -> list[bytes]:
    """The checkpoints that Siger wrote itself, whole lines only: a crash may have cut the last one short."""
    path = checkpoint_file(access)
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []
