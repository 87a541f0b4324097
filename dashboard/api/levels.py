"""`/api/v1/levels` and what stands beside them: overrides, readiness, parameters, official layers."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.gate import caller_of
from dashboard.access.rights import Scope
from dashboard.api import shapes
from dashboard.api.answers import Json
from dashboard.api.ordering import append_order, check_reach, order_in, who_orders
from dashboard.api.problems import BadRequest
from dashboard.api.seen import view_of
from dashboard.house import House, house_of
from dashboard.view import View, Whereabouts, out_of_sight
from feeds.archive import Archive
from feeds.clock import epoch_ms, now_ms, utc_text
from feeds.history import History
from feeds.inputs import Moment, Problem
from feeds.levels import official, orders
from feeds.levels.model import LEVEL_NAMES
from feeds.levels.relief import relief
from feeds.picture import Picture
from feeds.replay import moment_id, replay
from geo.areas import PROVINCE

router = APIRouter(prefix="/api/v1", tags=["levels"])

AreaKind = Literal["regency", "district"]
#: Going through the past is work: one at a time, the others wait.
_past = asyncio.Semaphore(1)


@router.get("/levels", summary="Risk level of each area, with the lines that add up to its score; now or at a time")
async def levels(
    request: Request, level: Annotated[AreaKind, Query()] = "regency", at: Moment | None = None
) -> Response:
    house = house_of(request)
    view = await view_of(request) if at is None else await _past_view(house, caller_of(request).scope, epoch_ms(at))
    known = view.levels
    found = [
        shapes.level(known[area.code].event, area.name, view.override(area.code))
        for area in house.areas.at(level)
        if area.code in known
    ]
    return Json({"at": utc_text(epoch_ms(at)) if at else utc_text(now_ms()), "levels": found})


@router.get("/levels/parameters", summary="Every number of the risk model with unit, range, reason and last change")
async def parameters(request: Request) -> Response:
    house = house_of(request)
    table = house.levels.parameters.table
    changes = {event.name: event for event in house.picture.parameter_changes()}
    return Json(
        {
            "parameters": [
                {"name": name, **one.model_dump(), "changed": _change(changes.get(name))}
                for name, one in table.items()
            ]
        }
    )


@router.post("/levels/parameters", status_code=201, summary="Set a number of the risk model anew, with a reason")
async def set_parameter(request: Request) -> Response:
    order = orders.read(orders.ParameterIn, await order_in(request))
    event = orders.parameter(order, house_of(request).levels.parameters, now_ms(), **who_orders(request))
    return await append_order(request, event, "level.parameter", order.name)


@router.get("/levels/{code}", summary="One area: its level, its curve over 24 hours, what would bring it down")
async def one(request: Request, code: str) -> Response:
    house = house_of(request)
    view = await view_of(request)
    area = house.areas.get(code)
    known = view.levels.get(area.code)
    if known is None:
        raise HTTPException(404, f"{area.name} has no level that you see")
    found = relief(house.levels, area.code, now_ms())
    past = view.level_past(area.code)
    return Json(
        {
            **shapes.level(known.event, area.name, view.override(area.code)),
            "curve": [{"at": utc_text(p.at_ms), "level": p.level, "score": p.score} for p in past],
            "relief": found
            and {
                "level": found.level,
                "name": LEVEL_NAMES[found.level],
                "at": utc_text(found.at_ms) if found.at_ms else None,
                "incidents": [name for name in found.incidents if name in view.incidents],
                "texts": found.texts,
            },
        }
    )


@router.post("/levels/{code}/override", status_code=201, summary="Set an area's level aside until a time")
async def override(request: Request, code: str) -> Response:
    """Beside the computed level, never instead of it; `level` null takes it back."""
    area = house_of(request).areas.get(code)
    check_reach(request, area.code)
    order = orders.read(orders.OverrideIn, await order_in(request))
    event = orders.override(order, area.code, now_ms(), **who_orders(request))
    return await append_order(request, event, "level.override", area.code)


@router.get("/readiness", summary="The readiness (Siaga) ordered for the province and other areas; no risk level")
async def readiness(request: Request) -> Response:
    return Json({"readiness": [shapes.readiness(event) for event in (await view_of(request)).all_readiness()]})


@router.post("/readiness", status_code=201, summary="Declare a readiness, dated, with a reason")
async def declare(request: Request) -> Response:
    order = orders.read(orders.ReadinessIn, await order_in(request))
    area = house_of(request).areas.get(order.area)
    check_reach(request, area.code)
    event = orders.readiness(order, area.code, now_ms(), **who_orders(request))
    return await append_order(request, event, "readiness", area.code)


@router.get("/indices", summary="Official classifications side by side, and where they disagree")
async def indices(request: Request) -> Response:
    house = house_of(request)
    layers = official.load(house.settings.data_dir)
    codes = [PROVINCE, *(area.code for area in house.areas.at("regency"))]
    apart = official.disagreements(layers, codes)
    return Json(
        {
            "layers": [layer.model_dump(mode="json", by_alias=True) for layer in layers],
            "disagreements": [
                {
                    "area": found.area,
                    "says": {found.one: found.one_says, found.other: found.other_says},
                }
                for found in apart
            ],
            "note": official.NOTE,
        }
    )


async def _past_view(house: House, scope: Scope, at_ms: int) -> View:
    """The picture of a moment, made from log and archive, as far as this scope sees it, and sees it today."""
    if at_ms > now_ms():
        raise BadRequest(422, "Bad parameter", Problem("at", utc_text(at_ms), "lies ahead"))
    history = History(house.log, Archive(house.settings.archive_dir))
    async with _past:
        found = await replay(history, Picture(house.taxonomy), moment_id(at_ms))
    return View(found.picture, scope, Whereabouts(None), hidden=out_of_sight(house.picture, scope))


def _change(event: Any) -> dict[str, Any] | None:
    return event and {"at": utc_text(event.at_ms), "by": event.actor, "why": event.why}
