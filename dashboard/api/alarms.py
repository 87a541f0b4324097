"""`/api/v1/alarms`: what was called out in the last day, and who has seen it."""

from typing import Any

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard import wire
from dashboard.api.answers import Json
from dashboard.api.ordering import append_order, check_reach, who_orders
from dashboard.api.seen import view_of
from dashboard.view import View
from feeds.clock import now_ms, utc_text
from feeds.events import AlarmRaised, AlarmSeen

router = APIRouter(prefix="/api/v1", tags=["levels"])


@router.get("/alarms", summary="The last day's alarms: levels that rose, risky districts without a unit, clusters")
async def alarms(request: Request) -> Response:
    view = await view_of(request)
    return Json({"alarms": [_shape(view, event) for event in view.alarms().values()]})


@router.post("/alarms/{alarm_id}/seen", status_code=201, summary="Say that an alarm was seen and is taken care of")
async def seen(request: Request, alarm_id: str) -> Response:
    """The first to say so counts; saying it again changes nothing."""
    event = (await view_of(request)).alarms().get(alarm_id)
    if event is None:
        raise HTTPException(404, f"there is no alarm '{alarm_id[:60]}' of the last day")
    check_reach(request, event.area)
    at_ms = now_ms()
    told = AlarmSeen(at_ms=at_ms, received_ms=at_ms, alarm=event.alarm, area=event.area, **who_orders(request))
    return await append_order(request, told, "alarm.seen", event.area)


def _shape(view: View, event: AlarmRaised) -> dict[str, Any]:
    known = wire.alarm_json(event)
    by = view.alarm_seen(event.alarm)
    return {
        **{key: value for key, value in known.items() if key != "at_ms"},
        "at": utc_text(event.at_ms),
        "seen": by and {"at": utc_text(by.at_ms), "by": by.actor},
        "simulated": event.simulated,
    }
