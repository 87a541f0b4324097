"""The lines of a level's explanation in plain Indonesian. Restricted reports weigh nothing: no line names one."""

from feeds.clock import wib_moment
from feeds.incident import Incident
from feeds.taxonomy import Taxonomy

_TRUST = {"verified": "terverifikasi", "unverified": "belum diverifikasi", "hoax": "hoaks"}


def clock(at_ms: int) -> str:
    """A moment as officers write it: 25/11 14.05 WIB."""
    return f"{wib_moment(at_ms):%d/%m %H.%M} WIB"


def describe(incident: Incident, taxonomy: Taxonomy) -> str:
    """One line for an incident: what, since when, how sure, in which state."""
    report = incident.report
    category = taxonomy.categories[report.category]
    parts = [f"{category.id}: {report.title}", clock(report.at_ms), _TRUST[incident.verification]]
    if incident.status not in ("baru", "terverifikasi"):
        parts.append(taxonomy.statuses[incident.status].id.lower())
    return ", ".join(parts)


def rest(count: int) -> str:
    return f"{count} kejadian lain yang lebih kecil" if count > 1 else "Kejadian lain yang lebih kecil"


def spill(name: str) -> str:
    return f"Imbas dari {name}, daerah tetangga"


USUAL = "Kejadian kecil yang biasa di daerah ini"
