"""How events get into the log: many appends at once become one trip, and each is answered only when it holds.

Whoever finds nobody on the way is sent at once. What comes meanwhile waits, and is sent together on the same
connection: every append stays a script call of its own, all or nothing, and one WAITAOF behind them answers for the
disk. Nothing is ever sent twice by itself: when an answer is lost, the caller is told so and decides.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from redis import exceptions
from redis.asyncio import ConnectionPool

from feeds.clock import now_ms
from feeds.log_disk import Disk
from feeds.log_entry import Appended, place
from feeds.log_errors import LogError, LogUnavailable, translate
from feeds.log_line import Line
from feeds.log_witness import APPEND, Witness, sha_of, witnessed

#: One trip carries at most so much; the rest waits for the next.
_TRIP_BYTES: Final = 8 << 20
#: Beyond this, waiting appends are refused at once: a stopped server must not fill our memory.
_WAITING_BYTES: Final = 64 << 20

Row = tuple[str, str, int, bytes]
"""One event as the script takes it: key ('' for none), kind, version, JSON."""


def size_of(rows: Sequence[Row]) -> int:
    """The bytes of so many events, without what stands around them."""
    return sum(len(row[3]) for row in rows)


class Ids:
    """Guesses the ids that the next events will get: those behind the last that this process has seen."""

    def __init__(self) -> None:
        self._last = (0, -1)

    def take(self, count: int) -> tuple[int, int]:
        """Milliseconds and number of the first of so many; the others follow it."""
        ms = max(now_ms(), self._last[0])
        number = self._last[1] + 1 if ms == self._last[0] else 0
        self._last = (ms, number + count - 1)
        return ms, number

    def see(self, id: str) -> None:
        """The server has given this id: whatever was guessed, its own clock counts."""
        self._last = place(id)


@dataclass(slots=True)
class Waiting:
    """One append on its way. `script` and `words` are made as it sets out, `done` if another carries it."""

    rows: Sequence[Row]
    witness: Witness | None
    n_bytes: int
    done: asyncio.Future[None] | None = None
    script: bytes = b""
    words: Sequence[Any] = ()
    answer: list[Appended] = field(default_factory=list)
    error: LogError | None = None

    def settle(self) -> None:
        """Lets whoever waits for it go on to its outcome."""
        if self.done is not None and not self.done.done():
            self.done.set_result(None)

    def fail(self, error: LogError) -> None:
        self.error = self.error or error  # what was said first is the reason
        self.settle()

    def outcome(self) -> list[Appended]:
        """Where the rows stand. Raises what the log said against it."""
        if self.error is not None:
            raise self.error
        return self.answer


class Appender:
    """Collects appends and sends them, one trip at a time, in the order in which they came."""

    def __init__(self, pool: ConnectionPool, stream: str, keys: str, disk: Disk | None, ids: Ids) -> None:
        self._line = Line(pool)
        self._keys = (stream, keys)
        self._disk = disk
        self._ids = ids
        self._waiting: list[Waiting] = []
        self._waiting_bytes = 0
        self._trips: asyncio.Task[None] | None = None
        self._nobody_travels = asyncio.Event()
        self._nobody_travels.set()

    async def append(self, rows: Sequence[Row], n_bytes: int, witness: Witness | None = None) -> list[Appended]:
        """Where each row stands then. `n_bytes`: their size."""
        if self._waiting_bytes + n_bytes > _WAITING_BYTES:
            raise LogUnavailable(f"{len(self._waiting)} appends wait for the log already; nothing was stored")
        waiting = Waiting(rows, witness, n_bytes)
        if self._nobody_travels.is_set():
            await self._go_alone(waiting)
        else:
            waiting.done = asyncio.get_running_loop().create_future()
            self._waiting.append(waiting)
            self._waiting_bytes += n_bytes
            await waiting.done
        return waiting.outcome()

    def _command(self, rows: Sequence[Row], witness: Witness | None) -> tuple[bytes, list[Any]]:
        if witness is not None:
            return self._witnessed(rows, witness)
        if len(rows) == 1 and not rows[0][0]:
            # Nothing to decide: a batch of positions need not pass through the script, which would copy it twice.
            _, kind, version, data = rows[0]
            return b"", ["XADD", self._keys[0], "*", "k", kind, "v", version, "d", data]
        told = [word for row in rows for word in row]
        return APPEND, ["EVALSHA", sha_of(APPEND), len(self._keys), *self._keys, *told]

    def _witnessed(self, rows: Sequence[Row], witness: Witness) -> tuple[bytes, list[Any]]:
        script = witnessed(witness.script, witness.condition)
        keys = (*self._keys, *witness.keys)
        ms, number = self._ids.take(len(rows))
        reckoned = witness.reckon([f"{ms}-{number + at}" for at in range(len(rows))])
        words = (*reckoned, *witness.words)
        told = [word for row in rows for word in row]
        return script, ["EVALSHA", sha_of(script), len(keys), *keys, len(words), ms, number, *words, *told]

    async def close(self) -> None:
        """Waits for the trip in progress and hangs up."""
        await self._nobody_travels.wait()
        await self._line.close()

    async def _go_alone(self, waiting: Waiting) -> None:
        """Whoever finds nobody on the way sets out at once, in its own task. Who comes meanwhile goes behind it."""
        self._nobody_travels.clear()
        try:
            waiting.script, waiting.words = self._command(waiting.rows, waiting.witness)
            await self._trip([waiting])
        finally:
            if self._waiting:
                self._trips = asyncio.create_task(self._travel())
            else:
                self._nobody_travels.set()

    async def _travel(self) -> None:
        try:
            while self._waiting:
                await self._trip(self._load())
        finally:
            self._trips = None
            self._nobody_travels.set()
            self._refuse_waiting(LogUnavailable("the log is being closed; nothing was stored"))

    def _load(self) -> list[Waiting]:
        n_bytes = 0
        for number, waiting in enumerate(self._waiting):
            n_bytes += waiting.n_bytes
            if n_bytes > _TRIP_BYTES and number:
                break
        else:
            number = len(self._waiting)
        loaded, self._waiting = self._waiting[:number], self._waiting[number:]
        self._waiting_bytes -= sum(waiting.n_bytes for waiting in loaded)
        for waiting in loaded:
            waiting.script, waiting.words = self._command(waiting.rows, waiting.witness)
        return loaded

    async def _trip(self, loaded: list[Waiting]) -> None:
        try:
            await self._line.ready()
        except (exceptions.RedisError, OSError) as error:
            self._fail(loaded, translate(error))
            return
        try:
            await self._deliver(loaded)
        except (exceptions.RedisError, OSError) as error:
            self._fail(loaded, translate(error, unsure=True))
        except BaseException:
            for waiting in loaded:
                waiting.fail(LogUnavailable("the append was interrupted", unsure=True))
            raise

    def _fail(self, loaded: list[Waiting], error: LogError) -> None:
        for waiting in loaded:
            waiting.fail(error)
        # Those behind have waited as long, and were never sent: they need not wait for a time-out of their own.
        self._refuse_waiting(
            LogUnavailable(f"{error.__class__.__name__}: the log does not answer; nothing was stored")
        )

    def _refuse_waiting(self, error: LogError) -> None:
        refused, self._waiting, self._waiting_bytes = self._waiting, [], 0
        for waiting in refused:
            waiting.fail(error)

    async def _deliver(self, loaded: list[Waiting]) -> None:
        accepted, unknown = await self._send(loaded)
        if unknown:
            # The server has forgotten the script (a restart): nothing ran, so sending again is safe.
            scripts = {waiting.script for waiting in unknown}
            await self._line.exchange([["SCRIPT", "LOAD", script] for script in scripts])
            again, lost = await self._send(unknown)
            accepted += again
            for waiting in lost:
                waiting.fail(LogUnavailable("the log server forgets our script; nothing was stored"))
        for waiting in accepted:
            waiting.settle()

    async def _send(self, loaded: list[Waiting]) -> tuple[list[Waiting], list[Waiting]]:
        """Those that hold, and those for which the server did not know the script. The others have failed."""
        questions = self._disk.questions() if self._disk is not None else []
        replies = await self._line.exchange([*(waiting.words for waiting in loaded), *questions])
        doubt = await self._disk.judge(self._line, replies[len(loaded) :]) if self._disk is not None else None
        accepted, unknown = [], []
        for waiting, reply in zip(loaded, replies, strict=False):
            if isinstance(reply, exceptions.NoScriptError):
                unknown.append(waiting)
            elif isinstance(reply, exceptions.ResponseError):
                waiting.fail(translate(reply))
            elif doubt is not None:
                waiting.fail(doubt)
            else:
                self._note(waiting, reply)
                accepted.append(waiting)
        return accepted, unknown

    def _note(self, waiting: Waiting, reply: Any) -> None:
        """What the server answered to an append that holds."""
        if waiting.witness is None:
            answer = _pairs(reply)
        else:
            answer = _pairs(reply[0])
            waiting.witness.learn(reply[1])
        waiting.answer = answer
        self._ids.see(answer[-1].id)


def _pairs(reply: list[Any] | bytes) -> list[Appended]:
    if isinstance(reply, bytes):
        return [Appended(reply.decode(), True)]
    return [Appended(reply[i].decode(), reply[i + 1] == 1) for i in range(0, len(reply), 2)]
