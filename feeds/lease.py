"""One at a time: of several processes on one log, one holds a lease and works; when it is gone, another takes over.

A holder that was stopped and wakes up late may work a moment beside its successor. What it appends with `fence` is
refused by the log itself then; everything else that runs under a lease must do no harm when it runs twice.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

from feeds.log import EventLog
from feeds.log_errors import LogError, told
from feeds.log_witness import Witness

logger = logging.getLogger(__name__)

#: A holder that has not renewed for so long has lost it: nobody does the work for this long after a crash.
LEASE_S: Final = 4.0
#: The work of `dashboard.engine`.
ENGINE: Final = "engine"
_RENEWALS: Final = 4

_RENEW: Final = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
)
_GIVE_BACK: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

_FENCE: Final = b"""
if redis.call('GET', keys[1]) ~= words[1] then return redis.error_reply('NOTOURS the lease is held by another') end
"""


class Lease:
    """The right to do `noun`, on one log."""

    def __init__(self, log: EventLog, noun: str, *, lease_s: float = LEASE_S) -> None:
        self._redis: Any = log.redis
        self._noun = noun
        self._key = log.key(f"lease:{noun}")
        self._token = secrets.token_hex(8)
        self._lease_s = lease_s
        self._lease_ms = int(lease_s * 1000)
        self._look_every_s = lease_s / _RENEWALS

    @property
    def fence(self) -> Witness:
        """Makes an append fail, in the server and as one step, unless the lease is ours."""
        return Witness(b"", (self._key,), (self._token.encode(),), _FENCE)

    async def is_held(self) -> bool | None:
        """Whether anybody does the work; None when the log does not say."""
        try:
            return bool(await told(self._redis.exists(self._key)))
        except LogError:
            return None

    async def run(self, job: Callable[[], Awaitable[None]]) -> None:
        """Does `job` whenever the lease is ours, for ever; cancels it when the lease is lost."""
        while True:
            if await self._take():
                logger.info("this process does the %s now", self._noun)
                await self._work(job)
            await asyncio.sleep(self._look_every_s)

    async def _work(self, job: Callable[[], Awaitable[None]]) -> None:
        working = asyncio.ensure_future(job())
        loop = asyncio.get_running_loop()
        ours_until = loop.time() + self._lease_s
        try:
            while loop.time() < ours_until:
                asked = loop.time()
                renewed = await self._renew()
                if renewed is False:
                    break
                if renewed:
                    ours_until = asked + self._lease_s
                done, _ = await asyncio.wait([working], timeout=self._look_every_s)
                if done:
                    await working
                    return
            logger.warning("this process has lost the %s", self._noun)
        finally:
            working.cancel()
            await asyncio.wait([working])
            with contextlib.suppress(LogError):
                await told(self._redis.eval(_GIVE_BACK, 1, self._key, self._token))

    async def _take(self) -> bool:
        try:
            return bool(await told(self._redis.set(self._key, self._token, nx=True, px=self._lease_ms)))
        except LogError:
            return False

    async def _renew(self) -> bool | None:
        """Whether the lease is still ours; None when the log does not say."""
        try:
            return bool(await told(self._redis.eval(_RENEW, 1, self._key, self._token, self._lease_ms)))
        except LogError:
            return None
