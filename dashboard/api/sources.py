"""`/api/v1/sources` and `/api/v1/beats`: who may send what, who was heard when, and "nothing to report".

A registration is an event like any other: who gave it and why stands in the log, and in the audit in the same step.
"""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.gate import caller_of
from dashboard.api.answers import Json
from dashboard.api.bodies import read_items
from dashboard.api.openapi import BEAT_BODY, REGISTRATION_BODY
from dashboard.api.seen import source_of, where_may_place, witness_of
from dashboard.house import house_of
from feeds.beats import take_beat
from feeds.clock import now_ms, utc_text
from feeds.registry import registration
from feeds.sources import SourceReport, ages_s

router = APIRouter(prefix="/api/v1", tags=["sources"])


@router.get("/sources", summary="Who sends, what it may, when last heard, how much, how much was refused")
async def sources(request: Request) -> Response:
    house = house_of(request)
    found = await house.sources.all(house.registry.names)
    aside = await house.situation.aside.all()
    return Json({"sources": [_shown(one) for one in found], "unreadable": [asdict(one) for one in aside]})


@router.put(
    "/sources/{name}",
    openapi_extra=REGISTRATION_BODY,
    summary="Register a source, or change or disable it; with a reason",
)
async def register(request: Request, name: str) -> Response:
    """What is left out has no limit. It holds from the next report on, on every process."""
    house, caller = house_of(request), caller_of(request)
    body = await read_items(request, 1)
    event = registration(
        name,
        body.items[0] if body.items else {},
        house.areas,
        now_ms(),
        actor=caller.name,
        source=source_of(caller),
        simulated=house.intake.simulated,
    )
    witness = witness_of(request, "source.register", event.name)
    (appended,) = await house.log.append([event], witness=witness([event]))
    return Json({"name": event.name, "event_id": appended.id})


@router.post("/beats", status_code=201, openapi_extra=BEAT_BODY, summary="A source lives, or has nothing to report")
async def report_life(request: Request) -> Response:
    """Without `area` a sign of life; with it "nihil": nothing happened there since `since`. Both are data."""
    house, caller = house_of(request), caller_of(request)
    body = await read_items(request, 1)
    appended = await take_beat(
        house.intake,
        body.items[0] if body.items else {},
        source=source_of(caller),
        actor=caller.name,
        may_place=where_may_place(caller),
    )
    return Json({"event_id": appended}, 201)


def _shown(one: SourceReport) -> dict[str, Any]:
    known = one.registration
    stale_s, expired_s = ages_s(known.every_s if known else None)
    told = {name: value for name, value in asdict(one).items() if name != "registration"}
    return {
        **told,
        "last_heard": utc_text(one.last_ms) if one.last_ms else None,
        "stale_after_s": stale_s,
        "expired_after_s": expired_s,
        "registration": known
        and {
            **known.model_dump(include={"title", "sends", "areas", "senders", "every_s", "enabled", "note", "why"}),
            "by": known.actor,
            "at": utc_text(known.at_ms),
        },
    }
