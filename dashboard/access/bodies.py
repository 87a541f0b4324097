"""Reading a request's body at the gate: bounded, and handed on as if nobody had looked."""

from starlette.types import Message, Receive


class BodyTooLarge(Exception):
    """More bytes than this door takes."""


async def replayed(receive: Receive, most: int) -> tuple[bytes, Receive]:
    """The whole body, and a `receive` that gives it again. Raises `BodyTooLarge`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body), receive
        body += message.get("body", b"")
        if len(body) > most:
            raise BodyTooLarge(f"at most {most // 1024} KiB a request")
        if not message.get("more_body", False):
            break
    waiting: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return bytes(body), again
