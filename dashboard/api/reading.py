"""What can be read besides incidents and units: levels, the taxonomy, and the picture's own identity."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import Json
from dashboard.api.seen import view_of
from dashboard.house import house_of

router = APIRouter(prefix="/api/v1", tags=["reading"])


@router.get("/levels", summary="Risk level of each area, with the lines that add up to its score")
async def levels(
    request: Request, level: Annotated[Literal["regency", "district"], Query()] = "regency"
) -> Response:
    house = house_of(request)
    known = view_of(request).levels
    found = [
        shapes.level(known[area.code].event, area.name) for area in house.areas.at(level) if area.code in known
    ]
    return Json({"levels": found})


@router.get("/taxonomy", summary="Categories, severities and states in Indonesian and English")
async def taxonomy(request: Request) -> Response:
    return Json(house_of(request).taxonomy.model_dump(mode="json"))


@router.get("/picture", summary="The picture's state hash, last event and counts")
async def picture(request: Request) -> Response:
    house = house_of(request)
    known = view_of(request)
    counts: dict[str, Any] = {
        "incidents": len(known.incidents),
        "incidents_open": sum(house.taxonomy.is_open(i.status) for i in known.incidents.values()),
        "units": len(known.units),
        "levels": len(known.levels),
    }
    return Json({"state_hash": known.state_hash(), "last_event_id": known.last_id, "counts": counts})
