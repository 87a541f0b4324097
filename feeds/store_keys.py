"""Everything beside the log, out of a server and into another one: any Valkey or Redis, of any version.

All keys are read in one step, together with the log's last id, so that what is read belongs together although
everything goes on being written. The servers' own DUMP format is not used: it binds a backup to one version.
"""

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from redis import exceptions

from feeds.log import EventLog
from feeds.log_errors import LogError, told

#: What is only for the moment: whoever was logged in logs in again after a restore.
PASSING: Final = ("session:", "device:", "sources:minute", "lease:")
_SETTLE_TRIES: Final = 5
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key: its name without the prefix, its type, the rest of its life, and its content as rows of bytes."""

    noun: str
    type: str
    ttl_ms: int | None
    rows: list[list[bytes]]

    def to_json(self) -> dict[str, Any]:
        rows = [[base64.b85encode(word).decode() for word in row] for row in self.rows]
        return {"noun": self.noun, "type": self.type, "ttl_ms": self.ttl_ms, "rows": rows}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "StoredKey":
        rows = [[base64.b85decode(word) for word in row] for row in stored["rows"]]
        return cls(stored["noun"], stored["type"], stored["ttl_ms"], rows)


# How each type is read, and how the reply becomes rows.
_READ: Final[dict[str, tuple[tuple[Any, ...], Callable[[Any], list[list[bytes]]]]]] = {
    "string": (("GET",), lambda reply: [[reply]]),
    "hash": (("HGETALL",), lambda reply: [[field, value] for field, value in reply.items()]),
    "set": (("SMEMBERS",), lambda reply: [[member] for member in sorted(reply)]),
    "list": (("LRANGE", 0, -1), lambda reply: [[item] for item in reply]),
    "zset": (
        ("ZRANGE", 0, -1, "WITHSCORES"),
        lambda reply: [[member, repr(score).encode()] for member, score in reply],
    ),
    "stream": (("XRANGE", "-", "+"), lambda reply: [[id, *_flat(fields)] for id, fields in reply]),
}
_WRITE: Final = {"string": "SET", "hash": "HSET", "set": "SADD", "list": "RPUSH", "zset": "ZADD", "stream": "XADD"}


async def read_keys(log: EventLog) -> tuple[str, list[StoredKey]]:
    """The log's last id, and every key beside the log as it stood at that very entry."""
    for _ in range(_SETTLE_TRIES):
        found = await _types(log)
        try:
            return await _read_at_once(log, found)
        except exceptions.ResponseError as error:
            # A key changed its type between the question and the answer: asked again.
            trouble = error
    raise LogError(f"the keys beside the log do not hold still: {trouble}")


async def write_keys(log: EventLog, keys: Iterable[StoredKey]) -> None:
    """Writes keys as they were read; they must not exist yet."""
    redis: Any = log.redis
    for key in keys:
        name = log.key(key.noun)
        for words in _commands(key, name):
            await told(redis.execute_command(*words))
        if key.ttl_ms is not None:
            await told(redis.pexpire(name, key.ttl_ms))


async def _types(log: EventLog) -> dict[str, str]:
    redis: Any = log.redis
    names = [name.decode() async for name in redis.scan_iter(match=f"{log.key('')}*", count=1000)]
    nouns = [name.removeprefix(log.key("")) for name in sorted(set(names))]
    kept = [noun for noun in nouns if noun != "log" and not noun.startswith(PASSING)]
    pipe = redis.pipeline(transaction=False)
    for noun in kept:
        pipe.type(log.key(noun))
    return {noun: kind.decode() for noun, kind in zip(kept, await told(pipe.execute()), strict=True)}


async def _read_at_once(log: EventLog, found: dict[str, str]) -> tuple[str, list[StoredKey]]:
    redis: Any = log.redis
    pipe = redis.pipeline(transaction=True)
    pipe.xrevrange(log.key("log"), count=1)
    for noun, kind in found.items():
        command, *words = _READ[kind][0]
        pipe.execute_command(command, log.key(noun), *words)
        pipe.pttl(log.key(noun))
    newest, *replies = await pipe.execute()
    keys = [
        StoredKey(noun, kind, ttl if ttl > 0 else None, _READ[kind][1](content))
        for (noun, kind), content, ttl in zip(found.items(), replies[::2], replies[1::2], strict=True)
        if ttl != -2
    ]
    return newest[0][0].decode() if newest else await log.last_id(), keys


def _commands(key: StoredKey, name: str) -> Iterator[list[Any]]:
    command = _WRITE[key.type]
    if key.type == "stream":
        yield from ([command, name, *row] for row in key.rows)
        return
    for start in range(0, len(key.rows), _CHUNK):
        rows = key.rows[start : start + _CHUNK]
        if key.type == "zset":
            rows = [row[::-1] for row in rows]
        yield [command, name, *(word for row in rows for word in row)]


def _flat(fields: dict[bytes, bytes]) -> list[bytes]:
    return [word for pair in fields.items() for word in pair]
