"""`/api/v1/positions` in, `/api/v1/units` out: where units are, as they said themselves."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import GeoJson, Json
from dashboard.api.bodies import read_items
from dashboard.api.openapi import POSITION_BODY
from dashboard.api.problems import errors_of
from dashboard.house import house_of
from feeds.clock import now_ms
from feeds.intake import MAX_POSITIONS, Refused

router = APIRouter(prefix="/api/v1", tags=["units"])

DEFAULT_SOURCE = "api"


@router.post("/positions", status_code=202, openapi_extra=POSITION_BODY, summary="Report positions of units")
async def report(request: Request) -> Response:
    """202 with counts; bad positions are named, good ones in the same batch are kept."""
    body = await read_items(request, MAX_POSITIONS)
    counts = await house_of(request).intake.positions(body.items, source=DEFAULT_SOURCE)
    if counts.refused and not counts.accepted:
        raise Refused(counts.refused)
    answer: dict[str, Any] = {"accepted": counts.accepted, "refused": len(counts.refused)}
    if counts.refused:
        answer["errors"] = errors_of(counts.refused)
    return Json(answer, 202)


@router.get("/units", summary="Last known positions as GeoJSON, with age and state of life")
async def units(request: Request) -> Response:
    at_ms = now_ms()
    known = house_of(request).picture.units
    return GeoJson(shapes.collection([shapes.unit_feature(unit, at_ms) for unit in known.values()]))
