"""Incidents as CAP 1.2 alerts, and the RSS index that lists them, in the form in which BMKG publishes its own.

Simulated incidents go out as `Exercise`, never as `Actual`. What is not verified is `Possible`, not `Observed`.
Incidents that only some may see are not in here at all: a feed has no roles.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement

from feeds.clock import wib_moment
from feeds.incident import Incident, Stamped, fold
from feeds.outbound.xml import encode, safe
from feeds.taxonomy import Taxonomy
from geo.areas import Areas

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
#: A warning that does not know its end is renewed or forgotten within this.
LASTS_MS = 12 * 3600_000
#: CAP wants a shape beside the code: a circle of no width is a point.
POINT_RADIUS_KM = "0"

_CATEGORIES = {"bencana": "Geo", "lalin": "Transport", "kriminal": "Security", "kamtibmas": "Security"}
_CATEGORY_OF = {
    "cuaca_ekstrem": "Met",
    "angin_kencang": "Met",
    "banjir": "Met",
    "kebakaran": "Fire",
    "karhutla": "Fire",
}
_SEVERITY = {1: "Minor", 2: "Minor", 3: "Moderate", 4: "Severe", 5: "Extreme"}
_CERTAINTY = {"verified": "Observed", "unverified": "Possible", "hoax": "Unlikely"}


def alert(
    history: Sequence[Stamped], areas: Areas, taxonomy: Taxonomy, *, sender: str, simulated: bool
) -> bytes | None:
    """The incident that a history makes, as one CAP alert. First it is an `Alert`, then an `Update` that replaces
    everything said before, and a `Cancel` when it is over. None where the history has no report yet.
    """
    incident = fold(history, taxonomy)
    if incident is None:
        return None
    report = incident.report
    is_open = taxonomy.is_open(incident.status)
    said = [f"{sender},{incident.id}.{rev},{_time(event.received_ms)}" for rev, event in history[:-1]]
    root = Element("alert", xmlns=NAMESPACE)
    _add(root, "identifier", identifier(incident))
    _add(root, "sender", sender)
    _add(root, "sent", _time(history[-1][1].received_ms))
    _add(root, "status", "Exercise" if simulated or report.simulated else "Actual")
    _add(root, "msgType", "Cancel" if not is_open else "Update" if said else "Alert")
    _add(root, "scope", "Public")
    if simulated or report.simulated:
        _add(root, "note", "SIMULASI: bukan kejadian nyata")
    if said:
        _add(root, "references", " ".join(said))
    _info(root, incident, areas, taxonomy, simulated=simulated or report.simulated)
    return encode(root)


def identifier(incident: Incident) -> str:
    """Another one for every state: CAP forbids to say two things under one name."""
    return f"{incident.id}.{incident.rev}"


def index(
    incidents: Iterable[Incident], taxonomy: Taxonomy, *, base_url: str, sender: str, now_ms: int, simulated: bool
) -> bytes:
    """The RSS index; `base_url` is the folder in which each incident's alert stands under its id."""
    root = Element("rss", version="2.0")
    channel = SubElement(root, "channel")
    _add(channel, "title", _marked("Siger: kejadian di Lampung", simulated))
    _add(channel, "link", f"{base_url}/feed.xml")
    _add(channel, "description", _marked("Kejadian yang masih terbuka, sebagai CAP 1.2", simulated))
    _add(channel, "language", "id")
    _add(channel, "lastBuildDate", _rss_time(now_ms))
    for incident in incidents:
        item = SubElement(channel, "item")
        _add(item, "title", _marked(incident.report.title, simulated))
        _add(item, "link", f"{base_url}/{incident.id}")
        _add(item, "description", incident.report.description)
        _add(item, "author", sender)
        _add(item, "category", _category(incident, taxonomy))
        _add(item, "pubDate", _rss_time(incident.changed_ms))
        SubElement(item, "guid", isPermaLink="false").text = identifier(incident)
    return encode(root)


def _info(root: Element, incident: Incident, areas: Areas, taxonomy: Taxonomy, *, simulated: bool) -> None:
    report = incident.report
    term = taxonomy.categories.get(report.category)
    info = SubElement(root, "info")
    _add(info, "language", "id")
    _add(info, "category", _category(incident, taxonomy))
    _add(info, "event", term.id if term else report.category)
    _add(info, "urgency", "Immediate" if taxonomy.is_open(incident.status) else "Past")
    _add(info, "severity", _SEVERITY.get(report.severity, "Unknown"))
    _add(info, "certainty", _CERTAINTY.get(incident.verification, "Unknown"))
    _coded(info, "eventCode", "siger:category", report.category)
    _add(info, "effective", _time(report.at_ms))
    _add(info, "expires", _time(report.expires_ms or incident.changed_ms + LASTS_MS))
    _add(info, "senderName", "Siger")
    _add(info, "headline", _marked(report.title, simulated))
    _add(info, "description", report.description or report.title)
    area = SubElement(info, "area")
    codes = [code for code in (report.district, report.regency) if code]
    _add(area, "areaDesc", ", ".join(areas.get(code).name for code in codes) or "Lampung")
    _add(area, "circle", f"{report.lat:.6f},{report.lon:.6f} {POINT_RADIUS_KM}")
    for code in codes:
        _coded(area, "geocode", "kemendagri", code)


def _category(incident: Incident, taxonomy: Taxonomy) -> str:
    term = taxonomy.categories.get(incident.report.category)
    group = _CATEGORIES.get(term.group, "Other") if term else "Other"
    return _CATEGORY_OF.get(incident.report.category, group)


def _coded(parent: Element, name: str, system: str, value: str) -> None:
    element = SubElement(parent, name)
    _add(element, "valueName", system)
    _add(element, "value", value)


def _marked(text: str, simulated: bool) -> str:
    return f"SIMULASI: {text}" if simulated else text


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = safe(text)


def _time(at_ms: int) -> str:
    # CAP 3.3.2: no fractions of a second, and an offset in figures; WIB, as the reader's clock shows.
    return wib_moment(at_ms).isoformat(timespec="seconds")


def _rss_time(at_ms: int) -> str:
    return format_datetime(datetime.fromtimestamp(at_ms // 1000, UTC))
