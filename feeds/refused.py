"""Input that was refused, kept for seven days with its reasons, so that it can be put right and sent again.

Nothing here judges: the intake refuses, this remembers. It is bounded in days, in number and in bytes, so that a
broken sender cannot fill the store; what is cut off is said to be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from feeds.clock import now_ms
from feeds.log import EventLog
from feeds.log_errors import told

KEPT_FOR_DAYS: Final = 7
MOST_KEPT: Final = 50_000
MOST_BYTES: Final = 64 << 10
_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class RefusedInput:
    """One refused item: what came in, byte for byte unless `cut`, where, and everything that was wrong with it."""

    id: str
    at_ms: int
    source: str
    road: str
    reasons: tuple[str, ...]
    data: bytes
    cut: bool


class RefusedStore:
    """Refused input, beside the log under the same prefix."""

    def __init__(self, log: EventLog, clock: Callable[[], int] = now_ms) -> None:
        self._redis: Any = log.redis
        self._key = log.key("refused")
        self._clock = clock

    async def keep(self, source: str, road: str, data: bytes, reasons: Sequence[str]) -> str:
        """Remembers one refused item; its id. `road` is the way it came in ("api", "osmand", ...)."""
        now = self._clock()
        fields = {
            "t": now,
            "s": source[:200],
            "w": road,
            "r": orjson.dumps([reason[:500] for reason in reasons[:20]]),
            "d": data[:MOST_BYTES],
            "c": int(len(data) > MOST_BYTES),
        }
        pipe = self._redis.pipeline(transaction=False)
        pipe.xadd(self._key, fields, maxlen=MOST_KEPT, approximate=True)
        # Ids are the server's time and not this clock's; the two agree to well within a day.
        pipe.xtrim(self._key, minid=str(now_ms() - KEPT_FOR_DAYS * _DAY_MS), approximate=False)
        kept, _ = await told(pipe.execute())
        return str(kept.decode())

    async def newest(self, *, before: str | None = None, limit: int = 100) -> list[RefusedInput]:
        """The newest first; `before` an id for the next page."""
        highest = f"({before}" if before else "+"
        rows = await told(self._redis.xrevrange(self._key, max=highest, min="-", count=limit))
        oldest = self._clock() - KEPT_FOR_DAYS * _DAY_MS
        return [found for row in rows if (found := _refused(*row)).at_ms >= oldest]

    async def get(self, id: str) -> RefusedInput | None:
        rows = await told(self._redis.xrange(self._key, min=id, max=id, count=1))
        return _refused(*rows[0]) if rows else None

    async def settle(self, id: str) -> bool:
        """Forgets an item that was sent again and accepted."""
        return bool(await told(self._redis.xdel(self._key, id)))

    async def count(self) -> int:
        return int(await told(self._redis.xlen(self._key)))


def _refused(id: bytes, fields: dict[bytes, bytes]) -> RefusedInput:
    return RefusedInput(
        id=id.decode(),
        at_ms=int(fields[b"t"]),
        source=fields[b"s"].decode(errors="replace"),
        road=fields[b"w"].decode(errors="replace"),
        reasons=tuple(orjson.loads(fields[b"r"])),
        data=fields[b"d"],
        cut=fields[b"c"] == b"1",
    )
