"""The express lane: the busiest ways in go from the gate straight to their endpoints.

What stands between them otherwise (the middleware of the frameworks, the router with its hundred routes, the
solving of parameters) costs a report more than its checking and placing. The routes stay where they are for
everything else: a request with parameters in its address, the API's description, the table of rights. Behind the
gate: what comes here has been let in.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api.problems import answer_to

Endpoint = Callable[[Request], Awaitable[Response]]


class Express:
    """ASGI middleware. `endpoints`: by the path to which they are posted. Larger answers are compressed."""

    def __init__(self, app: ASGIApp, endpoints: Mapping[str, Endpoint], smallest_to_compress: int) -> None:
        self.app = app
        self._endpoints = endpoints
        self._smallest_to_compress = smallest_to_compress

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_plain_post = scope["type"] == "http" and scope["method"] == "POST" and not scope["query_string"]
        endpoint = self._endpoints.get(scope["path"]) if is_plain_post else None
        answer = self.app if endpoint is None else await self._answer(endpoint, Request(scope, receive, send))
        await answer(scope, receive, send)

    async def _answer(self, endpoint: Endpoint, request: Request) -> ASGIApp:
        try:
            response = await endpoint(request)
        except Exception as error:  # noqa: BLE001  no framework stands around it that would answer
            response = await answer_to(request, error)
        if len(response.body) < self._smallest_to_compress:
            return response
        return GZipMiddleware(response, minimum_size=self._smallest_to_compress, compresslevel=5)
