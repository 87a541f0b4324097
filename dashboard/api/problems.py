"""Errors as RFC 9457 problem documents, one table from what went wrong to what is answered."""

import logging
from collections.abc import Sequence
from typing import Any

from dash.exceptions import DependencyException
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feeds.inputs import Problem, excerpt
from feeds.intake import NotAllowed, OutsideRights, Refusal, Refused, UnknownIncident
from feeds.log import LogError, LogFull, LogUnavailable
from geo.areas import UnknownArea

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2

log = logging.getLogger(__name__)


class BadRequest(Exception):
    """A request that cannot be used, with its status code and what is wrong."""

    def __init__(self, status: int, title: str, problem: Problem) -> None:
        self.status, self.title, self.problem = status, title, problem
        super().__init__(f"{title}: {problem.field}: {problem.reason}")


def document(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """A problem document; `more` are its extension members."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status in (429, 503) else None
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def errors_of(refusals: Sequence[Refusal]) -> list[dict[str, Any]]:
    """Refusals as one entry per bad item, each with its problems."""
    return [
        {
            "index": refusal.index,
            "field": refusal.problems[0].field,
            "value": refusal.problems[0].value,
            "reason": refusal.problems[0].reason,
            "problems": [_plain(problem) for problem in refusal.problems],
        }
        for refusal in refusals
    ]


def _plain(problem: Problem) -> dict[str, str]:
    return {"field": problem.field, "value": problem.value, "reason": problem.reason}


async def _refused(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    errors = errors_of(error.refusals)
    if all(isinstance(problem, OutsideRights) for refusal in error.refusals for problem in refusal.problems):
        return document(403, "Not for you", str(error), errors=errors)
    return document(422, "Some items do not hold", str(error), errors=errors)


async def _not_allowed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, NotAllowed)
    return document(409, "Not allowed now", str(error), status_now=error.status, allowed=error.allowed)


async def _bad_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BadRequest)
    return document(error.status, error.title, str(error), errors=[_plain(error.problem)])


async def _unknown_area(_request: Request, error: Exception) -> JSONResponse:
    return document(422, "Unknown area", str(error), errors=[{"field": "area", "reason": str(error)}])


async def _unknown_incident(_request: Request, error: Exception) -> JSONResponse:
    return document(404, "Not found", str(error))


async def _log_gone(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LogUnavailable)
    # Where it may have been stored all the same, the same external_id makes sending it again harmless.
    advice = " under the same external_id." if error.unsure else ". Nothing was stored; send it again."
    return document(503, "The log does not answer", f"{error}{advice}")


async def _log_troubled(_request: Request, error: Exception) -> JSONResponse:
    return document(503, "The log cannot answer that", str(error))


async def _log_full(_request: Request, error: Exception) -> JSONResponse:
    return document(503, "The log is full", f"{error}. Nothing was stored; send it again once there is room.")


async def _invalid_query(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"field": str(e["loc"][-1]), "value": excerpt(e.get("input")), "reason": str(e["msg"])}
        for e in error.errors()
    ]
    return document(422, "The request does not hold", errors[0]["reason"], errors=errors)


async def _no_such_script(_request: Request, _error: Exception) -> JSONResponse:
    return document(404, "Not found", "Siger's pages have no such script.")


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return document(error.status_code, error.detail, error.detail)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # The details go to the log of the server, never to the caller.
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return document(500, "Siger failed", "An error in Siger itself; it is in the server's log.")


HANDLERS = {
    Refused: _refused,
    NotAllowed: _not_allowed,
    BadRequest: _bad_request,
    UnknownArea: _unknown_area,
    UnknownIncident: _unknown_incident,
    LogUnavailable: _log_gone,
    LogFull: _log_full,
    LogError: _log_troubled,
    RequestValidationError: _invalid_query,
    HTTPException: _http,
    DependencyException: _no_such_script,  # Dash's own, which it would answer with a 500
    Exception: _unexpected,
}


def register(app: FastAPI) -> None:
    """Makes the app answer its errors as problem documents."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)


async def answer_to(request: Request, error: Exception) -> Response:
    """The problem document of an error, as the app would answer it."""
    kind = next(kind for kind in type(error).__mro__ if kind in HANDLERS)
    return await HANDLERS[kind](request, error)
