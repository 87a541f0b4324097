"""What is said about an incident: a text for people, a signed document for programs.

Documents are signed as Standard Webhooks has it (id, time and body, HMAC-SHA256), so that receivers can check
them with a library instead of code of their own.
"""

import base64
import hashlib
import hmac
from typing import Any

import orjson

from feeds.clock import wib_moment
from feeds.incident import Incident
from feeds.outbound.rules import Occasion
from feeds.taxonomy import Taxonomy
from geo.areas import Areas

_OCCASIONS = {"report": "Kejadian baru", "close": "Kejadian selesai"}


def text_of(
    incident: Incident, occasion: Occasion, areas: Areas, taxonomy: Taxonomy, *, link: str, simulated: bool
) -> tuple[str, str]:
    """Title and body for people."""
    report = incident.report
    term = taxonomy.categories.get(report.category)
    where = [areas.get(code).name for code in (report.district, report.regency) if code]
    at = wib_moment(report.at_ms)
    lines = [
        f"{term.id if term else report.category}, keparahan {report.severity} dari 5",
        f"{', '.join(where) or 'di luar wilayah'}, {at:%d/%m/%Y %H.%M} WIB",
        taxonomy.statuses[incident.status].id,
        f"No. {incident.id}",
        link,
    ]
    title = f"{'SIMULASI: ' if simulated else ''}{_OCCASIONS[occasion]}: {report.title}"
    return title, "\n".join(line for line in lines if line)


def document_of(incident: dict[str, Any], occasion: Occasion, *, at: str, simulated: bool) -> bytes:
    """A webhook's body: the incident as the API shows it."""
    return orjson.dumps({"type": f"incident.{occasion}", "timestamp": at, "simulated": simulated, "data": incident})


def signed(body: bytes, *, key: bytes, message_id: str, at_s: int) -> dict[str, str]:
    """The headers that a webhook's body goes with."""
    told = hmac.new(key, f"{message_id}.{at_s}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": f"v1,{base64.b64encode(told).decode()}",
    }
