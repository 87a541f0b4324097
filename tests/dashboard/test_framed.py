"""Frames that go straight to the network: the right bytes, in the right order, and never past a full buffer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from dashboard.framed import LiveSocket, framed, unframed, writer


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 300_000])
def test_a_message_is_what_a_client_reads(size: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    client = ClientProtocol(parse_uri("ws://siger/live"), state=OPEN)
    client.receive_data(framed(data))
    (event,) = client.events_received()
    assert isinstance(event, Frame)
    assert (event.fin, bytes(event.data)) == (True, data)
    assert unframed(framed(data)) == data


@asynccontextmanager
async def client_of(app: ASGIApp) -> AsyncIterator[ClientConnection]:
    """A client of `app` on a server of its own."""
    config = uvicorn.Config(
        app, port=0, ws=LiveSocket, ws_per_message_deflate=False, lifespan="off", log_level="warning"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with connect(f"ws://127.0.0.1:{port}/", max_size=None) as client:
            yield client
    finally:
        server.should_exit = True
        await serving


async def test_straight_messages_and_ordinary_ones_arrive_in_order() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        write = writer(scope)
        assert write is not None
        assert not write(framed(b"too early"))
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "bytes": b"first"})
        assert write(framed(b"second"))
        await send({"type": "websocket.send", "bytes": b"third"})
        await send({"type": "websocket.close"})
        assert not write(framed(b"too late"))

    async with client_of(app) as client:
        assert [message async for message in client] == [b"first", b"second", b"third"]


async def test_a_client_that_does_not_read_is_not_written_to_for_ever() -> None:
    written = asyncio.get_running_loop().create_future()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        write = writer(scope)
        assert write is not None
        await receive()
        await send({"type": "websocket.accept"})
        messages = 0
        while messages < 1_000 and write(framed(bytes(1_000_000))):
            messages += 1
            await asyncio.sleep(0)
        written.set_result(messages)
        await receive()

    async with client_of(app) as client:
        client.transport.pause_reading()
        assert 1 <= await written < 100
        client.transport.abort()
