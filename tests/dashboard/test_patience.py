"""Slow, rude and too many clients of a real web server: given up in time, bounded, and nobody else notices."""

import asyncio
import contextlib
import importlib
import resource
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import uvicorn

from dashboard import patience
from dashboard.cli.serve import _Server
from dashboard.doorway import DeviceHttp
from dashboard.patience import Crowd, most_connections, patient

MOST = 20
#: What a client meets when the other side has hung up; uvloop says it in its own way.
HUNG_UP = (ConnectionError, RuntimeError)
GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
LARGE = 40_000_000  # more than the system takes off the server's hands


async def answer(scope: Any, receive: Any, send: Any) -> None:
    """Reads the whole body and says how long it was; `/lazy` answers without reading it, `/large` at length."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/large":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % LARGE)]})
        await send({"type": "http.response.body", "body": bytes(LARGE)})
        return
    size = 0
    while scope["path"] != "/lazy":
        message = await receive()
        size += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            break
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
    await send({"type": "http.response.body", "body": b"%8d" % size})


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[int, Crowd]]:
    monkeypatch.setattr(patience, "HEAD_WITHIN_S", 0.4)
    monkeypatch.setattr(patience, "BODY_WITHIN_S", 0.4)
    monkeypatch.setattr(patience, "ANSWER_LOOK_S", 0.4)
    monkeypatch.setattr(patience, "YIELDS_AFTER_S", 0.2)
    monkeypatch.setattr(importlib.import_module("dashboard.cli.serve"), "LOOK_EVERY_TICKS", 1)
    crowd = Crowd(MOST)
    config = uvicorn.Config(
        answer, port=0, http=patient(crowd, DeviceHttp), lifespan="off", log_level="critical", timeout_keep_alive=2
    )
    running = _Server(config)
    serving = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    yield running.servers[0].sockets[0].getsockname()[1], crowd
    running.should_exit = True
    await serving


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)


async def say(port: int, *words: bytes, pause_s: float = 0.0) -> bytes:
    """Says the words and hears until the other side hangs up or a whole answer has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for word in words:
            writer.write(word)
            await writer.drain()
            await asyncio.sleep(pause_s)
        async with asyncio.timeout(5):
            heard = await reader.read(4096)
            while heard and b"\r\n\r\n" not in heard:
                heard += await reader.read(4096)
        return heard
    except HUNG_UP:
        return b""
    finally:
        await hang_up(writer)


async def hang_up(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(*HUNG_UP):
        writer.close()
        await writer.wait_closed()


async def test_who_says_nothing_or_a_head_without_end_is_given_up(server: tuple[int, Crowd]) -> None:
    port, crowd = server
    assert await say(port) == b""
    assert await say(port, b"GET / HTTP/1.1\r\nhost: x\r\n") == b""
    dripped = [b"x-%d: y\r\n" % n for n in range(40)]
    assert await say(port, b"GET / HTTP/1.1\r\n", *dripped, pause_s=0.05) == b""
    assert crowd.silent == {}
    assert (await say(port, GET)).startswith(b"HTTP/1.1 200")


async def test_a_body_that_does_not_come_is_given_up_also_behind_an_answer(server: tuple[int, Crowd]) -> None:
    port, _ = server
    head = b"POST /%b HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n"
    assert await say(port, head % b"", b"begun") == b""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head % b"lazy")
    assert (await reader.read(4096)).startswith(b"HTTP/1.1 200")
    async with asyncio.timeout(4):
        with contextlib.suppress(*HUNG_UP):
            # A byte now and then does not make it quicker. Hung up with bytes unread, it is no end but an error.
            while not (reader.at_eof() or reader.exception() or writer.is_closing()):
                writer.write(b"x")
                await asyncio.sleep(0.05)
    await hang_up(writer)


async def test_a_slow_but_steady_body_is_waited_for(server: tuple[int, Crowd]) -> None:
    port, _ = server
    parts = [b"x" * 4000 for _ in range(10)]
    heard = await say(port, b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 40000\r\n\r\n", *parts, pause_s=0.08)
    assert b"   40000" in heard


async def large_answer(port: int, *, reads_for_s: float = 0, rests_s: float = 0) -> int:
    """How much of one is heard by who reads without a hurry, then not at all, and then what is left."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(GET.replace(b"/", b"/large", 1))
    heard, loop = 0, asyncio.get_running_loop()
    end = loop.time() + reads_for_s
    while loop.time() < end:
        heard += len(await reader.read(1_000_000))
        await asyncio.sleep(0.05)
    await asyncio.sleep(rests_s)
    with contextlib.suppress(*HUNG_UP):
        while part := await reader.read(1_000_000):
            heard += len(part)
            if heard >= LARGE:
                break
    await hang_up(writer)
    return heard


async def test_who_takes_nothing_of_an_answer_is_given_up_and_who_is_slow_is_not(server: tuple[int, Crowd]) -> None:
    port, _ = server
    idle, slow = await asyncio.gather(large_answer(port, rests_s=1.5), large_answer(port, reads_for_s=1.5))
    assert idle < LARGE
    assert slow >= LARGE


async def test_a_head_that_is_too_large_is_refused(server: tuple[int, Crowd]) -> None:
    port, _ = server
    heard = await say(port, b"GET / HTTP/1.1\r\nx: ", *[b"y" * 6_000] * 4, pause_s=0.02)
    assert heard.startswith(b"HTTP/1.1 400")


async def test_more_connections_than_are_held_are_refused_and_silent_ones_give_way(
    server: tuple[int, Crowd],
) -> None:
    port, crowd = server
    silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST)]
    await until(lambda: len(crowd.silent) == MOST)
    refused = await say(port, GET)
    assert refused.startswith(b"HTTP/1.1 503"), "all came a moment ago"
    assert b"Too many connections" in refused
    assert crowd.refused == 1
    await asyncio.sleep(0.25)
    assert (await say(port, GET)).startswith(b"HTTP/1.1 200"), "the oldest silent one gave its place"
    for _, writer in silent:
        await hang_up(writer)
    await until(lambda: not crowd.silent)


async def test_who_asks_for_the_head_alone_is_not_kept_waiting_for_a_body(server: tuple[int, Crowd]) -> None:
    head = await say(server[0], b"HEAD /lazy HTTP/1.1\r\nhost: x\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert head.endswith(b"\r\n\r\n")


def test_no_more_are_held_than_the_system_gives_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        assert most_connections(300) == (300 if hard >= 500 or hard < 0 else hard - patience.SPARE_FILES)
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(500, hard if hard > 0 else 500)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
