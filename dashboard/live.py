"""The `/live` socket: greets a viewer, sends it frames until one side leaves. docs/live-protocol.md is its page.

A viewer says hello first, and may ask for a snapshot later; it sends nothing else. What arrives is bounded in size
and checked; whatever is not understood closes the socket with a reason.
"""

import asyncio
import logging

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.hub import Hub, Viewer

HELLO_WITHIN_S = 10.0
MOST_MESSAGE_CHARS = 1_000
BAD_MESSAGE = 1008

log = logging.getLogger(__name__)


class Message(BaseModel):
    """What a viewer may say: where it wants to go on (`since`, `boot`), or that it wants a snapshot."""

    model_config = ConfigDict(extra="forbid")

    since: str | None = Field(None, max_length=60)
    boot: str | None = Field(None, max_length=60)
    resync: bool = False


class BadMessage(ValueError):
    """A viewer said something that is not in the protocol."""


async def serve(socket: WebSocket, hub: Hub) -> None:
    """Serves one viewer until it leaves."""
    await socket.accept()
    viewer = Viewer()
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            hello = await _message(socket)
        hub.join(viewer, hello.since, hello.boot)
        async with asyncio.TaskGroup() as group:
            sender = group.create_task(_send(socket, viewer, hub))
            await _listen(socket, viewer, hub)
            sender.cancel()
    except* (WebSocketDisconnect, TimeoutError, BadMessage, RuntimeError) as gone:
        await _say_why(socket, gone.exceptions[0])
    finally:
        hub.leave(viewer)


async def _send(socket: WebSocket, viewer: Viewer, hub: Hub) -> None:
    while True:
        data = await viewer.take()
        if data is None:
            hub.resync(viewer)
        else:
            await socket.send_bytes(data)


async def _listen(socket: WebSocket, viewer: Viewer, hub: Hub) -> None:
    try:
        while True:
            message = await _message(socket)
            if message.resync:
                hub.resync(viewer)
    except WebSocketDisconnect:
        return


async def _message(socket: WebSocket) -> Message:
    text = await socket.receive_text()
    if len(text) > MOST_MESSAGE_CHARS:
        raise BadMessage(f"a message of {len(text)} characters; at most {MOST_MESSAGE_CHARS} are read")
    try:
        return Message.model_validate(orjson.loads(text))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise BadMessage("not a message of the live protocol; see docs/live-protocol.md") from error


async def _say_why(socket: WebSocket, reason: BaseException) -> None:
    log.debug("live viewer left: %r", reason)
    if not isinstance(reason, BadMessage | TimeoutError):
        return
    text = str(reason) or "no hello within 10 seconds"
    try:
        await socket.close(BAD_MESSAGE, text)
    except (RuntimeError, WebSocketDisconnect) as error:
        log.debug("live viewer was gone already: %r", error)
