"""A line to the log server: one connection that is kept, and one question on it at a time.

It leaves out what redis-py does for each command besides sending it (a task and a timer for each write, a timer for
each answer, the pool's books): that costs a single append more than its way to the server and back. The patience is
for a whole question with all its answers. Nothing is ever sent twice by itself.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from hiredis import pack_command
from redis import exceptions
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection

Command = Sequence[str | bytes | int]


class Line:
    """One connection of a pool. Whoever holds the line asks one thing after another, each time `ready`."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._connection: AbstractConnection | None = None
        self._patience_s: float | None = None

    async def ready(self) -> None:
        """Connects where that is needed. Raises `RedisError` or `OSError`: nothing was sent."""
        connection = self._connection
        # What there is to read before anything was asked is the end: the server hung up.
        if connection is None or not connection.is_connected or await connection.can_read():
            await self.close()
            connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
            self._patience_s, connection.socket_timeout = connection.socket_timeout, None
            self._connection = connection

    async def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Sends all commands in one write; the replies in order, the server's refusals among them.

        Raises `RedisError` or `OSError` when an answer is lost: then it may have been carried out.
        """
        assert self._connection is not None, "a line is made ready first"
        try:
            async with asyncio.timeout(self._patience_s):
                return await _exchange(self._connection, commands)
        except TimeoutError as error:
            raise exceptions.TimeoutError(f"no answer within {self._patience_s:g} s") from error

    async def close(self) -> None:
        """Gives the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.socket_timeout = self._patience_s
            await self._pool.release(connection)


async def _exchange(connection: AbstractConnection, commands: Sequence[Command]) -> list[Any]:
    # Its stub says one word; it takes as many as there are.
    packed = [pack_command(tuple(command)) for command in commands]  # type: ignore[arg-type]
    await connection.send_packed_command(packed)
    replies: list[Any] = []
    for _ in commands:
        try:
            replies.append(await connection.read_response())
        except exceptions.ResponseError as refusal:
            replies.append(refusal)
    return replies
