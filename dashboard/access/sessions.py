"""Sessions: who has logged in where. A session ends by itself when nobody uses it, and after a shift at the latest.

The cookie holds 256 random bits, the store their hash. A session carries no rights: those are read from the
register each time, so that a change of role holds at once. It names its person's epoch; another epoch ends it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from redis import exceptions

from dashboard.access.audit import Audit, Deed
from dashboard.access.register import digest_of_secret
from feeds.clock import now_ms
from feeds.log import EventLog
from feeds.log_errors import translate

Holder = Literal["person", "token"]


@dataclass(frozen=True, slots=True)
class Session:
    """`holder` is a person's name, or the digest of the token by which a wall logged in."""

    kind: Holder
    holder: str
    epoch: int
    until_ms: int

    def encode(self) -> bytes:
        return orjson.dumps([self.kind, self.holder, self.epoch, self.until_ms])


class Sessions:
    """The sessions in the store; `idle_ms` without use, or `longest_ms` after the log in, end one."""

    def __init__(
        self, log: EventLog, audit: Audit, *, idle_ms: int, longest_ms: int, clock: Callable[[], int] = now_ms
    ) -> None:
        self._log = log
        self._audit = audit
        self._clock = clock
        self.idle_ms = idle_ms
        self.longest_ms = longest_ms

    async def open(self, by: Deed, kind: Holder, holder: str, epoch: int = 0) -> str:
        """Starts a session and returns what the cookie holds. A wall's lasts as long as its token."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        longest = self.longest_ms if kind == "person" else 400 * 24 * 3600_000
        session = Session(kind, holder, epoch, now + longest)
        lasts = min(self.idle_ms, longest) if kind == "person" else longest
        command = ("SET", self._key(digest_of_secret(secret)), session.encode().decode(), "PX", lasts)
        await self._audit.record(by, commands=[command])
        return secret

    async def get(self, digest: str) -> Session | None:
        raw = await self._ask("get", self._key(digest))
        if raw is None:
            return None
        session = Session(*orjson.loads(raw))
        return session if session.until_ms > self._clock() else None

    async def touch(self, digest: str, session: Session) -> None:
        """Somebody used it: it lasts for another while, but never beyond its end."""
        if session.kind == "person":
            left = min(self.idle_ms, session.until_ms - self._clock())
            await self._ask("pexpire", self._key(digest), max(1, left))

    async def close(self, by: Deed, digest: str, version_key: str) -> None:
        await self._audit.record(by, commands=[("DEL", self._key(digest)), ("INCR", version_key)])

    def _key(self, digest: str) -> str:
        return self._log.key(f"session:{digest}")

    async def _ask(self, command: str, *words: Any) -> Any:
        try:
            return await getattr(self._log.redis, command)(*words)
        except (exceptions.RedisError, OSError) as error:
            raise translate(error) from error
