"""How long the web server waits for the other side, how much it reads of it, and how many it holds at once.

What uvicorn leaves open: it waits for ever for a request that never becomes whole and for an answer to be taken,
reads a head of any size, and holds as many connections as the system gives it. Nothing here runs per request but a
few assignments; a look at all connections, a few times in ten seconds, finds those that are too slow.
"""

import asyncio
import logging
import resource
from typing import Any, ClassVar, Final

from dashboard.whole_answer import WholeHttp

#: A request's head must be whole this long after the connection was made, or after its first byte on an old one.
HEAD_WITHIN_S: Final = 10.0
#: A body may take this long, and a second more for each so many bytes that have come of it.
BODY_WITHIN_S: Final = 20.0
BODY_BYTES_PER_S: Final = 4_000
#: Address and headers of one request together; what comes in its first chunk is bounded by the socket's own.
MOST_HEAD_BYTES: Final = 16 * 1024
#: Who takes none of its answer, or less than `ANSWER_BYTES_PER_S` of it, for so long is given up.
ANSWER_LOOK_S: Final = 20.0
ANSWER_BYTES_PER_S: Final = BODY_BYTES_PER_S
#: When no more connections are held, one that has said nothing for this long gives its place to a new one.
YIELDS_AFTER_S: Final = 1.0
#: Files that stay free for everything else: the log, the archive, the pages.
SPARE_FILES: Final = 200

_FULL_BODY: Final = (
    b'{"type":"about:blank","title":"Too many connections","status":503,'
    b'"detail":"Siger holds no more connections just now; try again in a few seconds."}'
)
_FULL: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 5\r\n"
    b"connection: close\r\ncontent-length: %d\r\n\r\n" % len(_FULL_BODY) + _FULL_BODY
)

log = logging.getLogger(__name__)


class Crowd:
    """All connections of one web server: at most `most`. Those that said nothing yet give way, the oldest first."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.refused = 0
        self.silent: dict[PatientHttp, float] = {}

    def admits(self, held: int, now_s: float) -> bool:
        """Whether one more connection may be held; gives up the longest silent one for it where there is one."""
        if held < self.most:
            return True
        oldest = next(iter(self.silent), None)
        if oldest is not None and now_s - self.silent[oldest] > YIELDS_AFTER_S:
            oldest.give_up("said nothing, and others wait")
            return True
        self.refused += 1
        if self.refused & (self.refused - 1) == 0:  # each time it has doubled: a flood is not worth a line each
            log.warning("%d connections are held; %d were refused so far", held, self.refused)
        return False


class PatientHttp(WholeHttp):
    """One HTTP connection that is given up when its other side is too slow or says too much."""

    crowd: ClassVar[Crowd] = Crowd(1 << 30)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._begun_s = 0.0
        self._in_head = True
        self._head_bytes = 0
        self._body_bytes = 0
        self._owed = 0
        self._owed_s = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        now_s = self._begun_s = self.loop.time()
        if not self.crowd.admits(len(self.connections), now_s):
            transport.write(_FULL)
            transport.close()
            # Data that comes all the same finds no parser, and must not: see `data_received`.
            self.parser = None  # type: ignore[assignment]  # as uvicorn's own where a connection is over
            return
        self.crowd.silent[self] = now_s
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.silent.pop(self, None)
        if self.transport is not None:  # None: it was refused
            super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self.parser is None:
            return
        self.crowd.silent.pop(self, None)
        if self._in_head:
            self._head_bytes += len(data)
        self._body_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MOST_HEAD_BYTES:
            self.send_400_response(f"More than {MOST_HEAD_BYTES // 1024} KiB of headers.")

    def on_message_begin(self) -> None:
        self._owed = 0  # who asks again has taken what came before
        self._begun_s = self.loop.time()
        self._in_head = True
        self._head_bytes = self._body_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def resume_writing(self) -> None:
        self._owed = 0  # most is taken: what is owed from now on is new
        super().resume_writing()

    def check(self, now_s: float) -> None:
        """Gives the connection up when its request takes too long to come, or its answer too long to be taken."""
        if self._takes_nothing(now_s):
            self.give_up(f"{self._owed} bytes of an answer wait for it")
            return
        took_s = now_s - self._begun_s
        if self._in_head and took_s > HEAD_WITHIN_S:
            self.give_up(f"no whole request in {HEAD_WITHIN_S:.0f} s")
        elif self._waits_for_body() and took_s > BODY_WITHIN_S + self._body_bytes / BODY_BYTES_PER_S:
            self.give_up(f"{self._body_bytes} bytes of a body in {took_s:.0f} s")

    def _takes_nothing(self, now_s: float) -> bool:
        """Looks every so often how much of what was owed at the last look is taken."""
        owed = self.transport.get_write_buffer_size()
        if owed and self._owed and now_s - self._owed_s < ANSWER_LOOK_S:
            return False
        took = self._owed - owed
        takes_nothing = bool(owed and self._owed) and took < ANSWER_LOOK_S * ANSWER_BYTES_PER_S
        self._owed, self._owed_s = owed, now_s
        return takes_nothing

    def give_up(self, why: str) -> None:
        log.info("a connection from %s is given up: %s", self.client, why)
        self.crowd.silent.pop(self, None)
        self.transport.abort()

    def _waits_for_body(self) -> bool:
        """Also of a request that is answered already: the rest of its body holds the connection all the same."""
        is_open = self.cycle is not None and self.cycle.more_body
        return is_open and not self.flow.read_paused  # else it is we who do not read


def patient(crowd: Crowd, protocol: type[PatientHttp]) -> type[PatientHttp]:
    """The protocol for one server's crowd."""
    return type(protocol.__name__, (protocol,), {"crowd": crowd})


def check_all(connections: set[Any], now_s: float) -> None:
    """Gives up those that are too slow; live sockets look after themselves."""
    for connection in list(connections):
        if isinstance(connection, PatientHttp):
            connection.check(now_s)


def most_connections(wanted: int) -> int:
    """As many as wanted, or as the system gives files for; asks the system for what it takes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + SPARE_FILES
    if soft < needed:
        allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    most = min(wanted, soft - SPARE_FILES)
    if most < wanted:
        log.warning("%d connections are held at most, not %d: the system gives %d files", most, wanted, soft)
    return max(most, 16)
