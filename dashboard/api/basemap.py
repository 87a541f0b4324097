"""`/api/v1/basemap` and `/tiles`: the base map under the areas, where the operator has named one."""

import asyncio
import logging
from dataclasses import asdict

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard import basemap
from dashboard.api.answers import Json
from dashboard.house import house_of
from dashboard.tiles import BadTiles, media_type

router = APIRouter(tags=["areas"])

#: Tiles seldom change, and a replaced file may be seen an hour late.
FRESH_S = 3600

log = logging.getLogger(__name__)


@router.get("/api/v1/basemap", summary="The base map: its tiles' address, whose it is, or what is wrong with it")
async def about(request: Request) -> Response:
    found = await asyncio.to_thread(basemap.describe, house_of(request).settings.basemap)
    if found.problem:
        log.warning("%s; the map shows its own ground", found.problem)
    return Json(asdict(found) | {"problem": "missing" if found.problem else None})


@router.get("/tiles/{z}/{x}/{y}", summary="One tile of the base map's file")
async def tile(request: Request, z: int, x: int, y: int) -> Response:
    try:
        found = await asyncio.to_thread(basemap.tile, house_of(request).settings.basemap, z, x, y)
    except BadTiles as error:
        raise HTTPException(503, "The base map's file cannot be read; the server's log says why.") from error
    headers = {"Cache-Control": f"private, max-age={FRESH_S}"}
    if found is None:
        return Response(status_code=204, headers=headers)
    return Response(found, media_type=media_type(found), headers=headers)
