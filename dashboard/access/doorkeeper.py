"""Who stands at the door: a token or a session becomes a caller with today's rights.

What was found is remembered for as long as the register does not change: its version is read twice a second at
most, and every change raises it, so that a revoked right ends everywhere within a second. While the store does not
answer, whoever was known stays known (nobody can change rights then either), and nobody new comes in.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dashboard.access.register import Register, Token
from dashboard.access.rights import BadGrant, Caller, Kind, Role, caller_of
from dashboard.access.sessions import Session, Sessions
from feeds.log_errors import LogError
from geo.areas import Areas, UnknownArea

VERSION_EVERY_S = 0.5
#: A session may end without the register's changing (nobody used it): looked at again after this.
KNOWN_FOR_S = 5.0
TOUCH_EVERY_S = 60.0
MOST_KNOWN = 20_000

log = logging.getLogger(__name__)

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Credential:
    """What somebody showed, as the digest under which the store knows it."""

    kind: Literal["token", "session", "certificate"]
    digest: str


@dataclass(frozen=True, slots=True)
class Admission:
    """A caller who was let in, and by what. `must_change`: the password is still the one somebody else typed."""

    caller: Caller
    credential: Credential | None = None
    must_change: bool = False


@dataclass(slots=True)
class _Known:
    admission: Admission | None
    session: Session | None
    version: int
    looked_at: float
    touched_at: float = 0.0


class Doorkeeper:
    """Turns credentials into callers."""

    def __init__(self, register: Register, sessions: Sessions, areas: Areas, clock: Clock = time.monotonic) -> None:
        self._register = register
        self._sessions = sessions
        self._areas = areas
        self._clock = clock
        self._known: dict[Credential, _Known] = {}
        self._version = -1
        self._version_at = float("-inf")
        self._answers = True

    async def admit(self, credential: Credential, *, used: bool = False) -> Admission | None:
        """The admission that a credential is good for now. `used`: a person did something with it.

        Raises `LogError` when the store does not answer and the credential was never seen before.
        """
        await self._look_at_version()
        known = self._known.get(credential)
        if known is None or not self._still_holds(known):
            known = await self._look_up(credential, known)
        if used and known.session is not None and self._clock() - known.touched_at > TOUCH_EVERY_S:
            await self._touch(credential, known)
        return known.admission

    async def still(self, admission: Admission) -> Admission | None:
        """The same caller's admission as it is now; None when there is none any more."""
        return admission if admission.credential is None else await self.admit(admission.credential)

    def look_again(self) -> None:
        """Something changed in this very process: no need to wait until it shows."""
        self._version_at = float("-inf")

    def _still_holds(self, known: _Known) -> bool:
        return known.version == self._version and self._clock() - known.looked_at < KNOWN_FOR_S

    async def _look_at_version(self) -> None:
        if self._clock() - self._version_at < VERSION_EVERY_S:
            return
        self._version_at = self._clock()
        try:
            self._version = await self._register.version()
            self._answers = True
        except LogError as error:
            if self._answers:
                log.warning("the register does not answer; those who are in stay in: %s", error)
            self._answers = False

    async def _look_up(self, credential: Credential, known: _Known | None) -> _Known:
        try:
            version = self._version
            session, admission = await self._found(credential)
        except LogError:
            if known is None:
                raise
            return known
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        touched_at = known.touched_at if known else float("-inf")
        found = self._known[credential] = _Known(admission, session, version, self._clock(), touched_at)
        return found

    async def _found(self, credential: Credential) -> tuple[Session | None, Admission | None]:
        if credential.kind == "token":
            return None, self._by_token(await self._register.token(credential.digest), credential)
        if credential.kind == "certificate":
            return None, self._by_token(await self._register.certified(credential.digest), credential)
        session = await self._sessions.get(credential.digest)
        if session is None:
            return None, None
        if session.kind == "token":
            return session, self._by_token(await self._register.token(session.holder), credential)
        return session, await self._by_person(session, credential)

    def _by_token(self, token: Token | None, credential: Credential) -> Admission | None:
        if token is None:
            return None
        caller = self._caller(token.name, token.role, token.areas, "token")
        return Admission(caller, credential) if caller else None

    async def _by_person(self, session: Session, credential: Credential) -> Admission | None:
        person = await self._register.person(session.holder)
        if person is None or person.disabled or person.epoch != session.epoch:
            return None
        caller = self._caller(person.name, person.role, person.areas, "person")
        return Admission(caller, credential, person.must_change) if caller else None

    def _caller(self, name: str, role: Role, areas: tuple[str, ...], kind: Kind) -> Caller | None:
        try:
            return caller_of(name, role, areas, kind, self._areas)
        except (UnknownArea, BadGrant) as error:
            log.error("%s '%s' is not let in: %s", kind, name, error)
            return None

    async def _touch(self, credential: Credential, known: _Known) -> None:
        known.touched_at = self._clock()
        try:
            if known.session is not None:
                await self._sessions.touch(credential.digest, known.session)
        except LogError as error:
            log.debug("a session could not be kept fresh: %s", error)
