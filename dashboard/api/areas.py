"""`/api/v1/areas`: outlines of each level, files to take away, search by name, and what is known of one area."""

import asyncio
from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.answers import GeoJson, Json
from dashboard.house import house_of
from geo import downloads
from geo.areas import Area, Areas, UnknownArea
from geo.polsek import SOURCE as POLSEK_SOURCE
from geo.polsek import polsek
from geo.reference import figures

router = APIRouter(prefix="/api/v1/areas", tags=["areas"])

AreaLevel = Literal["province", "regency", "district", "polres", "kodim"]
Detail = Literal["low", "mid", "high"]

MOST_FOUND = 20


@router.get("", summary="Areas of a level as GeoJSON with codes, names, source and licence")
async def outlines(request: Request, level: AreaLevel = "regency", detail: Detail = "mid") -> Response:
    known = house_of(request).areas
    headers = _fresh(f"{known.version}-{level}-{detail}")
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return GeoJson(await asyncio.to_thread(known.geojson, level, detail), headers=headers)


@router.get("/download", summary="A level as a file, every vertex, source and licence inside")
async def download(
    request: Request, level: AreaLevel = "regency", format: downloads.Format = "geojson"
) -> Response:
    known = house_of(request).areas
    data = await asyncio.to_thread(downloads.download, known, level, format)
    name = downloads.file_name(known, level, format)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=downloads.MEDIA_TYPES[format], headers=headers)


@router.get("/find", summary="Areas by name or code, best first; forgives spelling")
async def find(
    request: Request, q: str = Query(min_length=1, max_length=100), limit: int = Query(10, ge=1, le=MOST_FOUND)
) -> Response:
    known = house_of(request).areas
    found = await asyncio.to_thread(known.find, q, limit)
    return Json({"areas": [_named(known, area) for area in found]})


@router.get("/{code}", summary="What is known of an area: figures with source and date, notes, areas within")
async def about(request: Request, code: str) -> Response:
    known = house_of(request).areas
    try:
        area = known.get(code)
    except UnknownArea as error:
        raise HTTPException(404, str(error)) from error
    answer = _named(known, area) | {
        "aliases": area.aliases,
        "capital": area.capital,
        "indicative": area.indicative,
        "notes": area.notes,
        "figures": [asdict(figure) for figure in figures(area)],
        "children": [_named(known, child) for child in known.children(area.code)],
    }
    if area.level == "polres":
        answer["polsek"] = {"source": POLSEK_SOURCE, "units": [asdict(unit) for unit in polsek(area.code)]}
    return Json(answer)


def _named(known: Areas, area: Area) -> dict[str, Any]:
    west, south, east, north = area.geometry.bounds
    return {
        "code": area.code,
        "level": area.level,
        "name": area.name,
        "full_name": known.full_name(area.code),
        "parent": area.parent,
        "regencies": area.regencies,
        "label": area.label,
        "bbox": [west, south, east, north],
    }


def _fresh(version: str) -> dict[str, str]:
    """Kept by browsers, but asked for anew: an import of boundaries shows at once."""
    return {"ETag": f'"{version}"', "Cache-Control": "no-cache"}
