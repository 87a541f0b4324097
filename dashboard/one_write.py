"""An answer's head and body in one write to the network.

uvicorn writes the head as soon as it is known and the body behind it: two calls of the system, two packets, and a
client that wakes up for half an answer. Of a small answer that is a good part of the whole price.
"""

import asyncio

_CONTINUE = b"HTTP/1.1 100"


class OneWrite(asyncio.Transport):
    """Stands before the transport for one answer: holds its head back until the first of its body is there.

    Not for the answer to a HEAD, which has no body to wait for.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head = b""
        self._is_through = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._is_through or data[: len(_CONTINUE)] == _CONTINUE:
            self._transport.write(data)
        elif not self._head:
            self._head = bytes(data)
        else:
            self._is_through = True
            self._transport.write(self._head + data)

    def close(self) -> None:
        if self._head and not self._is_through:
            self._transport.write(self._head)
        self._transport.close()

    def is_closing(self) -> bool:
        return self._transport.is_closing()
