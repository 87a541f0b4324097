"""An incident as the picture shows it: one report with everything that was done about it since, folded.

`fold` is pure and looks at its events in log order alone, so it does not matter in which order or how often they
arrived. Whether an action is *allowed* is decided where it is taken in; one that the state does not allow (two
posts acting at the same moment) changes nothing here, but stays in the history.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from feeds.events import Correction, IncidentActed, IncidentReported
from feeds.report_taken import ReportTaken
from feeds.taxonomy import Taxonomy

Stamped = tuple[str, IncidentReported | IncidentActed]

#: Who a report is kept from. neutrality: the conduct of officials, and restricted reports about the election;
#: informant: every other restricted report, since somebody's safety may hang on it.
Secrecy = Literal["normal", "neutrality", "informant"]
ELECTION_GROUP = "pemilihan"

_VERIFICATION = {"verify": "verified", "reject": "hoax", "reopen": "unverified"}


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident now. `rev` is the log id of the last event about it, `event_id` that of its report."""

    id: str
    event_id: str
    rev: str
    report: IncidentReported
    status: str = "baru"
    verification: str = "unverified"
    units: tuple[str, ...] = ()
    merged_into: str | None = None
    status_before_merge: str | None = None
    responded_ms: int | None = None
    closed_ms: int | None = None
    changed_ms: int = 0
    secrecy: Secrecy = "normal"
    share_asked_by: str | None = None
    shared: bool = False

    @property
    def occurred_ms(self) -> int:
        return self.report.at_ms


def fold(events: Iterable[Stamped], taxonomy: Taxonomy) -> Incident | None:
    """The incident that `events` (in log order, one report among them) make; None while its report is missing."""
    history = list(events)
    reported = next(((rev, e) for rev, e in history if isinstance(e, IncidentReported)), None)
    if reported is None:
        return None
    event_id, report = reported
    secrecy = secrecy_of(report, taxonomy)
    incident = Incident(report.incident, event_id, event_id, report, changed_ms=report.received_ms, secrecy=secrecy)
    if len(history) == 1:
        return incident  # most of them, as they come in
    for rev, event in history:
        if isinstance(event, IncidentActed):
            incident = replace(_acted(incident, event, taxonomy), rev=rev)
    return replace(incident, rev=history[-1][0], secrecy=_secrecy(incident, taxonomy))


def _acted(incident: Incident, event: IncidentActed, taxonomy: Taxonomy) -> Incident:
    target = taxonomy.after(incident.status, event.action)
    if target is None:
        return incident
    if event.action == "reopen" and incident.status_before_merge is not None:
        return _unmerged(incident, event)
    changes: dict[str, Any] = {"status": target, "changed_ms": event.received_ms}
    changes["verification"] = _VERIFICATION.get(event.action, incident.verification)
    changes["closed_ms"] = _closed_ms(incident, target, event, taxonomy)
    if event.action in ("assign", "respond", "on_scene") and event.unit and event.unit not in incident.units:
        changes["units"] = (*incident.units, event.unit)
    if event.action in ("respond", "on_scene") and incident.responded_ms is None:
        changes["responded_ms"] = event.at_ms
    if event.action == "merge":
        changes.update(merged_into=event.into, status_before_merge=incident.status)
    if event.action == "share":
        changes.update(_shared(incident, event.actor))
    if event.action == "reopen":
        changes["units"] = ()
    if event.correction is not None:
        changes["report"] = _corrected(incident, event.correction, taxonomy)
        if event.correction.sensitivity == "restricted":
            changes.update(shared=False, share_asked_by=None)
    return replace(incident, **changes)


def _unmerged(incident: Incident, event: IncidentActed) -> Incident:
    """As it was before it was merged: who was on the way to it still is, and what was verified stays so."""
    before = incident.status_before_merge or incident.status
    return replace(
        incident,
        status=before,
        merged_into=None,
        status_before_merge=None,
        closed_ms=None,
        changed_ms=event.received_ms,
    )


def secrecy_of(report: IncidentReported | ReportTaken, taxonomy: Taxonomy) -> Secrecy:
    """Whom a report is kept from, as long as nobody has shared it."""
    category = taxonomy.categories.get(report.category)
    sensitive = category is not None and category.sensitive
    if not (sensitive or report.sensitivity == "restricted"):
        return "normal"
    return "neutrality" if sensitive or (category and category.group == ELECTION_GROUP) else "informant"


def _secrecy(incident: Incident, taxonomy: Taxonomy) -> Secrecy:
    return "normal" if incident.shared else secrecy_of(incident.report, taxonomy)


def _shared(incident: Incident, actor: str | None) -> dict[str, Any]:
    # Two people, both named: the first asks, another one approves. Nobody's own "yes" counts twice.
    if actor is None or incident.shared:
        return {}
    if incident.share_asked_by is None:
        return {"share_asked_by": actor}
    return {"shared": True} if actor != incident.share_asked_by else {}


def _closed_ms(incident: Incident, target: str, event: IncidentActed, taxonomy: Taxonomy) -> int | None:
    if taxonomy.is_open(target):
        return None
    return incident.closed_ms if incident.closed_ms is not None else event.at_ms


#: What a correction may take away. A point without a longitude, say, is no correction of ours.
_MAY_BE_NONE = frozenset({"regency", "district", "polres", "kodim", "victims", "crowd", "crowd_state"})


def _corrected(incident: Incident, correction: Correction, taxonomy: Taxonomy) -> IncidentReported:
    # A new place brings its own areas with it, even where one of them is "none" (a point at sea).
    given = {name: getattr(correction, name) for name in correction.model_fields_set}
    fields = {name: value for name, value in given.items() if value is not None or name in _MAY_BE_NONE}
    if _secrecy(incident, taxonomy) != "normal":
        # Another category must not publish what only two people together may.
        fields["sensitivity"] = "restricted"
    return incident.report.model_copy(update=fields)
