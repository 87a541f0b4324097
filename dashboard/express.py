"""The express lane: the busiest ways in go from the gate straight to their endpoints.

What stands between them otherwise (Dash's middleware, the router with its hundred routes, the solving of
parameters) costs a report more than its checking and placing. The routes stay where they are for everything else:
a request with parameters in its address, the API's description, the table of rights. Behind the gate: what comes
here has been let in.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api.problems import ANSWERED, answer_to

Endpoint = Callable[[Request], Awaitable[Response]]


class Express:
    """ASGI middleware. `endpoints`: by the path to which they are posted."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Endpoint], smallest_to_compress: int) -> None:
        self.app = app
        self._endpoints = endpoints
        self._lane = GZipMiddleware(self._answer, minimum_size=smallest_to_compress, compresslevel=5)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_plain_post = scope["type"] == "http" and scope["method"] == "POST" and not scope["query_string"]
        if is_plain_post and scope["path"] in self._endpoints:
            await self._lane(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            response = await self._endpoints[scope["path"]](request)
        except ANSWERED as error:
            response = await answer_to(request, error)
        await response(scope, receive, send)
