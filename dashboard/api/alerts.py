"""`/cap/…`: open incidents as CAP 1.2 alerts with an RSS index, in the form in which BMKG publishes its own."""

from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.seen import find, view_of
from dashboard.house import House, house_of
from feeds.clock import now_ms
from feeds.intake import UnknownIncident
from feeds.outbound import cap

router = APIRouter(prefix="/cap", tags=["protocols"])

#: A reader that asks every few minutes misses nothing with these many.
NEWEST = 200


@router.get("/feed.xml", summary="RSS index of the open incidents' CAP alerts, newest change first")
async def index(request: Request) -> Response:
    house = house_of(request)
    shown = [
        incident
        for incident in (await view_of(request)).incidents.values()
        if house.taxonomy.is_open(incident.status) and incident.secrecy == "normal"
    ]
    shown.sort(key=lambda incident: (-incident.changed_ms, incident.id))
    data = cap.index(
        shown[:NEWEST],
        house.taxonomy,
        base_url=str(request.url_for("index")).rpartition("/")[0],
        sender=_sender(house),
        now_ms=now_ms(),
        simulated=house.hub.simulated,
    )
    return Response(data, media_type="application/rss+xml")


@router.get("/{incident_id}", summary="One incident as a CAP 1.2 alert")
async def alert(request: Request, incident_id: str) -> Response:
    house = house_of(request)
    incident = await find(request, incident_id)
    if incident.secrecy != "normal":
        raise UnknownIncident(f"there is no incident '{incident_id[:60]}'")
    data = cap.alert(
        house.picture.history(incident.id),
        house.areas,
        house.taxonomy,
        sender=_sender(house),
        simulated=house.hub.simulated,
    )
    return Response(data, media_type="application/cap+xml")


def _sender(house: House) -> str:
    """CAP wants a name that is unique in the world and asks for one like an e-mail address."""
    return f"siger@{urlsplit(house.settings.public_url or '').hostname or 'localhost'}"
