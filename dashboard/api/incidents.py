"""`/api/v1/incidents`: report, ask, look at one with its history, and act on it."""

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api import shapes
from dashboard.api.answers import GeoJson, Json
from dashboard.api.asking import Asked, cursor_after, cursor_of
from dashboard.api.bodies import read_items
from dashboard.api.openapi import ACTION_BODY, INCIDENT_BODY
from dashboard.api.problems import errors_of
from dashboard.house import House, house_of
from feeds.incident import Incident
from feeds.intake import MAX_INCIDENTS, Taken, UnknownIncident
from feeds.query import select

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"])

#: The name under which a caller's reports stand when it gives none.
DEFAULT_SOURCE = "api"


@router.post("", status_code=201, openapi_extra=INCIDENT_BODY, summary="Report one or more incidents")
async def report(request: Request, partial: bool = False) -> Response:
    """201 with ids once durably stored; a known `(source, external_id)` answers 200 with the first id."""
    house = house_of(request)
    body = await read_items(request, MAX_INCIDENTS)
    batch = await house.intake.incidents(body.items, source=DEFAULT_SOURCE, partial=partial)
    status = 201 if any(taken.new for taken in batch.taken) or not batch.taken else 200
    if body.single and batch.taken:
        return Json(_taken(batch.taken[0]), status)
    answer: dict[str, Any] = {
        "incidents": [_taken(taken) for taken in batch.taken],
        "accepted": sum(taken.new for taken in batch.taken),
        "duplicates": sum(not taken.new for taken in batch.taken),
        "refused": len(batch.refused),
    }
    if batch.refused:
        answer["errors"] = errors_of(batch.refused)
    return Json(answer, status if batch.taken or not batch.refused else 422)


@router.get("", summary="Incidents as GeoJSON, newest first")
async def ask(request: Request, asked: Annotated[Asked, Query()]) -> Response:
    house = house_of(request)
    found = select(house.picture.incidents.values(), asked.query(), house.areas, house.taxonomy)
    page = list(islice(cursor_after(found, asked.cursor), asked.limit + 1))
    more = len(page) > asked.limit
    page = page[: asked.limit]
    return GeoJson(
        shapes.collection(
            [shapes.incident_feature(incident) for incident in page],
            numberReturned=len(page),
            next_cursor=cursor_of(page[-1]) if more else None,
        )
    )


@router.get("/{incident_id}", summary="One incident")
async def one(request: Request, incident_id: str) -> Response:
    return Json(shapes.incident(_find(house_of(request), incident_id)))


@router.get("/{incident_id}/history", summary="Every event that made an incident")
async def past(request: Request, incident_id: str) -> Response:
    house = house_of(request)
    incident = _find(house, incident_id)
    return Json({"id": incident.id, "events": shapes.history(house.picture.history(incident.id))})


@router.post("/{incident_id}/events", status_code=201, openapi_extra=ACTION_BODY, summary="Act on an incident")
async def act(request: Request, incident_id: str) -> Response:
    """Verify, reject, assign, respond, resolve ...: an event of its own; what the state forbids is 409."""
    house = house_of(request)
    body = await read_items(request, 1)
    incident = _find(house, incident_id)
    event_id = await house.intake.act(incident, body.items[0] if body.items else {}, source=DEFAULT_SOURCE)
    return Json({"id": incident.id, "event_id": event_id}, 201)


def _find(house: House, incident_id: str) -> Incident:
    incident = house.picture.incidents.get(incident_id)
    if incident is None:
        raise UnknownIncident(f"there is no incident '{incident_id[:60]}'")
    return incident


def _taken(taken: Taken) -> dict[str, Any]:
    return {"index": taken.index, "id": taken.id, "event_id": taken.event_id, "duplicate": not taken.new}
