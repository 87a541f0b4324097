"""A line to the log server: one connection that is kept, and one question on it at a time.

It leaves out what redis-py does for each command besides sending it (streams, a task and a timer for each write, a
timer for each answer, the pool's books): that costs a single append more than its way to the server and back. The
patience is for a whole question with all its answers. Nothing is ever sent twice by itself.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from hiredis import pack_command
from redis import exceptions
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection

from feeds.log_connection import take_over
from feeds.log_wire import Wire

Command = Sequence[str | bytes | int]


class Line:
    """One connection of a pool. Whoever holds the line asks one thing after another, each time `ready`."""

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool
        self._connection: AbstractConnection | None = None
        self._wire: Wire | None = None
        self._patience_s: float | None = pool.connection_kwargs.get("socket_timeout")

    async def ready(self) -> None:
        """Connects where that is needed. Raises `RedisError` or `OSError`: nothing was sent."""
        if self._wire is None or not self._wire.is_open:
            await self.close()
            self._connection = await self._pool.get_connection()  # type: ignore[no-untyped-call]
            self._wire = take_over(self._connection)

    async def exchange(self, commands: Sequence[Command]) -> list[Any]:
        """Sends all commands in one write; the replies in order, the server's refusals among them.

        Raises `RedisError` or `OSError` when an answer is lost: then it may have been carried out.
        """
        assert self._wire is not None, "a line is made ready first"
        # Its stub says one word; it takes as many as there are.
        question = b"".join([pack_command(tuple(command)) for command in commands])  # type: ignore[arg-type]
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._wire.ask(question, len(commands))
        except TimeoutError as error:
            raise exceptions.TimeoutError(f"no answer within {self._patience_s:g} s") from error

    async def close(self) -> None:
        """Hangs up, and gives the connection back to connect anew."""
        connection, self._connection, self._wire = self._connection, None, None
        if connection is not None:
            await connection.disconnect(nowait=True)
            await self._pool.release(connection)
