"""Connections to the log server that lose no cancellation.

redis-py gives each write its patience by `asyncio.wait_for`, which before Python 3.12 swallows a cancellation that
comes in the moment of its end (cpython issue 86296): the task would go on for ever, with a lease that it lost, or
in a Siger that is being stopped. `asyncio.timeout` does not, and needs no task for each write.
"""

import asyncio
from collections.abc import Iterable
from typing import cast

from redis import exceptions
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection

from feeds.log_wire import Wire


class _Cancellable(AbstractConnection):
    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
        patience_s, self.socket_timeout = self.socket_timeout, None
        try:
            async with asyncio.timeout(patience_s):
                await super().send_packed_command(command, check_health)
        except TimeoutError as error:
            raise exceptions.TimeoutError("Timeout writing to socket") from error
        finally:
            self.socket_timeout = patience_s


def pool_at(url: str, **how: object) -> ConnectionPool:
    """A pool of such connections at a redis-py URL; `how` as its own `from_url` takes it."""
    pool = ConnectionPool.from_url(url, **how)
    kind = pool.connection_class
    pool.connection_class = type(kind.__name__, (_Cancellable, kind), {})
    return pool


def is_address(url: str) -> bool:
    """Whether a log server can be looked for at a URL."""
    try:
        ConnectionPool.from_url(url)  # connects to nothing yet
    except ValueError:
        return False
    return True


def take_over(connection: AbstractConnection) -> Wire:
    """Takes the transport of a connection that redis-py has made; `connection.disconnect` still ends it.

    There is no public way to it; `tests/feeds/test_log_wire.py` fails when a new redis-py keeps it elsewhere.
    """
    writer, parser = connection._writer, connection._parser
    assert writer is not None, "connected"
    wire = Wire(writer, parser.parse_error)
    connection._writer = cast(asyncio.StreamWriter, wire)  # of which redis-py asks no more than to close
    return wire
