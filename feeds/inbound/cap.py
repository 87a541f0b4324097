"""A CAP 1.2 alert: who warns of what, how bad, from when to when, and where.

Only what Siger needs of it is read. Where that lies in Lampung is `hazards`' question; an index of alerts is read
by `cap_index`.
"""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from feeds.clock import read_ms
from feeds.inbound.bmkg_text import names_in
from feeds.inbound.reading import NotUnderstood, number

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
MOST_BYTES = 1024 * 1024
MOST_POLYGONS = 200
MOST_POINTS = 5_000
MOST_PARTS = 20
#: What may come without a word of its own: it is about another alert.
_BARE = ("cancel", "ack", "error")
#: A nowcast that does not say its end counts as long as BMKG's usual one.
USUAL_MS = 3 * 3600_000

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Alert:
    """One warning. `names` are areas as its text names them; polygons are lon, lat; circles lon, lat, radius_m.

    An alert may say several things, each with its own areas, severity and end: `part` numbers them from 0.
    """

    id: str
    sender: str
    sent_ms: int
    starts_ms: int
    ends_ms: int
    headline: str
    description: str
    event: str
    category: str = "Met"
    severity: str = "Unknown"
    status: str = "Actual"
    kind: str = "Alert"
    references: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    link: str = ""
    scope: str = "Public"
    response: str = ""
    part: int = 0


def document(data: bytes) -> Element:
    """A document's root, bounded in size; anything with a DTD is refused unexpanded. Raises `NotUnderstood`."""
    if len(data) > MOST_BYTES:
        raise NotUnderstood("(document)", f"{len(data)} bytes", f"at most {MOST_BYTES} bytes")
    try:
        return fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        start = data[:80].decode("utf-8", "replace")
        raise NotUnderstood("(document)", start, f"not usable XML: {error}") from error


def is_alert(root: Element) -> bool:
    return root.tag == f"{CAP}alert"


def alerts(root: Element) -> list[Alert]:
    """What the alert of a document says, in Indonesian where it says it in several languages.

    Raises `NotUnderstood`.
    """
    infos = root.findall(f"{CAP}info")
    if not infos:
        if _text(root, "msgType").lower() not in _BARE:
            raise NotUnderstood("info", "(missing)", "the alert has no <info>")
        return [_alert(root, Element("info"), 0)]
    languages = [_text(info, "language").lower()[:2] or "en" for info in infos]
    chosen = "id" if "id" in languages else languages[0]
    told = [info for info, language in zip(infos, languages, strict=True) if language == chosen]
    if len(told) > MOST_PARTS:
        raise NotUnderstood("info", len(told), f"at most {MOST_PARTS} in one language")
    return [_alert(root, info, part) for part, info in enumerate(told)]


def _alert(root: Element, info: Element, part: int) -> Alert:
    sent_ms = _time(_required(root, "sent"), "sent")
    starts_ms = _time(_text(info, "onset") or _text(info, "effective"), "effective", sent_ms)
    description = _text(info, "description")
    areas = info.findall(f"{CAP}area")
    polygons = tuple(_polygon(found.text or "") for area in areas for found in area.findall(f"{CAP}polygon"))
    if len(polygons) > MOST_POLYGONS:
        raise NotUnderstood("polygon", len(polygons), f"at most {MOST_POLYGONS} polygons")
    return Alert(
        id=_required(root, "identifier"),
        sender=_required(root, "sender"),
        sent_ms=sent_ms,
        starts_ms=starts_ms,
        ends_ms=_time(_text(info, "expires"), "expires", starts_ms + USUAL_MS),
        headline=_text(info, "headline") or _text(info, "event"),
        description=description,
        event=_text(info, "event"),
        category=_text(info, "category") or "Other",
        severity=_text(info, "severity") or "Unknown",
        status=_text(root, "status") or "Actual",
        kind=_text(root, "msgType") or "Alert",
        references=tuple(_text(root, "references").split()),
        names=names_in(description) or tuple(name for area in areas for name in _names(area)),
        codes=tuple(code for area in areas for code in _codes(area)),
        polygons=polygons,
        circles=tuple(_circle(found.text or "") for area in areas for found in area.findall(f"{CAP}circle")),
        link=_text(info, "web"),
        scope=_text(root, "scope") or "Public",
        response=_text(info, "responseType"),
        part=part,
    )


def _names(area: Element) -> list[str]:
    return [name for part in re.split("[,;]", _text(area, "areaDesc")) if (name := part.strip())]


def _codes(area: Element) -> list[str]:
    """Kemendagri's codes, where the sender names that system."""
    return [
        _text(code, "value")
        for code in area.findall(f"{CAP}geocode")
        if "kemendagri" in _text(code, "valueName").lower()
    ]


def _polygon(text: str) -> tuple[Point, ...]:
    pairs = text.split()
    if len(pairs) > MOST_POINTS:
        raise NotUnderstood("polygon", f"{len(pairs)} points", f"at most {MOST_POINTS} points")
    return tuple(_pair(pair) for pair in pairs)


def _circle(text: str) -> tuple[float, float, float]:
    pair, _, radius = text.strip().partition(" ")
    radius_km = number(radius)
    if radius_km is None or not 0 <= radius_km <= 1_000:
        raise NotUnderstood("circle", text, "must be 'lat,lon radius' with a radius in km")
    return (*_pair(pair), radius_km * 1000)


def _pair(text: str) -> Point:
    lat, lon = (number(part) for part in text.partition(",")[::2])
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise NotUnderstood("polygon", text, "must be 'lat,lon' in degrees")
    return lon, lat


def _time(text: str, field: str, default: int | None = None) -> int:
    if not text and default is not None:
        return default
    try:
        return read_ms(text)
    except ValueError as error:
        raise NotUnderstood(field, text or "(missing)", "must be a time with its offset") from error


def _text(parent: Element, name: str) -> str:
    return (parent.findtext(f"{CAP}{name}") or "").strip()


def _required(parent: Element, name: str) -> str:
    if not (value := _text(parent, name)):
        raise NotUnderstood(name, "(missing)", "a CAP alert has identifier, sender and sent")
    return value
