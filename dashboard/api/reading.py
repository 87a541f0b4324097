"""What can be read besides incidents, units and levels: the taxonomy, and the picture's own identity."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.answers import Json
from dashboard.api.seen import view_of
from dashboard.house import house_of

router = APIRouter(prefix="/api/v1", tags=["reading"])


@router.get("/taxonomy", summary="Categories, severities and states in Indonesian and English")
async def taxonomy(request: Request) -> Response:
    return Json(house_of(request).taxonomy.model_dump(mode="json"))


@router.get("/picture", summary="The picture's state hash, last event and counts")
async def picture(request: Request) -> Response:
    house = house_of(request)
    known = await view_of(request)
    counts: dict[str, Any] = {
        "incidents": len(known.incidents),
        "incidents_open": sum(house.taxonomy.is_open(i.status) for i in known.incidents.values()),
        "units": len(known.units),
        "levels": len(known.levels),
    }
    return Json({"state_hash": known.state_hash(), "last_event_id": known.last_id, "counts": counts})
