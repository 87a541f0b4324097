"""Cursor on Target: what an event means to Siger, whichever way it was written (`cot_xml`, `cot_proto`).

Friendly atoms (`a-f-…`) are units. Incidents (`a-.-X-i-…`), alarms (`b-l-…`), riots and emergency buttons
(`b-a-o-…`) are incidents; a `<siger category= severity= title=/>` in the detail says it exactly. Everything else
(pings, chat, routes, other sides' symbols) is accepted and carries nothing. What Siger itself sent out counts as
nothing when it comes back, so that two systems connected to each other do not feed each other for ever.
"""

import re
from dataclasses import dataclass

from feeds.clock import utc_text
from feeds.inbound.reading import (
    EARLIEST_MS,
    LATEST_MS,
    MPS_TO_KMH,
    Fix,
    Json,
    NotUnderstood,
    Reading,
    degrees,
    is_nowhere,
    number,
)

#: Uids of the events that Siger sends begin with this.
OWN_UID = "siger."
#: CoT's number for "not known", in ce, le and hae.
UNKNOWN_M = 9_999_999.0
DEFAULT_SEVERITY = 3

_UNIT = re.compile(r"a-f(-|$)")
_ALARM = re.compile(r"b-a-o-")
_KINDS = ((re.compile(r"a-f-S"), "boat"), (re.compile(r"a-f-G-I"), "post"), (re.compile(r"a-f-G-E-V"), "car"))
#: The first that matches counts: type, category, severity.
_INCIDENTS = tuple(
    (re.compile(pattern), category, severity)
    for pattern, category, severity in (
        (r"b-a-o-(tbl|pan|opn)", "kejadian_menonjol", 5),
        (r"a-.-X-i-f", "kebakaran", DEFAULT_SEVERITY),
        (r"a-.-X-i-t", "laka_lantas", DEFAULT_SEVERITY),
        (r"a-.-X-i-g-e", "gempa", DEFAULT_SEVERITY),
        (r"a-.-X-i-g-[la]", "longsor", DEFAULT_SEVERITY),
        (r"a-.-X-i-m", "cuaca_ekstrem", DEFAULT_SEVERITY),
        (r"a-.-X-i", "kejadian_menonjol", DEFAULT_SEVERITY),
        (r"b-l-l-l-cd", "gangguan_ketertiban", DEFAULT_SEVERITY),
        (r"b-l-f", "kebakaran", DEFAULT_SEVERITY),
        (r"b-l-m", "cuaca_ekstrem", DEFAULT_SEVERITY),
        (r"b-l", "kejadian_menonjol", DEFAULT_SEVERITY),
        (r"b-r-.-O-I-V", "rusuh_massa", 4),
    )
)


@dataclass(frozen=True, slots=True)
class CotEvent:
    """One CoT event as written, times as epoch ms, speed in m/s."""

    uid: str
    type: str
    at_ms: int
    lon: object
    lat: object
    how: str = ""
    ce_m: float | None = None
    callsign: str = ""
    remarks: str = ""
    speed_mps: float | None = None
    course_deg: float | None = None
    battery_pct: float | None = None
    category: str = ""
    severity: int | None = None
    title: str = ""
    sender: str = ""


def reading_of(event: CotEvent) -> Reading:
    """What the event means to Siger. Raises `NotUnderstood` where a unit or incident has no place or time."""
    if event.uid.startswith(OWN_UID):
        return Reading(event.uid, note="an event that Siger itself sent out")
    if _UNIT.match(event.type):
        return Reading(event.uid, positions=(_position(event),))
    found = next((rule for rule in _INCIDENTS if rule[0].match(event.type)), None)
    if found is None and not event.category:
        return Reading(event.uid, note=f"an event of type '{event.type[:40]}', which carries nothing for Siger")
    category, severity = (found[1], found[2]) if found else ("", DEFAULT_SEVERITY)
    incident = _incident(event, event.category or category, event.severity or severity)
    return Reading(event.uid, incidents=(incident,), alarm=_ALARM.match(event.type) is not None)


def _position(event: CotEvent) -> Json:
    lon, lat = _place(event)
    return Fix(
        device=event.uid,
        at_ms=_time(event),
        lon=lon,
        lat=lat,
        speed_kmh=None if event.speed_mps is None else event.speed_mps * MPS_TO_KMH,
        heading_deg=event.course_deg,
        accuracy_m=_known(event.ce_m),
        battery_pct=event.battery_pct,
        callsign=event.callsign,
        kind=next((kind for pattern, kind in _KINDS if pattern.match(event.type)), None),
    ).position()


def _incident(event: CotEvent, category: str, severity: int) -> Json:
    lon, lat = _place(event)
    name = event.callsign or event.uid
    title = event.title or (f"Darurat: {name}" if event.type.startswith("b-a-o") else name)
    accuracy_m = _known(event.ce_m)
    return {
        "external_id": event.uid[:200],
        "occurred_at": utc_text(_time(event)),
        "category": category[:60],
        "severity": severity,
        "title": title[:200],
        "description": event.remarks[:5000],
        "lon": lon,
        "lat": lat,
        **({} if accuracy_m is None else {"accuracy_m": accuracy_m}),
        **({"reporter_unit": event.sender[:100]} if event.sender else {}),
    }


def _place(event: CotEvent) -> tuple[float, float]:
    lon, lat = degrees("point.lon", event.lon, 180), degrees("point.lat", event.lat, 90)
    if is_nowhere(lon, lat):
        raise NotUnderstood("point", "0,0", "the sender does not know where it is")
    return lon, lat


def _time(event: CotEvent) -> int:
    if not EARLIEST_MS <= event.at_ms <= LATEST_MS:
        raise NotUnderstood("time", event.at_ms, "not between the years 2000 and 2100; check the sender's clock")
    return event.at_ms


def _known(metres: float | None) -> float | None:
    found = number(metres)
    return None if found is None or not 0 <= found < UNKNOWN_M else min(found, 1_000_000.0)
