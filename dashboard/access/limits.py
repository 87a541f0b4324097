"""How often: buckets for every door, and the pause after wrong passwords.

Wrong passwords are counted against the name *and* where the attempt comes from, never against the name alone:
nobody can lock somebody else out by guessing badly. A browser in which that person has logged in before is counted
for itself, even behind the same address as the guesser. The counts live in the store: all workers share them.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from redis import exceptions

from feeds.log import EventLog
from feeds.log_errors import translate

#: Free attempts, then pauses that double: 5 wrong ones cost nothing, the 6th waits 2 s, the 15th a quarter hour.
FREE_FAILURES: Final = 5
FIRST_PAUSE_S: Final = 2
LONGEST_PAUSE_S: Final = 15 * 60
FORGET_AFTER_S: Final = 60 * 60
#: Wrong passwords from one address, over all names: spraying one password over many names ends here.
ADDRESS_FAILURES: Final = 100
MOST_BUCKETS: Final = 50_000

_FAILED: Final = """
local n = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
local pause = 0
if n > tonumber(ARGV[2]) then
  pause = math.min(tonumber(ARGV[3]) * 2 ^ (n - tonumber(ARGV[2]) - 1), tonumber(ARGV[4]))
  redis.call('SET', KEYS[2], '1', 'PX', math.floor(pause * 1000))
end
return tostring(pause)
"""


class Bucket:
    """So many at once, and so many a second in the long run, for each key; kept in this process."""

    def __init__(self, burst: float, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, cost: float = 1.0) -> float:
        """0 when there was room (and takes it), else the seconds to wait."""
        now = self._clock()
        level, at = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._per_s)
        wait = 0.0 if level >= cost else (cost - level) / self._per_s
        self._levels[key] = (level if wait else level - cost, now)
        if len(self._levels) > MOST_BUCKETS:
            self._levels.popitem(last=False)
        return wait


class Attempts:
    """Wrong passwords, and the pauses that they earn."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    async def pause_s(self, name: str, origin: str, address: str) -> float:
        """How long this name from this origin, or this address altogether, must still wait; 0 when it need not.

        `address` is empty where the attempt counts for its origin alone.
        """
        left = [await self._do("pttl", self._key("pause", name, origin))]
        if address:
            left.append(await self._do("pttl", self._key("pause", "*", address)))
        return max(0, *map(int, left)) / 1000

    async def failed(self, name: str, origin: str, address: str) -> float:
        """Counts a wrong password; the pause that it earns, in seconds."""
        pause = await self._count(FREE_FAILURES, name, origin)
        return max(pause, await self._count(ADDRESS_FAILURES, "*", address)) if address else pause

    async def succeeded(self, name: str, origin: str) -> None:
        await self._do("delete", self._key("fails", name, origin), self._key("pause", name, origin))

    async def device(self, digest: str) -> str | None:
        """Who has logged in before in the browser that holds this."""
        name = await self._do("get", self._log.key(f"device:{digest}"))
        return name.decode() if name else None

    async def remember_device(self, digest: str, name: str, for_s: int) -> None:
        await self._do("set", self._log.key(f"device:{digest}"), name, ex=for_s)

    async def _count(self, free: int, *who: str) -> float:
        keys = (self._key("fails", *who), self._key("pause", *who))
        pause = await self._do("eval", _FAILED, 2, *keys, FORGET_AFTER_S, free, FIRST_PAUSE_S, LONGEST_PAUSE_S)
        return float(pause)

    def _key(self, noun: str, *who: str) -> str:
        digest = hashlib.sha256("\0".join(who).encode()).hexdigest()
        return self._log.key(f"{noun}:{digest[:32]}")

    async def _do(self, command: str, *words: Any, **options: Any) -> Any:
        try:
            return await getattr(self._log.redis, command)(*words, **options)
        except (exceptions.RedisError, OSError) as error:
            raise translate(error) from error
