"""`/ingest/…`: what phones, SMS gateways and warning services send, each in its own protocol and its own answer.

The protocols are read by `feeds.inbound`; here their messages meet the intake. A phone that is refused sends the
same fix again and again and never the next one, so only what its owner can put right is refused: a device without
a name, a place that is none. A clock gone wrong is noted in the log and answered as received.
"""

import logging
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import unquote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.answers import Json
from dashboard.api.bodies import read_bytes
from dashboard.api.problems import BadRequest
from dashboard.api.refused import keep_raw
from dashboard.api.sender import Sender, sender_of, take_incidents, take_positions
from dashboard.api.warnings import take_alerts
from dashboard.house import House, house_of
from feeds.clock import now_ms
from feeds.inbound import cap_index, gpslogger, osmand, owntracks, sms
from feeds.inbound.fields import first, of_form, of_json
from feeds.inbound.reading import ClockWrong, NotUnderstood, Reading
from feeds.intake import Refused

router = APIRouter(prefix="/ingest", tags=["protocols"])

#: A phone's message is a few hundred bytes; what it saved up without a network, some hundred thousand.
MOST_BYTES = 1024 * 1024

log = logging.getLogger(__name__)

T = TypeVar("T")


@router.get("/osmand", summary="OsmAnd and Traccar Client: query, form or JSON")
@router.post("/osmand", summary="OsmAnd and Traccar Client: query, form or JSON")
async def from_osmand(request: Request) -> Response:
    """200 with an empty body, as Traccar answers."""
    house, body = house_of(request), await read_bytes(request, MOST_BYTES)
    query, kind = request.scope["query_string"], request.headers.get("content-type", "")
    unit = house.settings.osmand_speed
    await _receive(
        house,
        sender_of(request, "osmand"),
        "osmand",
        body or query,
        lambda: osmand.parse(query, body, kind, now_ms=now_ms(), speed_unit=unit),
    )
    return Response()


@router.get("/gpslogger", summary="GPSLogger for Android: a template's fields")
@router.post("/gpslogger", summary="GPSLogger for Android: a template's fields")
async def from_gpslogger(request: Request) -> Response:
    house, body = house_of(request), await read_bytes(request, MOST_BYTES)
    query, kind = request.scope["query_string"], request.headers.get("content-type", "")
    await _receive(
        house,
        sender_of(request, "gpslogger"),
        "gpslogger",
        body or query,
        lambda: gpslogger.parse(query, body, kind, now_ms=now_ms()),
    )
    return Response()


@router.post("/owntracks", summary="OwnTracks over HTTP: answers an empty list")
async def from_owntracks(request: Request) -> Response:
    house, body = house_of(request), await read_bytes(request, MOST_BYTES)
    user = request.headers.get("x-limit-u") or request.query_params.get("u", "")
    device = request.headers.get("x-limit-d") or request.query_params.get("d", "")
    await _receive(
        house,
        sender_of(request, "owntracks"),
        "owntracks",
        body,
        lambda: owntracks.parse(body, user=unquote(user), device=unquote(device), now_ms=now_ms()),
    )
    return Json([])


@router.get("/sms", summary="A text message: LAP UNRAS SUKADANA 200 KUNING")
@router.post("/sms", summary="A text message: LAP UNRAS SUKADANA 200 KUNING")
async def from_sms(request: Request) -> Response:
    """An SMS gateway's request; the answer's `reply` is a sentence for the sender, also where it is refused."""
    house = house_of(request)
    fields = await _sms_fields(request)
    text = first(fields, "text", "message", "body", "content", "msg") or ""
    phone = first(fields, "from", "sender", "phone", "msisdn", "number") or ""
    number = first(fields, "id", "message_id", "messageid") or ""
    sender = sender_of(request, "sms")
    try:
        reading = sms.parse(text, phone, house.areas, house.taxonomy, now_ms=now_ms(), message_id=number)
    except NotUnderstood as error:
        await keep_raw(house, "sms", sender.source, f"{phone}: {text}".encode(), error.problem)
        return Json({"accepted": False, "reply": error.problem.reason[:300]}, 422)
    batch = await take_incidents(house, sender, reading.incidents)
    taken = batch.taken[0]
    reply = f"Diterima: {reading.incidents[0]['title']}. No. {taken.id}"
    return Json({"accepted": True, "id": taken.id, "duplicate": not taken.new, "reply": reply})


@router.post("/cap", summary="CAP 1.2 alerts, or an RSS index of them as BMKG publishes: hazards on districts")
async def from_cap(request: Request) -> Response:
    house, body = house_of(request), await read_bytes(request, MOST_BYTES)
    sender = sender_of(request, "cap")
    try:
        alerts = cap_index.parse(body)
    except NotUnderstood as error:
        await keep_raw(house, "cap", sender.source, body, error.problem)
        raise BadRequest(400, "Not understood", error.problem) from error
    return Json(await take_alerts(house, alerts, sender))


async def _receive(house: House, sender: Sender, road: str, raw: bytes, read: Callable[[], Reading]) -> None:
    """`raw`: the message as it came, for whoever looks later why it was refused."""
    try:
        reading = read()
    except ClockWrong as error:
        log.warning("a message from %s is left out: %s", sender.source, error)
        return
    except NotUnderstood as error:
        await keep_raw(house, road, sender.source, raw, error.problem)
        raise BadRequest(400, "Not understood", error.problem) from error
    if reading.note:
        log.debug("%s from %s: %s", reading.device, sender.source, reading.note)
    if reading.positions:
        counts = await take_positions(house, sender, reading.positions)
        if counts.refused:
            raise Refused(counts.refused)
    if reading.incidents:
        # The position stands already: a cry for help from outside Lampung must not cost it.
        batch = await take_incidents(house, sender, reading.incidents, partial=True)
        for refusal in batch.refused:
            log.warning("an SOS of %s is left out: %s", reading.device, refusal.problems[0])


def _understood(read: Callable[[], T]) -> T:
    try:
        return read()
    except NotUnderstood as error:
        raise BadRequest(400, "Not understood", error.problem) from error


async def _sms_fields(request: Request) -> dict[str, str]:
    body = await read_bytes(request, MOST_BYTES)
    if request.headers.get("content-type", "").startswith("application/json"):
        found = _understood(lambda: of_json(body))
        return {str(name).lower(): str(value) for name, value in found.items() if isinstance(value, str | int)}
    return {**_understood(lambda: of_form(request.scope["query_string"])), **_understood(lambda: of_form(body))}
