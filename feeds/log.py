"""The event log: what was appended, once, in one order, for ever. The only way to Redis streams.

An append is one step in the server: all events or none, and a known idempotency key answers with the first id.
An acknowledged durable append is on the server's disk, as far as that server can promise it. Reading gives
every entry after an id; one whose content cannot be read comes out as `Unreadable`, never as a crash.
It refuses to edit, to delete and to retry by itself. Errors: see `log_errors`.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, ClassVar, Final, Protocol, Self

from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from feeds.changes import order
from feeds.log_append import Appender, Ids, Row, size_of
from feeds.log_connection import pool_at
from feeds.log_disk import Disk
from feeds.log_echo import Echo
from feeds.log_entry import Appended, Entry, RawEntry, Unreadable, read_entry
from feeds.log_errors import LogError, LogFull, LogUnavailable, told, translate
from feeds.log_read import Reader
from feeds.log_witness import Witness
from feeds.room import RoomCheck

__all__ = [
    "Appendable",
    "Appended",
    "Entry",
    "EventLog",
    "LogError",
    "LogFull",
    "LogUnavailable",
    "Unreadable",
    "Witness",
    "retry_delays_s",
]

START: Final = "0-0"
#: A quiet log proves itself at least so often.
QUIET_MS: Final = 1000
#: How long the server may take to answer before it counts as gone; longer than a quiet log's proof of life.
ANSWER_PATIENCE_S: Final = 5.0
#: How long it may take to confirm its disk; shorter than the answer may take, so that it can still say no.
DISK_PATIENCE_MS: Final = 4000
#: Turns of the event loop from the server's answer to an append to the one that its caller sends.
STEPS_TO_AN_ANSWER: Final = 3
#: Read in one go by whoever follows the log.
FOLLOW_COUNT: Final = 1000
#: Whoever follows rests so long behind what was read, the longer the more it was: what comes meanwhile is read
#: together, for the price of one. What comes after a pause is read at once.
FOLLOW_GAP_S: Final = 0.005
FOLLOW_GAP_PER_ENTRY_S: Final = 0.002
LONGEST_FOLLOW_GAP_S: Final = 0.025


class Appendable(Protocol):
    """What can be appended: an event, or what is one once it is read back."""

    kind: ClassVar[str]
    version: ClassVar[int]

    def key(self) -> str | None: ...

    def encode(self) -> bytes: ...


class EventLog:
    """The log under one prefix of a Redis or Valkey server."""

    def __init__(self, redis: Redis, *, prefix: str = "siger", room: RoomCheck | None = None) -> None:
        if redis.connection_pool.connection_kwargs.get("decode_responses"):
            raise ValueError("the log's Redis client must not decode responses: events are bytes")
        self._redis = redis
        self._room = room
        self.prefix = prefix
        #: Where it was opened, for another process that is to open it too; may hold a password.
        self.url: str | None = None
        # The braces make one Cluster slot of all our keys: a script may touch only one.
        self._prefix = f"{{{prefix}}}"
        self._stream = f"{self._prefix}:log"
        self._disk = Disk(DISK_PATIENCE_MS)
        keys = f"{self._prefix}:keys"
        #: The newest id that an append here was answered with: who wrote it may ask for it at once.
        self.acknowledged = START
        self._echo = Echo()
        self._wanted = asyncio.Event()
        # Two lanes: positions need not wait for the disk that incidents wait for.
        ids = Ids()
        self._sure = Appender(redis.connection_pool, self._stream, keys, self._disk, ids)
        self._quick = Appender(redis.connection_pool, self._stream, keys, None, ids)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        prefix: str = "siger",
        room: RoomCheck | None = None,
        patience_s: float = ANSWER_PATIENCE_S,
    ) -> Self:
        """A log at a redis-py URL (`redis://`, `rediss://`, `unix://`); connects when first used."""
        pool = pool_at(
            url,
            # A command sent twice by itself might be stored twice; whoever calls knows whether that matters.
            retry=Retry(NoBackoff(), 0),
            socket_timeout=patience_s,
            socket_connect_timeout=patience_s,
        )
        log = cls(Redis.from_pool(pool), prefix=prefix, room=room)
        log.url = url
        return log

    @property
    def redis(self) -> Redis:
        """The client, for what lives beside the log under the same prefix."""
        return self._redis

    @property
    def lost(self) -> str | None:
        """What this server cannot promise about its disk, in words; None as long as it confirms every write."""
        return self._disk.lost

    def key(self, noun: str) -> str:
        """The Redis key of something beside the log, in the log's own Cluster slot."""
        return f"{self._prefix}:{noun}"

    async def append(
        self, events: Sequence[Appendable], *, durable: bool = True, witness: Witness | None = None
    ) -> list[Appended]:
        """Appends all events or none; with `durable` they are on disk when this answers.

        What `witness` writes stands in the same step: both are stored or neither is.
        Raises `LogFull` (nothing stored) or `LogUnavailable`, whose `unsure` says whether it may be stored.
        """
        if not events:
            return []
        rows: list[Row] = [(event.key() or "", event.kind, event.version, event.encode()) for event in events]
        n_bytes = size_of(rows)
        refusal = self._room(n_bytes) if self._room is not None else None
        if refusal is not None:
            raise LogFull(refusal)
        for event, row in zip(events, rows, strict=True):
            self._echo.expect(event, row[3])
        lane = self._sure if durable else self._quick
        appended = await lane.append(rows, n_bytes, witness)
        self._acknowledge(appended)
        return appended

    async def read(self, after: str = START, *, count: int = 1000, block_ms: int | None = None) -> list[Entry]:
        """Up to `count` entries after an id; with `block_ms`, waits so long for the first one."""
        return [read_entry(raw) for raw in await self.read_raw(after, count=count, block_ms=block_ms)]

    async def read_raw(
        self, after: str = START, *, count: int = 1000, block_ms: int | None = None
    ) -> list[RawEntry]:
        """The same, byte for byte as they stand in the log."""
        async with self._reader() as reader:
            return await reader.read(after, count, block_ms)

    async def read_back(self, before: str | None = None, *, count: int = 1000) -> list[RawEntry]:
        """Up to `count` entries before an id, or from the newest one, newest first, byte for byte."""
        redis: Any = self._redis
        end = f"({before}" if before is not None else "+"
        answer = await told(redis.xrevrange(self._stream, max=end, count=count))
        return [RawEntry(id.decode(), fields) for id, fields in answer]

    async def follow(self, after: str = START) -> AsyncGenerator[list[Entry], None]:
        """All entries after an id, for ever, as they come; an empty list each quiet second proves contact.

        Raises `LogUnavailable` when the server is gone: go on from the last id seen, after `retry_delays_s`.
        """
        with self._echo.awaited():
            async with self._reader() as reader:
                while True:
                    found = await reader.read(after, FOLLOW_COUNT, QUIET_MS)
                    if found:
                        after = found[-1].id
                        # The same moment brings their answers to those who appended: they go first.
                        for _ in range(STEPS_TO_AN_ANSWER):
                            await asyncio.sleep(0)
                    yield [self._echo.read(raw) for raw in found]
                    if found:
                        await self._rest(len(found))

    def want_now(self) -> None:
        """Somebody waits for what stands in the log: whoever follows reads on at once."""
        self._wanted.set()

    async def _rest(self, n_read: int) -> None:
        gap_s = min(max(FOLLOW_GAP_S, n_read * FOLLOW_GAP_PER_ENTRY_S), LONGEST_FOLLOW_GAP_S)
        self._wanted.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(gap_s):
                await self._wanted.wait()

    async def size_bytes(self) -> int:
        """What the log takes of the server's memory."""
        redis: Any = self._redis
        return int(await told(redis.memory_usage(self._stream, samples=0)) or 0)

    async def last_id(self) -> str:
        """The newest id ever given; "0-0" while the log is empty."""
        try:
            about = await self._redis.xinfo_stream(self._stream)
        except exceptions.ResponseError as error:
            if "no such key" in str(error):
                return START
            raise translate(error) from error
        except (exceptions.RedisError, OSError) as error:
            raise translate(error) from error
        return bytes(about["last-generated-id"]).decode()

    async def check(self) -> None:
        """Answers when the log answers; else raises `LogUnavailable` with the reason."""
        redis: Any = self._redis
        await told(redis.ping())

    async def close(self) -> None:
        """Lets appends in progress finish and hangs up."""
        await self._sure.close()
        await self._quick.close()
        await self._redis.aclose()

    def _reader(self) -> Reader:
        return Reader(self._redis.connection_pool, self._stream)

    def _acknowledge(self, appended: Sequence[Appended]) -> None:
        for one in reversed(appended):
            if one.new:
                self.acknowledged = max(self.acknowledged, one.id, key=order)
                return


def retry_delays_s() -> Iterator[float]:
    """How long to wait before each new attempt, for ever: quick at first, since most outages are short."""
    yield from (0.1, 0.2, 0.5, 1.0, 2.0)
    while True:
        yield 5.0
