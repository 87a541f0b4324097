"""What passes over one connection to the log server: questions in one write, answers as they come.

redis-py connects: it knows addresses, passwords and certificates. Then its connection's transport is ours. Its own
streams, tasks and time limits cost a single append nearly as much as the server takes for it.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import hiredis
from redis import exceptions

_NOT_YET = object()

#: Makes an exception of the text of an error that the server answers.
AsError = Callable[[str], Exception]


class Wire(asyncio.Protocol):
    """One question at a time. What comes without a question is the end: the server says goodbye so."""

    def __init__(self, writer: asyncio.StreamWriter, as_error: AsError) -> None:
        self._writer = writer  # kept: it would close its transport when nobody knows it any more
        self._transport = cast(asyncio.Transport, writer.transport)
        self._reader = hiredis.Reader(
            protocolError=exceptions.InvalidResponse, replyError=as_error, notEnoughData=_NOT_YET
        )
        self._replies: list[Any] = []
        self._n_wanted = 0
        self._answered: asyncio.Future[None] | None = None
        self._ended = ""
        self._transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        return not self._ended and not self._transport.is_closing()

    async def ask(self, question: bytes, n_replies: int) -> list[Any]:
        """So many replies to what is sent; the server's refusals are among them, as exceptions.

        Raises `ConnectionError` of redis-py when the connection ends. Whoever stops waiting ends it: what is still
        on its way must not be taken for the answer to the next question.
        """
        self._replies, self._n_wanted = [], n_replies
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(question)
        try:
            await self._answered
        except BaseException:
            self.close()
            raise
        finally:
            self._answered = None
        return self._replies

    def close(self) -> None:
        self._end("it was given up")
        self._transport.abort()

    async def wait_closed(self) -> None:
        """It is closed when `close` returns; for redis-py, which closes what it has made."""

    def data_received(self, data: bytes) -> None:
        try:
            self._read(data)
        except exceptions.RedisError as error:
            self._end(str(error))
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(str(error) if error else "it hung up")

    def _read(self, data: bytes) -> None:
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not _NOT_YET:
            if isinstance(reply, hiredis.PushNotification):
                continue
            if self._answered is None or isinstance(reply, exceptions.ConnectionError):
                self._end(str(reply))
                return
            self._replies.append(reply)
        if self._answered is not None and len(self._replies) >= self._n_wanted and not self._answered.done():
            self._answered.set_result(None)

    def _end(self, reason: str) -> None:
        self._ended = self._ended or reason
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exceptions.ConnectionError(f"the connection ended: {reason}"))
