"""Units and incidents as Cursor on Target events, for ATAK, WinTAK and whatever else reads a CoT stream.

Types follow MIL-STD-2525 as CoT writes it: friendly ground vehicles, law enforcement, vessels, installations;
incidents as `a-u-X-i…` (other, incident), which tablets draw as markers. Nothing here is a hostile symbol: a
demonstration is not an enemy. `stale` says when a tablet should stop trusting what it shows: a unit after two
minutes of silence, an incident after a day or its own end; a closed incident is sent once more, stale at once, so
that it goes away.
"""

from xml.etree.ElementTree import Element, SubElement

from feeds.clock import utc_text
from feeds.inbound.cot import OWN_UID
from feeds.incident import Incident
from feeds.outbound.xml import encode, safe
from feeds.taxonomy import Taxonomy
from feeds.unit import Unit

UNIT_STALE_MS = 2 * 60_000
INCIDENT_STALE_MS = 24 * 3600_000
#: A closed incident is told to those who join within this, in case their tablet still shows it.
CLOSED_FOR_MS = 10 * 60_000
UNKNOWN = "9999999.0"
KMH_PER_MPS = 3.6

UNIT_TYPES = {
    "car": "a-f-G-E-V-C",
    "motorcycle": "a-f-G-E-V-C",
    "boat": "a-f-S-X-L",
    "post": "a-f-G-I",
}
#: Units on foot, and those that do not say how they move, by agency: law enforcement, infantry, any unit.
FOOT_TYPES = {"polri": "a-f-G-U-U-L-C", "tni": "a-f-G-U-C-I"}
ANY_UNIT = "a-f-G-U"

INCIDENT_TYPES = {
    "kebakaran": "a-u-X-i-f",
    "karhutla": "a-u-X-i-f",
    "pembakaran": "a-u-X-i-f",
    "laka_lantas": "a-u-X-i-t-v-a",
    "gempa": "a-u-X-i-g-e",
    "longsor": "a-u-X-i-g-l",
    "angin_kencang": "a-u-X-i-m",
    "cuaca_ekstrem": "a-u-X-i-m",
    "banjir": "a-u-X-i-m",
}
ANY_INCIDENT = "a-u-X-i-o"


def unit_event(unit: Unit, *, simulated: bool, keep_uid: bool = False, personal: bool = True) -> bytes:
    """A unit's last known position. `keep_uid` for one that came by CoT: it stays one marker on every tablet.

    Not `personal`: without the callsign, which often names a person.
    """
    kind = UNIT_TYPES.get(unit.fact("kind") or "") or FOOT_TYPES.get(unit.fact("agency") or "", ANY_UNIT)
    root = _event(
        unit.id if keep_uid else f"{OWN_UID}unit.{unit.id}",
        kind,
        unit.observed_ms,
        unit.observed_ms + UNIT_STALE_MS,
        "m-g",
    )
    _point(root, unit.lon, unit.lat, unit.accuracy_m)
    detail = SubElement(root, "detail")
    callsign = unit.fact("callsign") if personal else None
    SubElement(detail, "contact", callsign=_called(callsign or unit.id, simulated))
    if unit.speed_kmh is not None or unit.heading_deg is not None:
        speed_mps = (unit.speed_kmh or 0.0) / KMH_PER_MPS
        SubElement(detail, "track", speed=f"{speed_mps:.2f}", course=f"{unit.heading_deg or 0.0:.1f}")
    if (battery := unit.fact("battery_pct")) is not None:
        SubElement(detail, "status", battery=f"{battery:.0f}")
    _remark(detail, f"{unit.fact('agency') or ''} {unit.state or ''}".strip(), simulated)
    return encode(root)


def incident_event(incident: Incident, taxonomy: Taxonomy, now_ms: int, *, simulated: bool) -> bytes:
    """An incident; one that is closed is stale at once."""
    report = incident.report
    stale_ms = report.expires_ms or now_ms + INCIDENT_STALE_MS
    if not taxonomy.is_open(incident.status):
        stale_ms = now_ms
    kind = INCIDENT_TYPES.get(report.category, ANY_INCIDENT)
    root = _event(f"{OWN_UID}incident.{incident.id}", kind, now_ms, stale_ms, "h-e", start_ms=report.at_ms)
    _point(root, report.lon, report.lat, report.accuracy_m)
    detail = SubElement(root, "detail")
    SubElement(detail, "contact", callsign=_called(report.title, simulated))
    own = {"id": incident.id, "category": report.category, "severity": str(report.severity), "title": report.title}
    SubElement(detail, "siger", {name: safe(text) for name, text in {**own, "status": incident.status}.items()})
    category, status = taxonomy.categories.get(report.category), taxonomy.statuses[incident.status]
    said = [category.id if category else report.category, f"keparahan {report.severity}", status.id]
    _remark(detail, ". ".join([*said, report.description]).strip(), simulated)
    return encode(root)


def gone_event(incident_id: str, now_ms: int) -> bytes:
    """Takes an incident off the tablets that show it, and says nothing else of it."""
    root = _event(f"{OWN_UID}gone.{incident_id}", "t-x-d-d", now_ms, now_ms + UNIT_STALE_MS, "m-g")
    _point(root, 0.0, 0.0, None)
    detail = SubElement(root, "detail")
    SubElement(detail, "link", uid=safe(f"{OWN_UID}incident.{incident_id}"), relation="p-p", type=ANY_INCIDENT)
    SubElement(detail, "__forcedelete")
    return encode(root)


def ping(now_ms: int) -> bytes:
    """An event that only says that the stream lives."""
    root = _event(f"{OWN_UID}ping", "t-x-c-t-r", now_ms, now_ms + UNIT_STALE_MS, "m-g")
    _point(root, 0.0, 0.0, None)
    SubElement(root, "detail")
    return encode(root)


def _event(uid: str, kind: str, at_ms: int, stale_ms: int, how: str, start_ms: int | None = None) -> Element:
    return Element(
        "event",
        version="2.0",
        uid=safe(uid),
        type=kind,
        how=how,
        time=utc_text(at_ms),
        start=utc_text(at_ms if start_ms is None else start_ms),
        stale=utc_text(stale_ms),
    )


def _point(root: Element, lon: float, lat: float, accuracy_m: float | None) -> None:
    ce = UNKNOWN if accuracy_m is None else f"{accuracy_m:.1f}"
    SubElement(root, "point", lat=f"{lat:.6f}", lon=f"{lon:.6f}", hae=UNKNOWN, ce=ce, le=UNKNOWN)


def _called(name: str, simulated: bool) -> str:
    return safe(f"SIMULASI {name}" if simulated else name)


def _remark(detail: Element, text: str, simulated: bool) -> None:
    SubElement(detail, "remarks").text = safe(f"SIMULASI. {text}" if simulated else text)
