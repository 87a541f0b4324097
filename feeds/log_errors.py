"""What can go wrong with the log, in words for people; translates what redis-py raises. Never swallows anything.

LogError
├── LogUnavailable    gone, loading, stopped, too slow: try again later (`unsure`: it may have been stored)
└── LogFull           no memory or no disk left: refused, nothing was stored
"""

from collections.abc import Awaitable
from typing import Any, Final

from redis import exceptions


class LogError(Exception):
    """The log did not do what was asked; the text says why and what to do."""


class LogUnavailable(LogError):
    """The log does not answer. With `unsure` the event may have been stored: send it again under the same key."""

    def __init__(self, reason: str, *, unsure: bool = False) -> None:
        super().__init__(f"{reason}; it may or may not be stored, send it again" if unsure else reason)
        self.unsure = unsure


class LogFull(LogError):
    """The log has no room. Nothing was stored; events are taken again as soon as there is room."""


#: What a Redis or Valkey answers, by the first word of its error, when it stands but cannot serve just now.
_NOT_NOW: Final = {
    "LOADING": "the log server is still reading its file",
    "READONLY": "the log server is a read-only replica; is a fail-over under way?",
    "MASTERDOWN": "the log server is a replica that has lost its primary",
    "NOREPLICAS": "the log server has too few replicas to take writes",
    "CLUSTERDOWN": "the log's cluster is down",
    "TRYAGAIN": "the log's cluster is moving its data",
    "MOVED": "the log has moved to another node of its cluster",
    "BUSY": "the log server is busy with a script",
    "NOAUTH": "the log server asks for a password",
    "WRONGPASS": "the log server refuses the password",
    "NOPERM": "the log server's user may not do this",
    "NOTOURS": "another process has taken this work over; nothing was stored",
}


def translate(error: Exception, *, unsure: bool = False) -> LogError:
    """A redis-py error as ours. `unsure`: the command had been sent, and its answer is what was lost."""
    text = str(error)
    code = getattr(error, "status_code", None) or text.partition(" ")[0]
    if code == "OOM":
        return LogFull("the log server's memory is full (maxmemory): refused, nothing was stored")
    if code == "MISCONF":
        return LogFull("the log server cannot write to its disk: refused, nothing was stored")
    if code in _NOT_NOW:
        return LogUnavailable(f"{_NOT_NOW[code]} ({text})")
    if isinstance(error, exceptions.TimeoutError):
        return LogUnavailable(f"the log server does not answer ({text})", unsure=unsure)
    if isinstance(error, exceptions.ConnectionError | OSError):
        return LogUnavailable(f"the log server cannot be reached ({text})", unsure=unsure)
    return LogError(f"the log server refused: {text}")


async def told(answer: Awaitable[Any]) -> Any:
    """What redis-py answers, its errors translated; for commands whose repetition does no harm."""
    try:
        return await answer
    except (exceptions.RedisError, OSError) as error:
        raise translate(error) from error
