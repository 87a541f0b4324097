"""Who may come in at all. Under `siger demo` that is this machine alone; under `siger serve` nobody without log in.

Log in and rights come with the access floor; until then `siger serve` answers health checks and refuses the rest,
rather than showing the picture to whoever asks.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api.problems import document
from dashboard.settings import Mode

#: Answered to anybody: whether the process lives and is ready says nothing about the picture.
OPEN = frozenset({"/healthz", "/readyz"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "testclient"})


class Gate:
    """ASGI middleware that lets a request or socket through, or answers 401."""

    def __init__(self, app: ASGIApp, mode: Mode) -> None:
        self.app = app
        self.mode = mode

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope.get("path") in OPEN or self._may(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4401, "reason": "log in first"})
        else:
            refusal = document(401, "Log in first", "Siger shows nothing without log in")
            await refusal(scope, receive, send)

    def _may(self, scope: Scope) -> bool:
        client = scope.get("client")
        return self.mode == "demo" and client is not None and client[0] in LOOPBACK
