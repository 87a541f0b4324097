"""Whether what was written is on the server's disk, as far as that server can say."""

import logging
from collections.abc import Sequence
from typing import Any

from redis import exceptions

from feeds.log_errors import LogError, LogUnavailable, translate
from feeds.log_line import Command, Line

logger = logging.getLogger(__name__)


class Disk:
    """Asks the server to confirm that what was written is on disk, and says once what is lost where it cannot."""

    def __init__(self, patience_ms: int) -> None:
        self._question: Command = ["WAITAOF", 1, 0, patience_ms]
        self._patience_ms = patience_ms
        self._can_confirm = True
        self.lost: str | None = None

    def questions(self) -> list[Command]:
        """What to ask behind the writes, on the same line."""
        return [self._question] if self._can_confirm else []

    async def judge(self, line: Line, replies: Sequence[Any]) -> LogError | None:
        """None when the writes hold as well as this server can hold them."""
        for reply in replies:
            if isinstance(reply, exceptions.ResponseError):
                return await self._cannot(line, reply)
            if int(reply[0]) < 1:
                return LogUnavailable(
                    f"the log's disk was not confirmed within {self._patience_ms} ms", unsure=True
                )
        return None

    async def _cannot(self, line: Line, refusal: exceptions.ResponseError) -> LogError | None:
        if "unknown command" in str(refusal):
            self._can_confirm = False
            self._say(await _lost_without_waitaof(line))
        elif "appendonly is disabled" in str(refusal):
            self._can_confirm = False
            self._say("it writes nothing to disk ('appendonly no'): when it ends, all since its last save is lost")
        else:
            return translate(refusal, unsure=True)
        return None

    def _say(self, lost: str | None) -> None:
        self.lost = lost
        if lost is None:
            logger.info(
                "the log server has no WAITAOF, but its 'appendfsync always' holds every answer until it is on disk"
            )
        else:
            logger.warning("the log server cannot confirm its disk: %s", lost)


async def _lost_without_waitaof(line: Line) -> str | None:
    [reply] = await line.exchange([["CONFIG", "GET", "append*"]])
    config = _mapping(reply)
    if config.get("appendonly") == "no":
        return "it writes nothing to disk ('appendonly no'): when it ends, all since its last save is lost"
    if config.get("appendfsync") == "always":
        return None
    return (
        "it has no WAITAOF (older than 7.2) and its 'appendfsync' is not 'always': "
        "a power cut loses up to two seconds of acknowledged events"
    )


def _mapping(reply: Any) -> dict[str, str]:
    """A map as the server says it: a dict in RESP3, a flat list in RESP2, a refusal where CONFIG is forbidden."""
    if isinstance(reply, dict):
        return {key.decode(): value.decode() for key, value in reply.items()}
    if isinstance(reply, list):
        words = [word.decode() for word in reply]
        return dict(zip(words[::2], words[1::2], strict=True))
    return {}
