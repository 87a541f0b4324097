"""Incidents that end by themselves: which of them are over, and how that is said in the log.

A weather warning knows its end when it is reported. Ending is an event like any other, appended once (its
`action_id` is the same for everybody who notices), so that replay and reports show when it was over and why.
"""

from collections.abc import Iterable

from feeds.incident import Incident
from feeds.taxonomy import Taxonomy

ACTION_ID = "expired"
NOTE = "Masa berlaku berakhir"


def overdue(incidents: Iterable[Incident], now_ms: int, taxonomy: Taxonomy) -> list[Incident]:
    """The open incidents whose time is over."""
    return [
        incident
        for incident in incidents
        if incident.report.expires_ms is not None
        and incident.report.expires_ms <= now_ms
        and taxonomy.is_open(incident.status)
        and "resolve" in taxonomy.allowed(incident.status)
    ]


def ending(note: str = NOTE, action_id: str = ACTION_ID) -> dict[str, object]:
    """The action that says so."""
    return {"type": "resolve", "note": note, "action_id": action_id}
