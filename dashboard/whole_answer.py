"""One request and its answer, as uvicorn carries them, but an answer that is there whole leaves in one write.

uvicorn writes the head as soon as it is known and the body behind it: two calls of the system, two packets, and a
client that wakes up for half an answer; and it checks and joins each line of each head anew, though they hardly
differ. Of a small answer that is a good part of the whole price. Streamed answers go uvicorn's own way.
"""

import asyncio
from functools import lru_cache
from itertools import chain
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

#: A larger body is not worth being copied behind its head.
MOST_BYTES = 64 * 1024

_END = b"\r\n"
_CLOSE = b"connection: close\r\n"
#: Heads with these are uvicorn's to write.
_NOT_PLAIN = frozenset({b"transfer-encoding", b"connection"})


class WholeAnswer(RequestResponseCycle):
    """Holds an answer's head back until the first of its body is there.

    Where that never comes, nothing was sent yet and the answer can still become an error.
    """

    _held: Any = None

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start" and not self.response_started:
            self._held = message
            return
        head, self._held = self._held, None
        if head is not None:
            if self._write_whole(head, message):
                return
            await super().send(head)
        await super().send(message)

    def _write_whole(self, head: Any, message: Any) -> bool:
        """Whether this was the whole answer and is written."""
        body: bytes = message.get("body", b"")
        if message.get("more_body") or len(body) > MOST_BYTES or self.scope["method"] == "HEAD":
            return False
        if self.flow.write_paused or self.disconnected or self.access_log:
            return False
        lines = [STATUS_LINE[head["status"]]]
        size = b""
        for name, value in chain(self.default_headers, head["headers"]):
            if name == b"content-length":
                size = value
            elif name in _NOT_PLAIN:
                return False
            lines.append(_known_line(name, value) if name != b"set-cookie" else _line(name, value))
        if size != b"%d" % len(body):
            return False
        if not self.keep_alive:
            lines.append(_CLOSE)
        lines += (_END, body)
        self._written(b"".join(lines))
        return True

    def _written(self, answer: bytes) -> None:
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.transport.write(answer)
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


def _line(name: bytes, value: bytes) -> bytes:
    """A line of a head. Raises `RuntimeError`, as uvicorn does, where it would be more than one."""
    if HEADER_RE.search(name):
        raise RuntimeError("Invalid HTTP header name.")
    if HEADER_VALUE_RE.search(value):
        raise RuntimeError("Invalid HTTP header value.")
    return name.lower() + b": " + value + _END


#: Nearly all lines of all heads are the same ones; cookies are nobody's to remember.
_known_line = lru_cache(maxsize=512)(_line)


class WholeHttp(HttpToolsProtocol):
    """uvicorn's own protocol with these answers.

    It makes its cycles itself, of its own class; `limit_concurrency` and `root_path`, which Siger does not set, are
    left out here.
    """

    def on_headers_complete(self) -> None:
        parser, scope = self.parser, self.scope
        scope["method"] = parser.get_method().decode("ascii")
        version = parser.get_http_version()
        if version != "1.1":
            scope["http_version"] = version
        if parser.should_upgrade() and self._should_upgrade():
            return
        address = httptools.parse_url(self.url)
        path = address.path.decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = address.path
        scope["query_string"] = address.query or b""
        before = self.cycle
        self.cycle = WholeAnswer(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:  # asked before the last answer was there: it waits for its turn
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))
