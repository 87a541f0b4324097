"""Alerts from outside become hazards on districts; replaced, cancelled and overdue ones end. Used by the route, by
the feed that fetches an index, and by the watch that ends what is over.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.api.sender import Sender, take_incidents
from dashboard.house import House
from feeds.clock import now_ms
from feeds.expiry import ending, overdue
from feeds.inbound.cap import Alert
from feeds.inbound.hazards import Hazard, hazard_of
from feeds.incident import Incident
from feeds.intake import NotAllowed

log = logging.getLogger(__name__)

REPLACED = "Peringatan diganti atau dibatalkan oleh pengirimnya"


async def take_alerts(house: House, alerts: Sequence[Alert], sender: Sender) -> dict[str, Any]:
    """Takes alerts in; says how many incidents are new, known, ended, and what each alert came to."""
    told = []
    for alert in alerts:
        hazard = hazard_of(alert, house.areas, now_ms())
        told.append(await _take(house, alert, hazard, sender))
    return {
        "accepted": sum(entry["accepted"] for entry in told),
        "duplicates": sum(entry["duplicates"] for entry in told),
        "ended": sum(entry["ended"] for entry in told),
        "alerts": told,
    }


async def _take(house: House, alert: Alert, hazard: Hazard, sender: Sender) -> dict[str, Any]:
    accepted = duplicates = 0
    if hazard.incidents:
        batch = await take_incidents(house, sender, hazard.incidents, partial=True)
        accepted = sum(taken.new for taken in batch.taken)
        duplicates = len(batch.taken) - accepted
        for refusal in batch.refused:
            log.warning("alert %s: %s is left out: %s", alert.id, hazard.incidents[refusal.index]["area"], refusal)
    prefixes = tuple(f"{name}/" for name in hazard.ended)
    replaced = [
        incident
        for incident in house.picture.incidents.values()
        if prefixes and incident.report.source == sender.source and incident.report.external_id.startswith(prefixes)
        if sender.may_end and sender.may_place(incident.report.regency, incident.report.district)
    ]
    ended = await end(house, replaced, REPLACED, sender)
    told = {"id": alert.id, "accepted": accepted, "duplicates": duplicates, "ended": ended, "note": hazard.note}
    return {**told, "unknown_names": hazard.unknown}


async def end_overdue(house: House) -> int:
    """Ends every incident whose time is over; returns how many."""
    over = overdue(house.picture.incidents.values(), now_ms(), house.taxonomy)
    return await end(house, over, None, Sender("siger:expiry"))


async def end(house: House, incidents: Iterable[Incident], note: str | None, sender: Sender) -> int:
    """Ends open incidents, each once however often it is asked for."""
    ended = 0
    for incident in incidents:
        if not house.taxonomy.is_open(incident.status):
            continue
        action = ending(note, "replaced") if note else ending()
        try:
            await house.intake.act(
                incident, action, source=sender.source, actor=sender.actor, witness=sender.witness
            )
        except NotAllowed as error:
            log.info("incident %s is not ended: %s", incident.id, error)
        else:
            ended += 1
    return ended
