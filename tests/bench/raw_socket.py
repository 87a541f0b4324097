"""The least of a WebSocket client (RFC 6455) that can hold hundreds of viewers in one process.

Whole binary or text messages are handed on as they came; a stalled viewer is one that stops reading.
"""

import asyncio
import base64
import os
import socket
from collections.abc import Callable, Mapping
from typing import cast
from urllib.parse import urlsplit

#: What the system may hold for a viewer that does not read.
STALLED_BYTES = 8_192

_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10

OnMessage = Callable[[bytes], None]


class Refused(ConnectionError):
    """The server did not open the socket; the text is its status line."""


class RawSocket(asyncio.Protocol):
    """One connection. `closed` ends with the close code (1006: without a closing handshake)."""

    def __init__(self, request: bytes, on_message: OnMessage) -> None:
        loop = asyncio.get_running_loop()
        self.open: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[int] = loop.create_future()
        self.received_bytes = 0
        self._request = request
        self._on_message = on_message
        self._buffer = bytearray()
        self._code = 1006

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self.received_bytes += len(data)
        self._buffer += data
        if not self.open.done() and not self._greeted():
            return
        at, buffer = 0, self._buffer
        while (end := _message_end(buffer, at)) is not None:
            start = at + _header_size(buffer[at + 1] & 0x7F)
            self._take(buffer[at] & 0x0F, bytes(memoryview(buffer)[start:end]))
            at = end
        if at:
            del buffer[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(Refused("the connection ended before the handshake"))
        if not self.closed.done():
            self.closed.set_result(self._code)

    def send_text(self, text: str) -> None:
        self._send(_TEXT, text.encode())

    def stall(self) -> None:
        """Reads nothing more until `go_on`; the system holds little for it meanwhile, as on a thin line."""
        self.transport.pause_reading()
        system = self.transport.get_extra_info("socket")
        system.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BYTES)

    def go_on(self) -> None:
        self.transport.resume_reading()

    def drop(self) -> None:
        """Ends the connection without a word, as a lost network does."""
        self.transport.abort()

    def _greeted(self) -> bool:
        head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not found:
            return False
        if not head.startswith(b"HTTP/1.1 101"):
            self.open.set_exception(Refused(head.split(b"\r\n")[0].decode("latin-1")))
            self.transport.abort()
            return False
        self._buffer = bytearray(rest)
        self.open.set_result(None)
        return True

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            self._code = int.from_bytes(payload[:2], "big") if payload else 1005
            self._send(_CLOSE, payload[:2])
            self.transport.close()
        elif opcode != _PONG:
            self._on_message(payload)

    def _send(self, opcode: int, payload: bytes) -> None:
        # What a client sends is masked; with zeros it may stay as it is.
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + size.to_bytes(2, "big")
        self.transport.write(bytes([0x80 | opcode]) + length + bytes(4) + payload)


async def connect(url: str, on_message: OnMessage, headers: Mapping[str, str] = {}) -> RawSocket:
    """Opens a socket. Raises `Refused` or `OSError`."""
    address = urlsplit(url)
    lines = [
        f"GET {address.path} HTTP/1.1",
        f"Host: {address.netloc}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    host, port = address.hostname, address.port
    assert host is not None, url
    assert port is not None, url
    loop = asyncio.get_running_loop()
    _, opened = await loop.create_connection(lambda: RawSocket(request, on_message), host, port)
    await opened.open
    return opened


def _header_size(length: int) -> int:
    return {126: 4, 127: 10}.get(length, 2)


def _message_end(buffer: bytearray, at: int) -> int | None:
    """Where the message that starts at `at` ends; None while it is not there whole."""
    if len(buffer) < at + 2:
        return None
    length = buffer[at + 1] & 0x7F
    size = _header_size(length)
    if len(buffer) < at + size:
        return None
    if size > 2:
        length = int.from_bytes(buffer[at + 2 : at + size], "big")
    end = at + size + length
    return end if len(buffer) >= end else None
