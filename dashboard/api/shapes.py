"""What the API answers with: incidents, units and levels in the names of the public interface."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from feeds.clock import utc_text
from feeds.events import Event, LevelChanged, LevelOverridden, ReadinessDeclared, UnitPosition
from feeds.incident import Incident, Stamped
from feeds.levels.model import LEVEL_NAMES
from feeds.unit import Unit

#: A unit whose last position is older than this is stale, then expired (seconds). Patrols report every 5 to 60 s;
#: quarter of an hour of silence is what a duty officer would call about.
UNIT_STALE_S = 120
UNIT_EXPIRED_S = 900


def incident(item: Incident) -> dict[str, Any]:
    """An incident as the API shows it."""
    report = item.report
    return {
        "id": item.id,
        "external_id": report.external_id,
        "source": report.source,
        "occurred_at": utc_text(report.at_ms),
        "received_at": utc_text(report.received_ms),
        "category": report.category,
        "severity": report.severity,
        "title": report.title,
        "description": report.description,
        "lon": report.lon,
        "lat": report.lat,
        "located": report.located,
        "accuracy_m": report.accuracy_m,
        "regency": report.regency,
        "district": report.district,
        "polres": report.polres,
        "kodim": report.kodim,
        "agency": report.agency,
        "reporter_unit": report.reporter_unit,
        "victims": report.victims.model_dump() if report.victims else None,
        "crowd": report.crowd,
        "crowd_state": report.crowd_state,
        "sensitivity": "normal" if item.secrecy == "normal" else "restricted",
        "share_asked_by": item.share_asked_by,
        "reporter_known": report.reporter_sealed is not None,
        "expires_at": utc_text(report.expires_ms) if report.expires_ms is not None else None,
        "simulated": report.simulated,
        "status": item.status,
        "verification": item.verification,
        "units": item.units,
        "merged_into": item.merged_into,
        "event_id": item.event_id,
        "rev": item.rev,
    }


def incident_feature(item: Incident) -> dict[str, Any]:
    properties = incident(item)
    return _feature(item.id, properties.pop("lon"), properties.pop("lat"), properties)


def unit_feature(unit: Unit, now_ms: int, *, personal: bool = True) -> dict[str, Any]:
    """A unit's last known position with its age and state of life (`live`, `stale`, `expired`).

    Not `personal`: without the callsign, which often names a person.
    """
    age_s = max(0, now_ms - unit.observed_ms) / 1000
    properties = {
        "unit": unit.id,
        "observed_at": utc_text(unit.observed_ms),
        "received_at": utc_text(unit.received_ms),
        "age_s": round(age_s, 1),
        "life": life_of(age_s),
        "speed_kmh": unit.speed_kmh,
        "heading_deg": unit.heading_deg,
        "accuracy_m": unit.accuracy_m,
        "state": unit.state,
        "skew_ms": unit.skew_ms,
        "source": unit.source,
        "simulated": unit.simulated,
        **{name: unit.fact(name) for name in ("callsign", "agency", "kind", "battery_pct", "strength")},
    }
    if not personal:
        properties["callsign"] = None
    return _feature(unit.id, unit.lon, unit.lat, properties)


def unit_track(unit: Unit, positions: Sequence[UnitPosition], *, complete: bool) -> dict[str, Any]:
    """A unit's way as a line, oldest place first; as points where there are too few for a line."""
    return {
        "type": "Feature",
        "id": unit.id,
        "geometry": {
            "type": "LineString" if len(positions) > 1 else "MultiPoint",
            "coordinates": [[position["lon"], position["lat"]] for position in positions],
        },
        "properties": {
            "unit": unit.id,
            "times": [utc_text(position["observed_ms"]) for position in positions],
            "complete": complete,
            "simulated": unit.simulated,
        },
    }


def life_of(age_s: float) -> str:
    if age_s < UNIT_STALE_S:
        return "live"
    return "stale" if age_s < UNIT_EXPIRED_S else "expired"


def level(event: LevelChanged, name: str, override: LevelOverridden | None = None) -> dict[str, Any]:
    """An area's risk level with the lines that add up to its score, and the override that stands beside it."""
    return {
        "code": event.area,
        "area": name,
        "level": event.level,
        "name": LEVEL_NAMES[event.level],
        "score": event.score,
        "since": utc_text(event.since_ms),
        "computed_at": utc_text(event.at_ms),
        "reasons": [reason.model_dump() for reason in event.reasons],
        "override": override and _override(override),
        "simulated": event.simulated,
    }


def _override(event: LevelOverridden) -> dict[str, Any]:
    return {
        "level": event.level,
        "name": LEVEL_NAMES[event.level or 0],
        "since": utc_text(event.at_ms),
        "until": utc_text(event.until_ms),
        "by": event.actor,
        "why": event.why,
    }


def readiness(event: ReadinessDeclared) -> dict[str, Any]:
    """The readiness ordered for an area, since when, by whom and why."""
    return {
        "area": event.area,
        "readiness": event.readiness,
        "since": utc_text(event.at_ms),
        "by": event.actor,
        "why": event.why,
    }


def history(events: Iterable[Stamped]) -> list[dict[str, Any]]:
    """Every event that made an incident, in log order."""
    return [_past(entry_id, event) for entry_id, event in events]


def _past(entry_id: str, event: Event) -> dict[str, Any]:
    data = event.model_dump(exclude_defaults=True, exclude={"at_ms", "received_ms", "reporter_sealed"})
    return {
        "event_id": entry_id,
        "type": event.kind,
        "at": utc_text(event.at_ms),
        "received_at": utc_text(event.received_ms),
        **data,
    }


def collection(features: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A GeoJSON FeatureCollection; `more` are its foreign members."""
    return {"type": "FeatureCollection", "features": features, **more}


def _feature(name: str, lon: float, lat: float, properties: Mapping[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": name, "geometry": geometry, "properties": properties}
