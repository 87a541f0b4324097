"""`/api/v1/positions` in, `/api/v1/units` out: where units are, as they said themselves."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.gate import caller_of
from dashboard.api import shapes
from dashboard.api.answers import GeoJson, Json
from dashboard.api.bodies import read_items
from dashboard.api.openapi import POSITION_BODY
from dashboard.api.problems import errors_of
from dashboard.api.refused import POSITION, keep
from dashboard.api.seen import source_of, view_of, where_may_place
from dashboard.house import house_of
from feeds.clock import now_ms
from feeds.intake import MAX_POSITIONS, Refused

router = APIRouter(prefix="/api/v1", tags=["units"])


@router.post("/positions", status_code=202, openapi_extra=POSITION_BODY, summary="Report positions of units")
async def report(request: Request) -> Response:
    """202 with counts; bad positions are named, good ones in the same batch are kept."""
    body = await read_items(request, MAX_POSITIONS)
    caller = caller_of(request)
    house, source = house_of(request), source_of(caller)
    counts = await house.intake.positions(
        body.items, source=source, actor=caller.name, may_place=where_may_place(caller)
    )
    if counts.refused:
        await keep(house, POSITION, source, body.items, counts.refused)
    if counts.refused and not counts.accepted:
        raise Refused(counts.refused)
    answer: dict[str, Any] = {"accepted": counts.accepted, "refused": len(counts.refused)}
    if counts.refused:
        answer["errors"] = errors_of(counts.refused)
    return Json(answer, 202)


@router.get("/units", summary="Last known positions as GeoJSON, with age and state of life")
async def units(request: Request) -> Response:
    at_ms = now_ms()
    view = view_of(request)
    personal = view.scope.personal
    found = [shapes.unit_feature(unit, at_ms, personal=personal) for unit in view.units.values()]
    return GeoJson(shapes.collection(found))
