"""Who sends: what each source may send for which areas, when it was last heard, how much, how much was refused.

A source that nobody registered may send (access rights are decided before this), but shows as unregistered. Silence
is shown as silence: `live`, `stale` and `expired` follow from the source's own rhythm where it has one. Counting
is done in memory and written once a second: a feed of a thousand messages a second costs one write.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from redis import exceptions

from feeds.clock import now_ms
from feeds.log import EventLog
from feeds.log_errors import told
from geo.areas import Areas

AgeState = Literal["live", "stale", "expired"]

#: Without a rhythm of its own a source counts as stale after five minutes without a word, as expired after thirty.
STALE_AFTER_S: Final = 300
EXPIRED_AFTER_S: Final = 1800
#: With one, it may miss two beats before it is stale, and six before it is expired.
_STALE_BEATS: Final = 3
_EXPIRED_BEATS: Final = 7
#: Rates are over the last so many whole minutes; their counters are kept a little longer.
RATE_MINUTES: Final = 5
_FLUSH_EVERY_S: Final = 1.0
_MINUTE_MS: Final = 60_000


class Registration(BaseModel):
    """What a source may do. Empty `kinds` or `areas`: all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    kinds: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    expected_every_s: int | None = Field(None, ge=1, le=7 * 86400)
    note: str = Field("", max_length=500)

    def refusal(self, kind: str, areas: Areas, *, regency: str | None, district: str | None) -> str | None:
        """Why the source may not send this; None when it may."""
        if self.kinds and kind not in self.kinds:
            return f"source '{self.name}' may send {', '.join(self.kinds)}, not {kind}"
        if self.areas and not any(areas.covers(code, regency=regency, district=district) for code in self.areas):
            return f"source '{self.name}' may report for {', '.join(self.areas)}, not for {district or regency}"
        return None


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source as it stands now. `state` is None for one that was never heard."""

    name: str
    registration: Registration | None
    last_ms: int | None
    state: AgeState | None
    accepted: int
    refused: int
    per_minute: float


def age_state(last_ms: int, now: int, expected_every_s: int | None = None) -> AgeState:
    """How old a source's last word is, by its own rhythm where it has one."""
    stale_s, expired_s = STALE_AFTER_S, EXPIRED_AFTER_S
    if expected_every_s is not None:
        stale_s, expired_s = expected_every_s * _STALE_BEATS, expected_every_s * _EXPIRED_BEATS
    age_s = (now - last_ms) / 1000
    return "live" if age_s < stale_s else "stale" if age_s < expired_s else "expired"


class Sources:
    """The registry, beside the log under the same prefix."""

    def __init__(self, log: EventLog, clock: Callable[[], int] = now_ms) -> None:
        self._redis: Any = log.redis
        self._registered = log.key("sources")
        self._heard = log.key("sources:heard")
        self._counts = log.key("sources:counts")
        self._minutes = log.key("sources:minute")
        self._clock = clock
        self._last_ms: dict[str, int] = {}
        self._pending: Counter[str] = Counter()

    async def register(self, registration: Registration) -> None:
        """Puts a source on the list, or changes what it may do."""
        await told(self._redis.hset(self._registered, registration.name, registration.model_dump_json()))

    async def remove(self, name: str) -> bool:
        """Takes a source off the list; what it sent stays."""
        return bool(await told(self._redis.hdel(self._registered, name)))

    async def registration(self, name: str) -> Registration | None:
        found = await told(self._redis.hget(self._registered, name))
        return Registration.model_validate_json(found) if found is not None else None

    def note(self, name: str, *, accepted: int = 0, refused: int = 0) -> None:
        """A source was heard. Costs nothing now; `run` writes it down."""
        self._last_ms[name] = self._clock()
        self._pending[f"a:{name}"] += accepted
        self._pending[f"r:{name}"] += refused

    async def run(self) -> None:
        """Writes down what was noted, each second, for ever; what the log cannot take yet waits in memory."""
        while True:
            await asyncio.sleep(_FLUSH_EVERY_S)
            await self.flush()

    async def flush(self) -> None:
        """Writes down what was noted. Raises nothing when the log is gone: the next flush carries it."""
        if not self._last_ms:
            return
        last_ms, self._last_ms = self._last_ms, {}
        pending, self._pending = self._pending, Counter()
        try:
            await self._write(last_ms, pending)
        except (exceptions.RedisError, OSError):
            self._last_ms = last_ms | self._last_ms
            self._pending += pending

    async def all(self) -> list[SourceReport]:
        """Every source that is registered or was ever heard, by name."""
        now = self._clock()
        minutes = [f"{self._minutes}:{now // _MINUTE_MS - back}" for back in range(1, RATE_MINUTES + 1)]
        pipe = self._redis.pipeline(transaction=False)
        for key in (self._registered, self._heard, self._counts, *minutes):
            pipe.hgetall(key)
        registered, heard, counts, *rates = await told(pipe.execute())
        names = {name.decode() for name in (*registered, *heard)}
        return [self._report(name, now, registered, heard, counts, rates) for name in sorted(names)]

    async def _write(self, last_ms: dict[str, int], pending: Counter[str]) -> None:
        minute = f"{self._minutes}:{self._clock() // _MINUTE_MS}"
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(self._heard, mapping=last_ms)
        for field, count in pending.items():
            pipe.hincrby(self._counts, field, count)
            if field.startswith("a:"):
                pipe.hincrby(minute, field[2:], count)
        pipe.expire(minute, 2 * RATE_MINUTES * 60)
        await pipe.execute()

    def _report(
        self,
        name: str,
        now: int,
        registered: dict[bytes, bytes],
        heard: dict[bytes, bytes],
        counts: dict[bytes, bytes],
        rates: list[dict[bytes, bytes]],
    ) -> SourceReport:
        key = name.encode()
        said = registered.get(key)
        registration = Registration.model_validate_json(said) if said is not None else None
        last_ms = int(heard[key]) if key in heard else None
        rhythm = registration.expected_every_s if registration is not None else None
        return SourceReport(
            name=name,
            registration=registration,
            last_ms=last_ms,
            state=age_state(last_ms, now, rhythm) if last_ms is not None else None,
            accepted=int(counts.get(b"a:" + key, 0)),
            refused=int(counts.get(b"r:" + key, 0)),
            per_minute=sum(int(minute.get(key, 0)) for minute in rates) / RATE_MINUTES,
        )
