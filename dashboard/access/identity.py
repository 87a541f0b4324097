"""Who reported: sealed under a key of its own for each report, and forgotten by destroying that key.

The sealed text goes into the log with the report and stays there for ever; its key is kept beside the log, itself
sealed with the operators' key. Opening one is audited first; destroying one leaves log and audit untouched.
"""

import logging
from collections.abc import Iterable

import orjson
from redis import exceptions

from dashboard.access.audit import Deed
from dashboard.access.desk import Access
from dashboard.access.sealed import new_key, seal, unseal
from feeds.incident import Incident
from feeds.inputs import ReporterIn
from feeds.log import EventLog
from feeds.log_errors import translate

DAY_MS = 24 * 3600 * 1000
RING = "identity-keys"

logger = logging.getLogger(__name__)


class Forgotten(Exception):
    """The key was destroyed: nobody can read any more who reported."""


class Sealer:
    """Seals the identities of one request's reports; `keyring` is then stored with them, in the same step."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self.keyring: dict[str, str] = {}

    def __call__(self, incident: str, reporter: ReporterIn) -> str:
        key = new_key()
        self.keyring[incident] = seal(self._access.keys.sealing, key, f"key {incident}")
        return seal(key, orjson.dumps(reporter.model_dump()), f"reporter {incident}")


async def open_identity(access: Access, log: EventLog, incident: Incident, deed: Deed) -> dict[str, str]:
    """Who reported; the look is in the audit before anybody has seen it. Raises `Forgotten`."""
    sealed = incident.report.reporter_sealed
    wrapped = await _key_of(log, incident.id)
    if sealed is None or wrapped is None:
        raise Forgotten
    await access.audit.record(deed)
    key = unseal(access.keys.sealing, wrapped, f"key {incident.id}")
    found: dict[str, str] = orjson.loads(unseal(key, sealed, f"reporter {incident.id}"))
    return found


async def forget(access: Access, log: EventLog, incident: str, deed: Deed) -> bool:
    """Destroys the key of a report's identity; False where there is none (any more)."""
    wrapped = await _key_of(log, incident)
    if wrapped is None:
        return False
    ring = log.key(RING)
    gone = await access.audit.record(deed, guards=[(ring, incident, wrapped)], commands=[("HDEL", ring, incident)])
    await _leave_no_trace(log)
    return gone


async def forget_old(access: Access, log: EventLog, incidents: Iterable[Incident], now_ms: int) -> int:
    """Destroys the keys of identities older than the retention rule allows; how many."""
    oldest_ms = now_ms - access.settings.identity_days * DAY_MS
    old = [i for i in incidents if i.report.reporter_sealed is not None and i.report.received_ms < oldest_ms]
    gone = 0
    for incident in old:
        gone += await forget(access, log, incident.id, Deed("siger", "retention", "identity.forget", incident.id))
    return gone


async def _leave_no_trace(log: EventLog) -> None:
    """The server's file still holds the key until it is written anew: that is done now."""
    try:
        await log.redis.bgrewriteaof()
    except (exceptions.RedisError, OSError) as error:
        # It is done later anyway: one that runs already is among the reasons, a server that forbids it another.
        logger.info("the log server does not write its file anew just now: %s", error)


async def _key_of(log: EventLog, incident: str) -> str | None:
    try:
        wrapped = await log.redis.hget(log.key(RING), incident)
    except (exceptions.RedisError, OSError) as error:
        raise translate(error) from error
    return wrapped.decode() if isinstance(wrapped, bytes) else None
