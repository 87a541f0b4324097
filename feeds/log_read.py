"""How entries get out of the log: one question at a time on one connection, without the client's detours."""

from types import TracebackType
from typing import Any, Self

from redis import exceptions
from redis.asyncio import ConnectionPool

from feeds.log_entry import RawEntry
from feeds.log_errors import translate
from feeds.log_line import Command, Line


class Reader:
    """Asks one stream for what comes after an id; holds a connection of the pool while it is open."""

    def __init__(self, pool: ConnectionPool, stream: str) -> None:
        self._line = Line(pool)
        self._stream = stream

    async def __aenter__(self) -> Self:
        try:
            await self._line.ready()
        except (exceptions.RedisError, OSError) as error:
            raise translate(error) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._line.close()

    async def read(self, after: str, count: int, block_ms: int | None) -> list[RawEntry]:
        """Up to `count` entries; with `block_ms`, waits so long for the first one. Raises as `translate` says."""
        block: Command = [] if block_ms is None else ["BLOCK", block_ms]
        try:
            [reply] = await self._line.exchange([["XREAD", "COUNT", count, *block, "STREAMS", self._stream, after]])
        except (exceptions.RedisError, OSError) as error:
            raise translate(error) from error
        if isinstance(reply, exceptions.ResponseError):
            raise translate(reply)
        return [RawEntry(id.decode(), _mapping(words)) for id, words in _entries(reply)]


def _entries(reply: Any) -> Any:
    """The one stream's entries: a dict in RESP3, a list of pairs in RESP2, nothing where there was nothing."""
    if not reply:
        return []
    return next(iter(reply.values())) if isinstance(reply, dict) else reply[0][1]


def _mapping(words: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(words[::2], words[1::2], strict=True))
