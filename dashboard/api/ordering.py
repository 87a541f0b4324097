"""What the routes of an officer's orders share: reading one, who gives it where, appending it with its audit."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.gate import caller_of
from dashboard.api.answers import Json
from dashboard.api.bodies import read_items
from dashboard.api.seen import source_of, witness_of
from dashboard.house import house_of
from feeds.events import Event
from geo.areas import PROVINCE


async def order_in(request: Request) -> object:
    """The one order in a request's body."""
    body = await read_items(request, 1)
    return body.items[0] if body.items else {}


def who_orders(request: Request) -> dict[str, Any]:
    """The fields of an event that say who gave the order."""
    caller = caller_of(request)
    simulated = house_of(request).settings.mode == "demo"
    return {"source": source_of(caller), "actor": caller.name, "simulated": simulated}


def check_reach(request: Request, code: str) -> None:
    """Raises 404 for an area outside the caller's rights, 403 for the province where that is more than theirs."""
    scope = caller_of(request).scope
    if scope.reach.everywhere:
        return
    if code == PROVINCE:
        raise HTTPException(403, "only who answers for the whole province may order this for all of it")
    if not scope.sees_area(code):
        raise HTTPException(404, f"'{code}' has nothing that you answer for")


async def append_order(request: Request, event: Event, action: str, on: str) -> Response:
    """Appends the event and its audit entry in one step; 201 with the event's id."""
    witness = witness_of(request, action, on)
    (appended,) = await house_of(request).log.append([event], witness=witness([event]))
    return Json({"event_id": appended.id}, 201)
