"""The line to the log server: what it says is answered in order, and nothing is taken for another's answer."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis import exceptions
from redis.asyncio import ConnectionPool, Redis

from feeds.embedded import EmbeddedServer
from feeds.log_line import Command, Line


@pytest.fixture(params=[2, 3], ids=["RESP2", "RESP3"])
async def pool(request: pytest.FixtureRequest, shared_server: EmbeddedServer) -> AsyncIterator[ConnectionPool]:
    """A pool of connections as redis-py makes them."""
    pool = ConnectionPool.from_url(shared_server.url, protocol=request.param, socket_timeout=0.5)
    yield pool
    await pool.disconnect()


@pytest.fixture
async def line(pool: ConnectionPool) -> AsyncIterator[Line]:
    line = Line(pool)
    await line.ready()
    yield line
    await line.close()


async def test_answers_come_in_the_order_of_their_questions_refusals_among_them(line: Line) -> None:
    asked: list[Command] = [["ECHO", "a"], ["NO-SUCH"], ["EVALSHA", "0" * 40, 0], ["ECHO", b"\xff" * 300_000]]
    first, unknown, forgotten, last = await line.exchange(asked)
    assert (first, last) == (b"a", b"\xff" * 300_000)
    assert isinstance(unknown, exceptions.ResponseError)
    assert isinstance(forgotten, exceptions.NoScriptError)


async def test_who_waits_too_long_does_not_hear_the_answer_to_the_next_question(line: Line) -> None:
    with pytest.raises(exceptions.TimeoutError, match=r"0\.5 s"):
        await line.exchange([["BLPOP", "nothing-there", 1]])
    await line.ready()
    assert await line.exchange([["ECHO", "b"]]) == [b"b"]


async def test_who_is_cancelled_leaves_a_line_that_connects_anew(line: Line) -> None:
    asking = asyncio.create_task(line.exchange([["BLPOP", "nothing-there", 1]]))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await line.ready()
    assert await line.exchange([["ECHO", "c"]]) == [b"c"]


async def test_a_connection_that_the_server_ends_is_noticed_before_the_next_question(
    line: Line, pool: ConnectionPool
) -> None:
    [own] = await line.exchange([["CLIENT", "ID"]])
    other = Redis(connection_pool=pool)
    await other.client_kill_filter(_id=own)
    await asyncio.sleep(0.05)
    await line.ready()
    assert await line.exchange([["ECHO", "d"]]) == [b"d"]


async def test_an_end_in_the_middle_is_an_error_of_the_connection(line: Line, pool: ConnectionPool) -> None:
    [own] = await line.exchange([["CLIENT", "ID"]])
    asking = asyncio.create_task(line.exchange([["BLPOP", "nothing-there", 1]]))
    await asyncio.sleep(0.05)
    await Redis(connection_pool=pool).client_kill_filter(_id=own)
    with pytest.raises(exceptions.ConnectionError):
        await asking


async def test_what_nobody_asked_for_ends_the_line_but_not_what_is_pushed(line: Line, pool: ConnectionPool) -> None:
    [own] = await line.exchange([["CLIENT", "ID"]])
    if pool.connection_kwargs["protocol"] == 3:
        await line.exchange([["CLIENT", "TRACKING", "ON", "BCAST"]])
        await Redis(connection_pool=pool).set("watched", 1)
        await asyncio.sleep(0.05)
        assert await line.exchange([["CLIENT", "ID"]]) == [own]
    else:
        await line.exchange([["SUBSCRIBE", "news"]])
        await Redis(connection_pool=pool).publish("news", "unasked")
        await asyncio.sleep(0.05)
        await line.ready()
        assert await line.exchange([["CLIENT", "ID"]]) != [own]


async def test_what_is_no_answer_at_all_ends_the_line() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(b"?what\r\n" if b"PING" in data else b"+OK\r\n" * data.count(b"SETINFO"))
        writer.close()

    async with await asyncio.start_server(nonsense, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        pool = ConnectionPool.from_url(f"redis://127.0.0.1:{port}", socket_timeout=0.5, protocol=2)
        line = Line(pool)
        await line.ready()
        with pytest.raises(exceptions.ConnectionError, match="got"):
            await line.exchange([["PING"]])
        await line.close()
        await pool.disconnect()


async def test_a_pool_that_is_closed_ends_the_lines_that_are_still_out(pool: ConnectionPool) -> None:
    line = Line(pool)
    await line.ready()
    await pool.disconnect()
    await line.ready()
    assert await line.exchange([["ECHO", "e"]]) == [b"e"]
    await line.close()
