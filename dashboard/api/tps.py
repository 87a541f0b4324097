"""`/api/v1/tps`: polling stations as GeoJSON, one by its id, their counts by area, and the map's compact file."""

from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import GeoJson, Json
from dashboard.api.asking import LARGEST_PAGE, PAGE, box_of
from dashboard.api.problems import BadRequest
from dashboard.api.seen import view_of
from dashboard.house import House, house_of
from dashboard.tps_layer import layer_of
from dashboard.tps_shapes import tps_feature
from dashboard.view import View
from feeds.events import TpsListed
from feeds.inputs import Problem, excerpt
from feeds.tps import CLASSES, FLAGS, Tps
from feeds.tps_query import NO_CLASS, TpsQuery, select_tps
from geo.areas import Area, UnknownArea
from geo.reference import figures

router = APIRouter(prefix="/api/v1", tags=["tps"])

FOR_EVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"


class Asked(BaseModel):
    """What a caller may ask for; each parameter narrows the answer, repeatable ones widen within themselves."""

    model_config = ConfigDict(extra="forbid")

    area: list[str] = Field([], max_length=50, description="Area codes of any level, polres:NAME, kodim:NAME")
    bbox: str | None = Field(None, description="west,south,east,north in degrees")
    classes: list[str] = Field([], max_length=10, alias="class", description=f"{', '.join(CLASSES)}, {NO_CLASS}")
    flag: list[str] = Field([], max_length=10, description=f"All of these: {', '.join(FLAGS)}")
    q: str | None = Field(None, max_length=200, description="Words in id, number, village, place or address")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)
    cursor: str = Field("", max_length=100)

    def query(self, *, personal: bool) -> TpsQuery:
        """Raises `BadRequest` for what there is not."""
        _known("class", self.classes, (*CLASSES, NO_CLASS))
        _known("flag", self.flag, FLAGS)
        wanted = (tuple(self.area), box_of(self.bbox), tuple(self.classes), tuple(self.flag), self.q)
        return TpsQuery(*wanted, personal=personal)


@router.get("/tps", summary="Polling stations as GeoJSON, by id")
async def ask(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    house, view = house_of(request), await view_of(request)
    found = select_tps(view.tps(), asked.query(personal=view.scope.personal), house.areas)
    rest = [row for row in found if row[1].id > asked.cursor]
    page = rest[: asked.limit]
    features = [tps_feature(tps, event, personal=view.scope.personal) for event, tps in page]
    more = page[-1][1].id if len(rest) > len(page) else None
    told = {"numberMatched": len(found), "numberReturned": len(page), "next_cursor": more}
    return GeoJson(shapes.collection(features, **told))


@router.get("/tps/{tps_id}", summary="One polling station")
async def one(request: Request, tps_id: str) -> Response:
    view = await view_of(request)
    found = next(((event, tps) for event in view.tps() for tps in event.stations if tps.id == tps_id), None)
    if found is None:
        raise BadRequest(404, "Not found", Problem("tps_id", excerpt(tps_id), "there is no such polling station"))
    event, tps = found
    return GeoJson(tps_feature(tps, event, personal=view.scope.personal))


@router.get("/areas/{code}/tps", summary="An area's polling stations counted, beside the number that KPU states")
async def summary(request: Request, code: str) -> Response:
    house = house_of(request)
    try:
        area = house.areas.get(code)
    except UnknownArea as error:
        raise HTTPException(404, str(error)) from error
    return Json(_summary(house, await view_of(request), area))


@router.get("/layers/tps", summary="Where the map's file of polling stations is now")
async def layer(request: Request) -> Response:
    made = await layer_of(await view_of(request))
    url = f"{router.prefix}/layers/tps/{made.version}"
    told = {"mark": made.mark, "version": made.version, "count": made.count, "url": url}
    return Json(told, headers={"Cache-Control": ASK_AGAIN})


@router.get("/layers/tps/{version}", summary="The map's file of polling stations: columns, see docs/tps.md")
async def layer_file(request: Request, version: str) -> Response:
    made = await layer_of(await view_of(request))
    if version != made.version:
        raise HTTPException(404, "this is not the list that holds now; GET /api/v1/layers/tps says where it is")
    headers = {"ETag": f'"{version}"', "Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(made.plain(), media_type="application/json", headers=headers)
    return Response(made.packed, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})


def _known(name: str, asked: list[str], known: tuple[str, ...]) -> None:
    for value in asked:
        if value not in known:
            raise BadRequest(
                422, "Bad parameter", Problem(name, excerpt(value), f"must be one of {', '.join(known)}")
            )


def _summary(house: House, view: View, area: Area) -> dict[str, Any]:
    rows = select_tps(view.tps(), TpsQuery(areas=(area.code,)), house.areas)
    stated = next((figure for figure in figures(area) if figure.key == "tps_2024"), None)
    stations = [tps for _, tps in rows]
    return {
        "area": area.code,
        "known": len(stations),
        "stated": asdict(stated) if stated else None,
        "voters": sum(tps.voters or 0 for tps in stations),
        "class": {name: count for name, count in _classes(stations).items() if count},
        "flag": {flag: count for flag in FLAGS if (count := sum(flag in tps.flags for tps in stations))},
        "located": dict(Counter(tps.located for tps in stations)),
        "astray": sum(tps.astray for tps in stations),
        "references": _references(rows),
        "simulated": any(event.simulated for event, _ in rows),
    }


def _classes(stations: list[Tps]) -> dict[str, int]:
    counted = Counter(tps.klass or NO_CLASS for tps in stations)
    return {name: counted[name] for name in (*CLASSES, NO_CLASS)}


def _references(rows: list[tuple[TpsListed, Tps]]) -> dict[str, list[dict[str, Any]]]:
    """On whose word stations, classes and flags rest, each named once."""
    found: dict[str, dict[str, dict[str, Any]]] = {"listed": {}, "classed": {}, "flagged": {}}
    for event, tps in rows:
        for part, known in found.items():
            code = getattr(tps, part)
            if code and code not in known:
                known[code] = asdict(event.references[code])
    return {part: list(known.values()) for part, known in found.items()}
