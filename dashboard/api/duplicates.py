"""`/api/v1/incidents/{id}/duplicates`: other reports that are probably the same event. Merging is a person's."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.answers import Json
from dashboard.api.seen import find, view_of
from dashboard.house import house_of
from feeds.duplicates import likely_same

router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"])


@router.get("/{incident_id}/duplicates", summary="Open reports of other sources that are probably the same event")
async def duplicates(request: Request, incident_id: str) -> Response:
    incident = find(request, incident_id)
    seen = view_of(request).incidents
    found = likely_same(incident, seen.values(), house_of(request).taxonomy)
    return Json(
        {
            "id": incident.id,
            "duplicates": [
                {
                    "id": suggestion.other,
                    "source": seen[suggestion.other].report.source,
                    "title": seen[suggestion.other].report.title,
                    "score": suggestion.score,
                    "distance_m": suggestion.distance_m,
                    "apart_s": suggestion.apart_ms // 1000,
                    "kind": suggestion.kind,
                }
                for suggestion in found
            ],
        }
    )
