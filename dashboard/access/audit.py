"""The audit: what was done, refused and looked at, written in one step with what it records.

A change of the access store and its entry are one script; an event and its entry are one append. Nothing here edits
or deletes. The chain itself is in `chain`; this file knows where it is kept.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, cast

import orjson
from redis import exceptions

from dashboard.access.chain import GENESIS, Broken, Link, checked, digest_of, hash_of
from dashboard.access.rights import Caller
from feeds.clock import now_ms
from feeds.log import Appendable, EventLog, Witness
from feeds.log_errors import translate
from feeds.log_witness import sha_of

Outcome = Literal["done", "refused"]
#: Ids named in one entry; a batch beyond it is still bound by its digest.
MOST_NAMED = 20
PAGE = 1000

Guard = tuple[str, str, str | None]
"""A key, a field of the hash there, and what the field must hold (None: must not exist)."""
Command = Sequence[str | int]


class Deed(NamedTuple):
    """Somebody did, tried or looked at something. `origin` is where the request came from."""

    who: str
    role: str
    action: str
    on: str = ""
    outcome: Outcome = "done"
    origin: str = ""
    detail: Mapping[str, Any] = MappingProxyType({})

    def body(self, at_ms: int, **more: object) -> bytes:
        told = {
            "at": at_ms,
            "who": self.who,
            "role": self.role,
            "action": self.action,
            "on": self.on,
            "outcome": self.outcome,
            "origin": self.origin,
            "detail": {**self.detail, **more},
        }
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def deed_of(caller: Caller, action: str, on: str = "", *, origin: str = "", **detail: object) -> Deed:
    return Deed(caller.name, caller.role, action, on, origin=origin, detail=detail)


class Audit:
    """The audit chain beside one log."""

    def __init__(self, log: EventLog, clock: Callable[[], int] = now_ms) -> None:
        self._log = log
        self._clock = clock
        self._stream = log.key("audit")
        self._head = log.key("audit-head")
        self._beside = (self._stream, self._head, log.key("identity-keys"))
        #: The end of the chain as this process last heard or wrote it; others may have written since.
        self._tip: tuple[int, str] | None = None

    async def record(self, deed: Deed, *, guards: Sequence[Guard] = (), commands: Sequence[Command] = ()) -> bool:
        """Runs `commands` and writes the entry in one step; False (and nothing done) when a guard does not hold."""
        body = deed.body(self._clock())
        keys = sorted({*(guard[0] for guard in guards), *(str(command[1]) for command in commands)})
        words: list[bytes | str] = [body, digest_of(body), orjson.dumps(guards), orjson.dumps(commands)]
        return bool(await self._run(_script("record.lua"), (self._stream, self._head, *keys), words))

    def witness(
        self, deed: Deed, keyring: Mapping[str, str] | None = None
    ) -> Callable[[Sequence[Appendable]], Witness]:
        """What writes the entry of a deed in the same step as the events that it makes; bound to their content.

        `keyring`: keys that belong to these events (by incident), stored with them.
        """

        def made(events: Sequence[Appendable]) -> Witness:
            digest = sha256(b"".join([event.encode() for event in events])).hexdigest()
            ids = [getattr(event, "incident", "") for event in events[:MOST_NAMED]]
            body = deed.body(self._clock(), sha256=digest, count=len(events), incidents=ids)
            known = digest_of(body)
            words = [body, known.encode()]
            if keyring:
                words += [word.encode() for pair in keyring.items() for word in pair]
            return Witness(
                _script("beside.lua"),
                self._beside,
                words,
                reckon=lambda ids: self._reckon(known, ids),
                learn=self._learn,
            )

        return made

    def _reckon(self, digest: str, ids: Sequence[str]) -> tuple[bytes, ...]:
        """The next link, if the chain still ends where this process knows and the events get these ids.

        A SHA-256 costs the server a hundred times what it costs here, and there everybody waits for it.
        """
        if self._tip is None:
            return b"", b"", b""
        (n, previous), events = self._tip, f"{ids[0]} {ids[-1]} {len(ids)} {len(ids)}"
        link = hash_of(previous, n + 1, digest, events)
        self._tip = n + 1, link
        return previous.encode(), events.encode(), link.encode()

    def _learn(self, told: Sequence[bytes]) -> None:
        self._tip = int(told[0]), told[1].decode()

    async def head(self) -> tuple[int, str]:
        """The number and the hash of the newest entry; 0 and the genesis hash while there is none."""
        try:
            n, known = cast(list[bytes | None], await self._log.redis.hmget(self._head, "n", "h"))
        except (exceptions.RedisError, OSError) as error:
            raise translate(error) from error
        return (int(n), known.decode()) if n and known else (0, GENESIS)

    async def links(self) -> AsyncIterator[Link]:
        """Every stored entry in stream order, unchecked. Raises `Broken` at one that is no entry at all."""
        after, n = "-", 0
        while rows := await self._page(after):
            for id, fields in rows:
                n += 1
                yield _link(n, id.decode(), fields)
            after = f"({rows[-1][0].decode()}"

    async def verify(self) -> tuple[int, str]:
        """Walks the whole chain; its length and last hash. Raises `Broken` at the first entry that fails."""
        # Entries are written meanwhile: the head from before must be on the way, the one from behind not be passed.
        before = await self.head()
        number, last = 0, GENESIS
        async for link in self.links():
            for sound in checked([link], after=number, previous=last):
                number, last = sound.n, sound.hash
            if number == before[0] and last != before[1]:
                raise Broken(number, "the chain's head says another hash: the end was made anew")
        n, known = await self.head()
        if number < before[0] or number > n or (number == n and last != known):
            raise Broken(number + 1, f"the end was cut off or forged: the chain's head says {n} entries")
        return number, last

    async def _page(self, after: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
        try:
            found: Any = await self._log.redis.xrange(self._stream, min=after, count=PAGE)
        except (exceptions.RedisError, OSError) as error:
            raise translate(error) from error
        return list(found)

    async def _run(self, script: bytes, keys: Sequence[str], words: Sequence[bytes | str]) -> Any:
        redis = self._log.redis
        try:
            try:
                return await redis.evalsha(sha_of(script), len(keys), *keys, *words)
            except exceptions.NoScriptError:
                return await redis.eval(script.decode(), len(keys), *keys, *words)
        except (exceptions.RedisError, OSError) as error:
            raise translate(error, unsure=True) from error


def _link(expected: int, id: str, fields: Mapping[bytes, bytes]) -> Link:
    try:
        n, body, events, known = (fields[name] for name in (b"n", b"b", b"e", b"h"))
        return Link(int(n), body, events.decode(), known.decode(), id)
    except (KeyError, ValueError) as error:
        raise Broken(expected, f"what stands at {id} is not an audit entry") from error


@cache
def _script(name: str) -> bytes:
    folder = Path(__file__).parent / "scripts"
    return b"\n".join((folder / part).read_bytes() for part in ("sha256.lua", "chain.lua", name))
