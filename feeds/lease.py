"""One at a time: of several processes on one log, one holds a lease and works; when it is gone, another takes over.

A holder that was stopped and wakes up late may work a moment beside its successor. So what runs under a lease must
do no harm when it runs twice; the lease only keeps that rare.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, Final

from feeds.log import EventLog
from feeds.log_errors import LogError, told

logger = logging.getLogger(__name__)

#: A holder that has not renewed for so long has lost it.
LEASE_S: Final = 15.0
_RENEWALS: Final = 3

_RENEW: Final = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0"
)
_GIVE_BACK: Final = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Lease:
    """The right to do `noun`, on one log."""

    def __init__(self, log: EventLog, noun: str, *, lease_s: float = LEASE_S) -> None:
        self._redis: Any = log.redis
        self._noun = noun
        self._key = log.key(f"lease:{noun}")
        self._token = secrets.token_hex(8)
        self._lease_ms = int(lease_s * 1000)
        self._look_every_s = lease_s / _RENEWALS

    async def run(self, job: Callable[[], Awaitable[None]]) -> None:
        """Does `job` whenever the lease is ours, for ever; cancels it when the lease is lost."""
        while True:
            if await self._take():
                logger.info("this process does the %s now", self._noun)
                await self._work(job)
            await asyncio.sleep(self._look_every_s)

    async def _work(self, job: Callable[[], Awaitable[None]]) -> None:
        working = asyncio.ensure_future(job())
        try:
            while await self._renew():
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

    async def _renew(self) -> bool:
        try:
            return bool(await told(self._redis.eval(_RENEW, 1, self._key, self._token, self._lease_ms)))
        except LogError:
            return False
