"""`/api/v1/incidents/{id}/duplicates`: other reports that are probably the same event, and those merged already.

Merging is a person's: nothing here does it. The caller's right to it is in the answer, so that a page shows no
button that would be refused.
"""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.gate import caller_of
from dashboard.api.answers import Json
from dashboard.api.seen import find, note_look, view_of
from dashboard.house import house_of
from feeds.clock import utc_text
from feeds.duplicates import likely_same
from feeds.incident import Incident

#: Reports merged into one that are named, the newest first: thousands may have reported one event.
MOST_MERGED = 20

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"])


@router.get(
    "/{incident_id}/duplicates", summary="Reports of other sources that are probably the same event, or are"
)
async def duplicates(request: Request, incident_id: str) -> Response:
    """`duplicates`: open and likely; `merged`: merged into this one; `into`: what this one was merged into."""
    incident = await find(request, incident_id)
    seen = (await view_of(request)).incidents
    found = likely_same(incident, seen.values(), house_of(request).taxonomy)
    joined = (one for one in seen.values() if one.merged_into == incident.id)
    merged = sorted(joined, key=lambda one: (-one.changed_ms, one.id))[:MOST_MERGED]
    into = seen.get(incident.merged_into) if incident.merged_into else None
    await note_look(request, *(seen[suggestion.other] for suggestion in found), *merged, *([into] if into else []))
    caller = caller_of(request)
    return Json(
        {
            "id": incident.id,
            "duplicates": [
                {
                    **_named(seen[suggestion.other]),
                    "score": suggestion.score,
                    "distance_m": suggestion.distance_m,
                    "apart_s": suggestion.apart_ms // 1000,
                    "kind": suggestion.kind,
                }
                for suggestion in found
            ],
            "merged": [_named(one) for one in merged],
            "into": _named(into) if into else None,
            "may": [right for right in ("merge", "reopen") if caller.may(right)],
        }
    )


def _named(incident: Incident) -> dict[str, Any]:
    report = incident.report
    return {
        "id": incident.id,
        "source": report.source,
        "agency": report.agency,
        "title": report.title,
        "occurred_at": utc_text(report.at_ms),
    }
