"""What one incident weighs: its points when it happens, and how fast they fade. Pure: no clock, no neighbours."""

from dataclasses import dataclass

from feeds.incident import Incident
from feeds.levels.parameters import Parameters, bundled
from feeds.levels.stages import ELECTION_GROUPS, Calendar
from feeds.taxonomy import Taxonomy

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

#: All of an incident that its weight depends on: secrecy, status, verification, category, severity, crowd's state.
Kind = tuple[str, str, str, str, int, str | None]

_CROWD = {"kuning": "crowd_yellow", "merah": "crowd_red"}


@dataclass(frozen=True, slots=True)
class Weight:
    """Points at the moment of the event, and half-lives an hour; `election`: the stage weighs on it."""

    base: float
    halvings_per_h: float
    election: bool
    everyday: bool


NOTHING = Weight(0.0, 1.0, election=False, everyday=False)


def kind_of(incident: Incident) -> Kind:
    """Two incidents of one kind weigh the same."""
    report = incident.report
    return (
        incident.secrecy,
        incident.status,
        incident.verification,
        report.category,
        report.severity,
        report.crowd_state,
    )


def weigh(incident: Incident, taxonomy: Taxonomy, parameters: Parameters) -> Weight:
    """An incident's weight."""
    return weight_of(kind_of(incident), taxonomy, parameters)


def weight_of(kind: Kind, taxonomy: Taxonomy, parameters: Parameters) -> Weight:
    """What each incident of a kind weighs; nothing for hoaxes, merged reports and categories not known any more.

    Nor for restricted reports: a level is seen by everybody, and one report more must not show through its sum.
    """
    secrecy, status, verification, code, severity, crowd_state = kind
    category = taxonomy.categories.get(code)
    if secrecy != "normal" or category is None or status == "digabung" or verification == "hoax":
        return NOTHING
    base = parameters["base_points"] * category.weight * parameters[f"severity_{severity}"]
    crowd = _CROWD.get(crowd_state or "")
    if crowd is not None:
        base *= parameters[crowd]
    if verification == "unverified":
        base *= parameters["trust_unverified"]
    halvings_per_h = 1 / category.half_life_h
    if not taxonomy.is_open(status):
        base *= parameters["closed_share"]
        halvings_per_h *= parameters["closed_speed"]
    election = category.group in ELECTION_GROUPS
    return Weight(base, halvings_per_h, election, severity <= parameters["usual_severity"])


def points(
    incident: Incident,
    at_ms: int,
    taxonomy: Taxonomy,
    parameters: Parameters | None = None,
    calendar: Calendar | None = None,
) -> float:
    """What one incident by itself gives at `at_ms`: without near repeats, which need the others to be seen."""
    known = parameters or bundled()
    weight = weigh(incident, taxonomy, known)
    age_h = max(0, at_ms - incident.report.at_ms) / HOUR_MS
    stage = calendar.factor(at_ms, known) if calendar is not None and weight.election else 1.0
    return float(weight.base * stage * 2.0 ** (-age_h * weight.halvings_per_h))
