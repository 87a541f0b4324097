"""`/api/v1/positions` in, `/api/v1/units` out: where units are, as they said themselves."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.gate import caller_of
from dashboard.api import shapes
from dashboard.api.answers import GeoJson, Json
from dashboard.api.bodies import read_items
from dashboard.api.openapi import POSITION_BODY
from dashboard.api.problems import errors_of
from dashboard.api.refused import POSITION, keep
from dashboard.api.seen import find_unit, source_of, view_of, where_may_place
from dashboard.house import house_of
from feeds.clock import now_ms
from feeds.intake import MAX_POSITIONS, Refused
from feeds.track import track

router = APIRouter(prefix="/api/v1", tags=["units"])

#: The log holds days; a way of an hour answers "where has it been", the rest is what `siger replay` is for.
LONGEST_TRACK_MIN: Final = 60


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
    view = await view_of(request)
    personal = view.scope.personal
    found = [shapes.unit_feature(unit, at_ms, personal=personal) for unit in view.units.values()]
    return GeoJson(shapes.collection(found))


@router.get("/units/{unit_id}", summary="One unit's last known position and what it says of itself")
async def one(request: Request, unit_id: str) -> Response:
    view = await view_of(request)
    return GeoJson(shapes.unit_feature(find_unit(view, unit_id), now_ms(), personal=view.scope.personal))


@router.get("/units/{unit_id}/track", summary="Where a unit was in the last minutes")
async def past(
    request: Request, unit_id: str, minutes: Annotated[int, Query(ge=1, le=LONGEST_TRACK_MIN)] = 10
) -> Response:
    """A line, oldest place first, with the times of its places; places outside the caller's areas are left out."""
    view = await view_of(request)
    unit = find_unit(view, unit_id)
    found = await track(house_of(request).situation.history, unit.id, now_ms() - minutes * 60_000)
    seen = [position for position in found.positions if view.sees_place(position["lon"], position["lat"])]
    return GeoJson(shapes.unit_track(unit, seen, complete=found.complete))
