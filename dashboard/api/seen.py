"""What the API shows and takes as far as the caller's rights go. Every route to the picture starts here."""

import contextlib
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request

from dashboard.access.audit import deed_of
from dashboard.access.gate import caller_of, origin_of
from dashboard.access.rights import Caller
from dashboard.house import House, house_of
from dashboard.view import View
from feeds.incident import Incident
from feeds.intake import MayPlace, UnknownIncident, Witnessing, anywhere
from feeds.log import LogError
from feeds.unit import Unit

#: The name under which a person's reports stand when they give none; a program's stand under its own.
DEFAULT_SOURCE = "api"


async def view_of(request: Request) -> View:
    """The picture as the caller sees it, with all in it that was acknowledged here before the request came."""
    await house_of(request).situation.show_own()
    return house_of(request).hub.view(caller_of(request).scope)


async def find(request: Request, incident_id: str) -> Incident:
    """An incident that the caller sees. Raises `UnknownIncident`, whether it is hidden or does not exist.

    One that is not there yet may have been acknowledged by another process a moment ago: so the log is asked first.
    """
    incident = (await view_of(request)).incidents.get(incident_id)
    if incident is None:
        house = house_of(request)
        with contextlib.suppress(LogError):
            await house.situation.show(await house.log.last_id())
        incident = (await view_of(request)).incidents.get(incident_id)
    if incident is None:
        raise UnknownIncident(f"there is no incident '{incident_id[:60]}'")
    return incident


def find_unit(view: View, unit_id: str) -> Unit:
    """A unit that the caller sees, by the caller's view. Raises a 404, whether it is hidden or does not exist."""
    unit = view.units.get(unit_id)
    if unit is None:
        raise HTTPException(404, f"there is no unit '{unit_id[:60]}'")
    return unit


def source_of(caller: Caller) -> str:
    return caller.name if caller.kind == "token" else DEFAULT_SOURCE


def where_may_place(caller: Caller) -> MayPlace:
    """Where the caller may write; the intake need not look where that is everywhere."""
    return anywhere if caller.scope.reach.everywhere else caller.reaches


def witness_of(request: Request, action: str, on: str = "", keyring: Mapping[str, str] | None = None) -> Witnessing:
    """What writes the audit entry of this request in the same step as its events."""
    deed = deed_of(caller_of(request), action, on, origin=origin_of(request))
    return house_of(request).access.audit.witness(deed, keyring)


async def note_look(request: Request, *incidents: Incident) -> None:
    """Audits the look at restricted reports among these; nothing is shown unless that was written."""
    house: House = house_of(request)
    found = [incident.id for incident in incidents if incident.secrecy != "normal"]
    if found:
        where, origin = request.url.path[:200], origin_of(request)
        deed = deed_of(caller_of(request), "look", where, origin=origin, count=len(found), incidents=found)
        await house.access.audit.record(deed)
