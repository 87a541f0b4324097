"""`/api/v1/incidents`: report, ask, look at one with its history, and act on it."""

from itertools import islice
from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.audit import deed_of
from dashboard.access.gate import caller_of, origin_of
from dashboard.access.identity import Forgotten, Sealer, open_identity
from dashboard.access.rights import Caller, Right
from dashboard.api import shapes
from dashboard.api.answers import GeoJson, Json
from dashboard.api.asking import Asked, cursor_after, cursor_of
from dashboard.api.bodies import read_items
from dashboard.api.openapi import ACTION_BODY, INCIDENT_BODY
from dashboard.api.problems import errors_of
from dashboard.api.refused import INCIDENT, keep
from dashboard.api.seen import find, note_look, source_of, view_of, where_may_place, witness_of
from dashboard.house import house_of
from feeds.events import Action
from feeds.incident import Incident
from feeds.intake import MAX_INCIDENTS, Refused, Taken, UnknownIncident
from feeds.query import select

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"])


@router.post("", status_code=201, openapi_extra=INCIDENT_BODY, summary="Report one or more incidents")
async def report(request: Request, partial: bool = False) -> Response:
    """201 with ids once durably stored; a known `(source, external_id)` answers 200 with the first id."""
    caller = caller_of(request)
    body = await read_items(request, MAX_INCIDENTS)
    house, source = house_of(request), source_of(caller)
    sealer = Sealer(house.access)
    try:
        batch = await house.intake.incidents(
            body.items,
            source=source,
            actor=caller.name,
            partial=partial,
            may_place=where_may_place(caller),
            seal=sealer,
            witness=witness_of(request, "report", keyring=sealer.keyring),
        )
    except Refused as refused:
        await keep(house, INCIDENT, source, body.items, refused.refusals)
        raise
    await keep(house, INCIDENT, source, body.items, batch.refused)
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
    found = select((await view_of(request)).incidents.values(), asked.query(), house.areas, house.taxonomy)
    page = list(islice(cursor_after(found, asked.cursor), asked.limit + 1))
    more = len(page) > asked.limit
    page = page[: asked.limit]
    await note_look(request, *page)
    return GeoJson(
        shapes.collection(
            [shapes.incident_feature(incident) for incident in page],
            numberReturned=len(page),
            next_cursor=cursor_of(page[-1]) if more else None,
        )
    )


@router.get("/{incident_id}", summary="One incident")
async def one(request: Request, incident_id: str) -> Response:
    incident = await find(request, incident_id)
    await note_look(request, incident)
    return Json(shapes.incident(incident))


@router.get("/{incident_id}/history", summary="Every event that made an incident")
async def past(request: Request, incident_id: str) -> Response:
    incident = await find(request, incident_id)
    await note_look(request, incident)
    return Json({"id": incident.id, "events": shapes.history(house_of(request).picture.history(incident.id))})


@router.get("/{incident_id}/reporter", summary="Who reported, on a restricted report; each look is audited")
async def reporter(request: Request, incident_id: str) -> Response:
    house = house_of(request)
    incident = await find(request, incident_id)
    if incident.report.reporter_sealed is None:
        raise UnknownIncident("no reporter is known for this incident")
    deed = deed_of(caller_of(request), "identity.look", incident.id, origin=origin_of(request))
    try:
        return Json(await open_identity(house.access, house.log, incident, deed))
    except Forgotten as error:
        raise HTTPException(410, "the reporter's identity was destroyed") from error


@router.post("/{incident_id}/events", status_code=201, openapi_extra=ACTION_BODY, summary="Act on an incident")
async def act(request: Request, incident_id: str) -> Response:
    """Verify, reject, assign, respond, resolve ...: an event of its own; what the state forbids is 409."""
    caller = caller_of(request)
    body = await read_items(request, 1)
    item = body.items[0] if body.items else {}
    # What its state allows is judged by the newest state, whichever process wrote that.
    house = house_of(request)
    await house.situation.show(await house.log.last_id())
    incident = await find(request, incident_id)
    action = str(item.get("type", "")) if isinstance(item, dict) else ""
    await _check_right(request, caller, incident, action, item)
    event_id = await house.intake.act(
        incident,
        item,
        source=source_of(caller),
        actor=caller.name,
        may_place=where_may_place(caller),
        witness=witness_of(request, f"incident.{action[:20]}", incident.id),
    )
    return Json({"id": incident.id, "event_id": event_id}, 201)


async def _check_right(request: Request, caller: Caller, incident: Incident, action: str, item: Any) -> None:
    if action in get_args(Action) and not caller.may(cast(Right, action)):
        raise HTTPException(403, f"role {caller.role} may not {action}")
    if action == "merge" and item.get("into"):
        _check_merge(incident, await find(request, str(item["into"])))
    if action == "share":
        _check_share(caller, incident)


def _check_merge(incident: Incident, into: Incident) -> None:
    if into.id == incident.id:
        raise HTTPException(409, "a report cannot be merged into itself")
    if into.merged_into is not None:
        raise HTTPException(409, f"'{into.id}' is merged into '{into.merged_into}': merge into that one")
    if into.secrecy != incident.secrecy:
        raise HTTPException(409, "the two reports are not for the same eyes: correct the sensitivity of one first")


def _check_share(caller: Caller, incident: Incident) -> None:
    if incident.secrecy == "normal":
        raise HTTPException(409, "this report is not restricted: there is nothing to share")
    if incident.share_asked_by == caller.name:
        raise HTTPException(409, "you have asked for this yourself: a second person must approve it")


def _taken(taken: Taken) -> dict[str, Any]:
    return {"index": taken.index, "id": taken.id, "event_id": taken.event_id, "duplicate": not taken.new}
