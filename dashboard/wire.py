"""The frame format of `/live`: what changed, as bytes, encoded once for all. docs/live-protocol.md is its page.

    u32 H | H bytes of JSON header | zeros up to a multiple of 8 | columns

Columns stand only where `units.n` > 0, `n` values each, little-endian, in the order of `COLUMNS`: positions travel
as typed arrays that a browser uses as they are. Everything else is JSON in the header.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import orjson

from dashboard.view import View
from feeds.digest import micros
from feeds.events import (
    AlarmRaised,
    AlarmSeen,
    LevelChanged,
    LevelOverridden,
    ReadinessDeclared,
    SourceRegistered,
)
from feeds.incident import Incident
from feeds.levels.model import LEVEL_NAMES
from feeds.picture import Source
from feeds.sources import ages_s
from feeds.unit import Unit

COLUMNS = (
    ("observed_ms", "<f8"),
    ("slot", "<u4"),
    ("lon_e6", "<i4"),
    ("lat_e6", "<i4"),
    ("heading_deg", "<u2"),
    ("speed_dkmh", "<u2"),  # tenths of km/h
    ("state", "u1"),
)
UNKNOWN = 65535
STATES = {None: 0, "siaga": 1, "patroli": 2, "menuju": 3, "di_tkp": 4, "istirahat": 5}


def frame(
    header: Mapping[str, Any], units: Iterable[Unit] = (), told: Iterable[Unit] = (), *, personal: bool = True
) -> bytes:
    """One frame: `header` with the positions of `units` as columns and the facts of the units in `told`."""
    rows = list(units)
    head = {**header, "units": {"n": len(rows), "meta": [_facts(unit, personal) for unit in told]}}
    text = orjson.dumps(head)
    parts = [len(text).to_bytes(4, "little"), text, bytes(-(4 + len(text)) % 8)]
    if rows:
        parts += [column.tobytes() for column in _columns(rows)]
    return b"".join(parts)


def _columns(rows: list[Unit]) -> list[np.ndarray[Any, Any]]:
    values: tuple[Any, ...] = (
        [unit.observed_ms for unit in rows],
        [unit.slot for unit in rows],
        micros([unit.lon for unit in rows]),
        micros([unit.lat for unit in rows]),
        [UNKNOWN if unit.heading_deg is None else round(unit.heading_deg) for unit in rows],
        [UNKNOWN if unit.speed_kmh is None else round(unit.speed_kmh * 10) for unit in rows],
        [STATES[unit.state] for unit in rows],
    )
    return [np.array(column, dtype) for column, (_, dtype) in zip(values, COLUMNS, strict=True)]


def _facts(unit: Unit, personal: bool) -> list[Any]:
    callsign = unit.fact("callsign") if personal else None
    return [unit.slot, unit.id, callsign, unit.fact("agency"), unit.fact("kind")]


def incident_json(incident: Incident) -> dict[str, Any]:
    """An incident as the live frames carry it; the description is fetched when somebody looks."""
    report = incident.report
    return {
        "id": incident.id,
        "rev": incident.rev,
        "title": report.title,
        "category": report.category,
        "severity": report.severity,
        "status": incident.status,
        "verification": incident.verification,
        "lon": report.lon,
        "lat": report.lat,
        "located": report.located,
        "regency": report.regency,
        "district": report.district,
        "polres": report.polres,
        "kodim": report.kodim,
        "occurred_ms": report.at_ms,
        "received_ms": report.received_ms,
        "responded_ms": incident.responded_ms,
        "closed_ms": incident.closed_ms,
        "agency": report.agency,
        "source": report.source,
        "reporter_unit": report.reporter_unit,
        "crowd": report.crowd,
        "crowd_state": report.crowd_state,
        "victims": report.victims.model_dump() if report.victims else None,
        "units": incident.units,
        "simulated": report.simulated,
    }


def level_json(event: LevelChanged, override: LevelOverridden | None = None) -> dict[str, Any]:
    """An area's level as the live frames carry it, with the override that stands beside it."""
    return {
        "code": event.area,
        "level": event.level,
        "name": LEVEL_NAMES[event.level],
        "score": event.score,
        "since_ms": event.since_ms,
        "reasons": [reason.model_dump() for reason in event.reasons],
        "override": override and override_json(override),
    }


def override_json(event: LevelOverridden) -> dict[str, Any]:
    """An officer's override: its level, until when, by whom and why."""
    return {
        "level": event.level,
        "name": LEVEL_NAMES[event.level or 0],
        "since_ms": event.at_ms,
        "until_ms": event.until_ms,
        "actor": event.actor,
        "why": event.why,
    }


def readiness_json(event: ReadinessDeclared) -> dict[str, Any]:
    """The readiness that was declared for an area, since when, by whom and why."""
    return {
        "area": event.area,
        "readiness": event.readiness,
        "since_ms": event.at_ms,
        "actor": event.actor,
        "why": event.why,
    }


def alarm_json(event: AlarmRaised, seen: AlarmSeen | None = None) -> dict[str, Any]:
    """An alarm as the live frames carry it, with who has seen it."""
    return {
        "id": event.alarm,
        "what": event.what,
        "area": event.area,
        "at_ms": event.at_ms,
        "level": event.level,
        "text": event.text,
        "incidents": event.incidents,
        "chance": event.chance,
        "before": event.before,
        "reason": event.reason and event.reason.model_dump(),
        "minutes": event.minutes,
        "crowding": event.crowding and event.crowding.model_dump(),
        "seen": seen and {"at_ms": seen.at_ms, "actor": seen.actor},
    }


def source_json(name: str, source: Source, known: SourceRegistered | None) -> dict[str, Any]:
    """A source as the live frames carry it: when it was last heard, by Siger's clock, and what age is too old.

    One that is registered with a rhythm and was never heard counts as heard when it was registered.
    """
    every_s = known.every_s if known is not None else None
    stale_s, expired_s = ages_s(every_s)
    since_ms = known.at_ms if known is not None and every_s is not None else 0
    return {
        "source": name,
        "title": known.title if known is not None else "",
        "last_ms": max(source.last_ms, since_ms),
        "heard": source.last_ms > 0,
        "stale_ms": stale_s * 1000,
        "expired_ms": expired_s * 1000,
        "expected": every_s is not None,
        "enabled": known is None or known.enabled,
    }


def snapshot(header: Mapping[str, Any], view: View) -> bytes:
    """All that a view sees as one frame."""
    personal = view.scope.personal
    head = {
        **header,
        "incidents": [incident_json(incident) for incident in view.incidents.values()],
        "levels": [level_json(level.event, view.override(code)) for code, level in view.levels.items()],
        "sources": [source_json(name, *told) for name, told in view.all_sources().items()],
        "readiness": [readiness_json(event) for event in view.all_readiness()],
        "alarms": [alarm_json(event, view.alarm_seen(name)) for name, event in view.alarms().items()],
        "tps": view.tps_mark(),
    }
    return frame(head, view.units.values(), view.units.values(), personal=personal)
