"""The `/live` socket: greets a viewer, sends it frames until one side leaves. docs/live-protocol.md is its page.

A viewer says hello first, and may ask for a snapshot later; it sends nothing else. What arrives is bounded in size
and checked; whatever is not understood closes the socket with a reason.
"""

import asyncio
import logging

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from dashboard.access.desk import Access
from dashboard.access.doorkeeper import Admission
from dashboard.access.gate import LOG_IN_FIRST, origin_of
from dashboard.access.limits import Bucket
from dashboard.access.rights import Caller
from dashboard.framed import sender, writer
from dashboard.hub import Hub, Viewer

HELLO_WITHIN_S = 10.0
MOST_MESSAGE_CHARS = 1_000
BAD_MESSAGE = 1008
#: How soon a viewer whose rights changed notices.
RIGHTS_EVERY_S = 1.0
#: A snapshot is the most expensive thing that a viewer can ask for.
RESYNCS_AT_ONCE = 10
RESYNCS_PER_S = 0.2

log = logging.getLogger(__name__)


class Message(BaseModel):
    """What a viewer may say: where it wants to go on (`since`, `boot`), or that it wants a snapshot."""

    model_config = ConfigDict(extra="forbid")

    since: str | None = Field(None, max_length=60)
    boot: str | None = Field(None, max_length=60)
    resync: bool = False


class BadMessage(ValueError):
    """A viewer said something that is not in the protocol."""


class RightsEnded(Exception):
    """The viewer's session or token is no longer good for this."""


async def serve(socket: WebSocket, hub: Hub, access: Access, admission: Admission) -> None:
    """Serves one viewer until it leaves or its rights end."""
    await socket.accept()
    viewer = Viewer(writer(socket.scope))
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            hello = await _message(socket)
        looks = Looks(hub, access, origin_of(socket))
        await looks.note(admission.caller)
        hub.join(viewer, hello.since, hello.boot, scope=admission.caller.scope)
        async with asyncio.TaskGroup() as group:
            others = (
                group.create_task(_send(socket, viewer, hub)),
                group.create_task(_keep_rights(viewer, hub, access, admission, looks)),
            )
            await _listen(socket, viewer, hub)
            for task in others:
                task.cancel()
    except* (WebSocketDisconnect, TimeoutError, BadMessage, RightsEnded, RuntimeError) as gone:
        await _say_why(socket, gone.exceptions[0])
    finally:
        hub.leave(viewer)


class Looks:
    """What one open screen was shown of restricted reports: each is written to the audit, once for each screen."""

    def __init__(self, hub: Hub, access: Access, origin: str) -> None:
        self._hub, self._access, self._origin = hub, access, origin
        self._noted: set[str] = set()

    async def note(self, caller: Caller) -> None:
        """Writes down what the caller's view shows by now and was not written down yet."""
        fresh = self._hub.view(caller.scope).restricted - self._noted
        if await self._access.note_look_at_restricted(caller, fresh, "live", self._origin):
            self._noted |= fresh


async def _keep_rights(viewer: Viewer, hub: Hub, access: Access, admission: Admission, looks: Looks) -> None:
    """Looks every second whether the viewer may still see what it sees; other rights are another channel.

    What was pushed meanwhile and is restricted is written to the audit in the same round.
    """
    scope = admission.caller.scope
    while True:
        await asyncio.sleep(RIGHTS_EVERY_S)
        now = await access.doorkeeper.still(admission)
        if now is None or not now.caller.may("read"):
            raise RightsEnded("log in again")
        await looks.note(now.caller)
        if now.caller.scope != scope:
            scope = now.caller.scope
            hub.join(viewer, scope=scope)


async def _send(socket: WebSocket, viewer: Viewer, hub: Hub) -> None:
    send = sender(socket)
    while True:
        message = await viewer.take()
        if message is None:
            hub.resync(viewer)
        else:
            await send(message)


async def _listen(socket: WebSocket, viewer: Viewer, hub: Hub) -> None:
    patience = Bucket(RESYNCS_AT_ONCE, RESYNCS_PER_S)
    try:
        while True:
            message = await _message(socket)
            if message.resync:
                if patience.take(""):
                    raise BadMessage("too many resyncs; one in five seconds is enough")
                hub.resync(viewer)
    except WebSocketDisconnect:
        return


async def _message(socket: WebSocket) -> Message:
    text = await _text(socket)
    if len(text) > MOST_MESSAGE_CHARS:
        raise BadMessage(f"a message of {len(text)} characters; at most {MOST_MESSAGE_CHARS} are read")
    try:
        return Message.model_validate(orjson.loads(text))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise BadMessage("not a message of the live protocol; see docs/live-protocol.md") from error


async def _text(socket: WebSocket) -> str:
    event = await socket.receive()
    if event["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(event["code"])
    text = event.get("text")
    if not isinstance(text, str):
        raise BadMessage("a binary message; what a viewer says is text")
    return text


async def _say_why(socket: WebSocket, reason: BaseException) -> None:
    log.debug("live viewer left: %r", reason)
    if not isinstance(reason, BadMessage | TimeoutError | RightsEnded):
        return
    text = str(reason) or "no hello within 10 seconds"
    try:
        await socket.close(LOG_IN_FIRST if isinstance(reason, RightsEnded) else BAD_MESSAGE, text)
    except (RuntimeError, WebSocketDisconnect) as error:
        log.debug("live viewer was gone already: %r", error)
