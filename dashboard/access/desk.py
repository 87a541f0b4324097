"""Everything about access in one place, for the routes and the gate to reach; `app.furnish` makes it."""

import logging
from collections.abc import Iterable
from typing import Final

from starlette.types import Scope

from dashboard.access.audit import Audit, Deed
from dashboard.access.doorkeeper import Admission, Doorkeeper
from dashboard.access.headers import LOOPBACK_NAMES, host_name
from dashboard.access.keys import Keys
from dashboard.access.limits import Attempts
from dashboard.access.passwords import Passwords
from dashboard.access.register import Register
from dashboard.access.rights import Caller, caller_of
from dashboard.access.sessions import Sessions
from dashboard.settings import Settings
from feeds.log import EventLog
from feeds.log_errors import LogError
from geo.areas import Areas

DEMO_OFFICER: Final = "petugas-demo"

log = logging.getLogger(__name__)


class Access:
    """People, tokens, sessions, the audit and who is at the door, of one running Siger."""

    def __init__(self, settings: Settings, event_log: EventLog, areas: Areas) -> None:
        self.settings = settings
        self.log = event_log
        self.areas = areas
        self.keys = Keys(settings.keys_dir or settings.store_dir / "keys")
        self.audit = Audit(event_log)
        self.register = Register(event_log, self.audit)
        self.sessions = Sessions(
            event_log,
            self.audit,
            idle_ms=settings.idle_minutes * 60_000,
            longest_ms=settings.session_hours * 3_600_000,
        )
        self.passwords = Passwords()
        self.attempts = Attempts(event_log)
        self.doorkeeper = Doorkeeper(self.register, self.sessions, areas)
        #: Under `siger demo` whoever sits at this machine is the demo officer, without logging in.
        self.demo = (
            Admission(caller_of(DEMO_OFFICER, "komando", (), "demo", areas)) if settings.mode == "demo" else None
        )

    @property
    def is_https(self) -> bool:
        """Whether people reach Siger by https, as its public address says."""
        return (self.settings.public_url or "").startswith("https://")

    @property
    def cookie(self) -> str:
        """The name of the session's cookie: behind https one that no other host and no plain http can set."""
        return "__Host-siger_session" if self.is_https else "siger_session"

    def answers_to(self, name: str) -> bool:
        """Whether this is a name of ours. A demonstration has none but this machine's own."""
        if self.settings.mode == "demo":
            return name in LOOPBACK_NAMES
        public = self.settings.public_url
        return public is None or name in LOOPBACK_NAMES or name == host_name(public.partition("//")[2])

    async def leave(self, caller: Caller, session: str, origin: str) -> None:
        """Ends a session at once, everywhere that it is open."""
        deed = Deed(caller.name, caller.role, "log-out", caller.name, origin=origin)
        await self.sessions.close(deed, session, self.register.version_key)
        self.doorkeeper.look_again()

    async def note_refusal(self, who: Caller | None, scope: Scope, status: int, origin: str) -> None:
        """Writes a refused attempt to the audit; a store that does not answer is said in the server's log."""
        method = scope.get("method", "WS")
        name, role = (who.name, who.role) if who else ("?", "")
        on = f"{method} {scope['path'][:200]}"
        deed = Deed(name, role, "door", on, "refused", origin, {"status": status})
        await self.note(deed)

    async def note_look_at_restricted(
        self, caller: Caller, incidents: Iterable[str], where: str, origin: str = ""
    ) -> bool:
        """Writes to the audit which restricted reports somebody is shown, if any; whether it is written."""
        ids = sorted(incidents)
        detail = {"count": len(ids), "incidents": ids}
        return not ids or await self.note(Deed(caller.name, caller.role, "look", where, "done", origin, detail))

    async def note(self, deed: Deed) -> bool:
        """Writes an entry that stands by itself, if the store can take it now."""
        try:
            return await self.audit.record(deed)
        except LogError as error:
            log.error("the audit could not take '%s' on '%s' by '%s': %s", deed.action, deed.on, deed.who, error)
            return False
