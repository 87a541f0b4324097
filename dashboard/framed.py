"""Live frames straight to the network: the WebSocket message around a frame is made once, not once a viewer.

What a server sends is not masked, so a message is the same bytes for all: a snapshot of megabytes is held once,
however many screens it is on its way to. `LiveSocket` is the web server's own protocol, which besides lets whoever
holds the socket send such bytes; all else goes its usual way. Under another server, or in a test, the extension is
not there and every frame goes that way.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

#: Takes a framed message, or answers False: the network takes no more for now, or the socket is about to end.
Write = Callable[[bytes], bool]
SendMessage = Callable[[bytes], Awaitable[None]]

EXTENSION: Final = "siger.framed"
_BINARY = b"\x82"


class LiveSocket(WebSocketsSansIOProtocol):
    """The web server's own protocol, which also takes messages that are framed already."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][EXTENSION] = {"write": self.write_framed, "send": self.send_framed}

    def write_framed(self, message: bytes) -> bool:
        is_open = self.handshake_complete and not (self.close_sent or self.disconnected)
        if not is_open or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(message)
        return True

    async def send_framed(self, message: bytes) -> None:
        """Sends once the network takes more. Raises `WebSocketDisconnect` when there is nobody any more."""
        await self.writable.wait()
        if not self.write_framed(message):
            raise WebSocketDisconnect(1006)


def framed(data: bytes) -> bytes:
    """A binary WebSocket message of one frame around `data` (RFC 6455, section 5.2)."""
    size = len(data)
    if size < 126:
        length = bytes([size])
    elif size < 1 << 16:
        length = b"\x7e" + size.to_bytes(2, "big")
    else:
        length = b"\x7f" + size.to_bytes(8, "big")
    return b"".join((_BINARY, length, data))


def unframed(message: bytes) -> bytes:
    """The data in a message that `framed` made."""
    return message[{126: 4, 127: 10}.get(message[1], 2) :]


def writer(scope: Scope) -> Write | None:
    """How to write framed messages to this socket; None where the server has no such way."""
    extension = scope.get("extensions", {}).get(EXTENSION)
    return extension["write"] if extension else None


def sender(socket: WebSocket) -> SendMessage:
    """How to send a framed message to this socket, waiting until it can take it."""
    extension = socket.scope.get("extensions", {}).get(EXTENSION)
    if extension:
        send: SendMessage = extension["send"]
        return send
    return lambda message: socket.send_bytes(unframed(message))
