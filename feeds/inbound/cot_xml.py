"""A CoT event written as XML. Documents with a DTD are refused before anything of them is expanded."""

from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from feeds.clock import read_ms
from feeds.inbound.cot import CotEvent
from feeds.inbound.reading import NotUnderstood, number

_NOTHING = Element("nothing")


def parse(data: bytes) -> CotEvent:
    """Reads one `<event>` document. Raises `NotUnderstood`."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise NotUnderstood("(event)", data[:80].decode("utf-8", "replace"), f"not usable XML: {error}") from error
    if root.tag != "event":
        raise NotUnderstood("(event)", root.tag, "the document must be an <event>")
    point = root.find("point")
    if point is None:
        raise NotUnderstood("point", "(missing)", "a CoT event has a <point>")
    return _event(root, point, detail_of(root.find("detail")))


def detail(data: str) -> dict[str, object]:
    """The parts that Siger reads of a detail given as loose XML, as TAK's protobuf form carries it."""
    try:
        return detail_of(fromstring(f"<detail>{data}</detail>", forbid_dtd=True))
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotUnderstood("detail", data[:80], f"not usable XML: {error}") from error


def detail_of(found: Element | None) -> dict[str, object]:
    """Callsign, remarks, track, battery, sending unit and Siger's own element, where the detail has them."""
    if found is None:
        return {}
    contact, track, status, own = (_child(found, name) for name in ("contact", "track", "status", "siger"))
    severity = number(own.get("severity"))
    sender = next((link for link in found.iterfind("link") if (link.get("type") or "").startswith("a-f")), _NOTHING)
    told = {
        "callsign": (contact.get("callsign") or "").strip(),
        "remarks": (found.findtext("remarks") or "").strip(),
        "speed_mps": number(track.get("speed")),
        "course_deg": number(track.get("course")),
        "battery_pct": number(status.get("battery")),
        "category": own.get("category") or "",
        "severity": None if severity is None else int(severity),
        "title": (own.get("title") or "").strip(),
        "sender": (sender.get("uid") or "").strip(),
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def _child(parent: Element, name: str) -> Element:
    found = parent.find(name)
    return _NOTHING if found is None else found


def _event(root: Element, point: Element, details: dict[str, object]) -> CotEvent:
    fields: dict[str, object] = {
        "uid": _required(root, "uid"),
        "type": _required(root, "type"),
        "at_ms": _time_ms(_required(root, "time")),
        "how": root.get("how") or "",
        "lon": point.get("lon"),
        "lat": point.get("lat"),
        "ce_m": number(point.get("ce")),
    }
    return CotEvent(**{**fields, **details})  # type: ignore[arg-type]  # each name is set from its own field above


def _required(root: Element, name: str) -> str:
    value = (root.get(name) or "").strip()
    if not value:
        raise NotUnderstood(name, "(missing)", "a CoT event has uid, type and time")
    return value


def _time_ms(text: str) -> int:
    try:
        return read_ms(text)
    except ValueError as error:
        raise NotUnderstood("time", text, "must be ISO 8601, such as 2024-11-27T01:00:00Z") from error
