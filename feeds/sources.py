"""Who sends: when each source was last heard, how much it sent, how much of it was refused.

What it may send stands in the log (`registry`). Silence is shown as silence: `live`, `stale` and `expired` follow
from the source's own rhythm where it has one. Counting is done in memory and written once a second: a feed of a
thousand messages a second costs one write.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from redis import exceptions

from feeds.clock import now_ms
from feeds.events import SourceRegistered
from feeds.log import EventLog
from feeds.log_errors import told

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


class Note(Protocol):
    """Takes down that a source was heard."""

    def __call__(self, name: str, /, *, accepted: int = 0, refused: int = 0) -> None: ...


def unnoted(_name: str, /, *, accepted: int = 0, refused: int = 0) -> None:
    """Takes nothing down."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source as it stands now. `state` is None for one that was never heard and need not be."""

    name: str
    registration: SourceRegistered | None
    last_ms: int | None
    state: AgeState | None
    accepted: int
    refused: int
    per_minute: float


def ages_s(every_s: int | None = None) -> tuple[int, int]:
    """After how many seconds without a word a source is stale, and expired; by its own rhythm where it has one."""
    if every_s is None:
        return STALE_AFTER_S, EXPIRED_AFTER_S
    return every_s * _STALE_BEATS, every_s * _EXPIRED_BEATS


def age_state(last_ms: int, now: int, every_s: int | None = None) -> AgeState:
    """How old a source's last word is."""
    stale_s, expired_s = ages_s(every_s)
    age_s = (now - last_ms) / 1000
    return "live" if age_s < stale_s else "stale" if age_s < expired_s else "expired"


def state_of(last_ms: int | None, registration: SourceRegistered | None, now: int) -> AgeState | None:
    """The state of a source: one that should be heard and never was ages from its registration on."""
    every_s = registration.every_s if registration is not None else None
    since_ms = registration.at_ms if registration is not None and every_s is not None else None
    heard_ms = last_ms if last_ms is not None else since_ms
    return None if heard_ms is None else age_state(heard_ms, now, every_s)


class Sources:
    """What was counted, beside the log under the same prefix."""

    def __init__(self, log: EventLog, clock: Callable[[], int] = now_ms) -> None:
        self._redis: Any = log.redis
        self._heard = log.key("sources:heard")
        self._counts = log.key("sources:counts")
        self._minutes = log.key("sources:minute")
        self._clock = clock
        self._last_ms: dict[str, int] = {}
        self._pending: Counter[str] = Counter()

    def note(self, name: str, /, *, accepted: int = 0, refused: int = 0) -> None:
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

    async def all(self, registered: Mapping[str, SourceRegistered]) -> list[SourceReport]:
        """Every source that is registered or was ever heard, by name."""
        now = self._clock()
        minutes = [f"{self._minutes}:{now // _MINUTE_MS - back}" for back in range(1, RATE_MINUTES + 1)]
        pipe = self._redis.pipeline(transaction=False)
        for key in (self._heard, self._counts, *minutes):
            pipe.hgetall(key)
        heard, counts, *rates = await told(pipe.execute())
        names = {*registered, *(name.decode() for name in heard)}
        return [_report(name, now, registered.get(name), heard, counts, rates) for name in sorted(names)]

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
    name: str,
    now: int,
    registration: SourceRegistered | None,
    heard: dict[bytes, bytes],
    counts: dict[bytes, bytes],
    rates: list[dict[bytes, bytes]],
) -> SourceReport:
    key = name.encode()
    last_ms = int(heard[key]) if key in heard else None
    return SourceReport(
        name=name,
        registration=registration,
        last_ms=last_ms,
        state=state_of(last_ms, registration, now),
        accepted=int(counts.get(b"a:" + key, 0)),
        refused=int(counts.get(b"r:" + key, 0)),
        per_minute=sum(int(minute.get(key, 0)) for minute in rates) / RATE_MINUTES,
    )
