"""The risk model: what an area's score is at a moment, line by line. Pure: no clock, no I/O.

Every open or recent incident of an area gives points; the score is their sum, at most 100:

    points = 10 · weight(category) · factor(severity) · factor(crowd) · trust · 2^(-age / half-life)

Each line of the explanation carries its points, and the lines add up to the score exactly as shown. The numbers
are judgements of the house, each with its reason beside it; `docs/risk-model.md` explains them to officers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feeds.events import LevelNumber, Reason
from feeds.incident import Incident
from feeds.taxonomy import Taxonomy

LEVEL_NAMES = ("kondusif", "waspada", "rawan", "sangat rawan")

#: Score at which levels 1, 2 and 3 begin. One verified brawl of medium severity (15) is worth watching; a riot
#: alone (60 and more) is the top.
THRESHOLDS = (10.0, 30.0, 60.0)
#: A level is left downwards only when the score is this far under its threshold, so that decay does not flicker.
HYSTERESIS = 3.0

#: Each step of severity says about twice as much as the one before it.
SEVERITY_FACTOR = {1: 0.3, 2: 0.7, 3: 1.5, 4: 3.0, 5: 6.0}
#: Perkap 16/2006: kuning is disorder and throwing, merah is riot.
CROWD_FACTOR = {None: 1.0, "hijau": 1.0, "kuning": 1.3, "merah": 1.7}
#: A report nobody has checked yet counts for less than a verified one; a hoax counts nothing.
TRUST = {"unverified": 0.7, "verified": 1.0, "hoax": 0.0}
#: What is over still says something about the place, but little, and it fades at twice the speed.
CLOSED_FACTOR = 0.3
CLOSED_SPEED = 2.0
#: Below this, a line is noise and is left out.
LEAST_POINTS = 0.1
MOST_POINTS = 100.0

_NUMBERS: tuple[LevelNumber, ...] = (0, 1, 2, 3)
_WIB = timedelta(hours=7)


@dataclass(frozen=True, slots=True)
class Assessment:
    """An area's score 0-100 and the lines that add up to it, heaviest first."""

    score: float
    reasons: tuple[Reason, ...]


def points(incident: Incident, at_ms: int, taxonomy: Taxonomy) -> float:
    """What one incident adds to its area's score at `at_ms`; 0 for hoaxes and merged reports."""
    report = incident.report
    category = taxonomy.categories.get(report.category)
    if category is None or incident.status == "digabung":
        return 0.0
    closed = not taxonomy.is_open(incident.status)
    age_h = max(0, at_ms - report.at_ms) / 3_600_000
    speed = CLOSED_SPEED if closed else 1.0
    fade = 2.0 ** (-age_h * speed / category.half_life_h)
    base = 10.0 * category.weight * SEVERITY_FACTOR[report.severity] * CROWD_FACTOR[report.crowd_state]
    return float(base * TRUST[incident.verification] * (CLOSED_FACTOR if closed else 1.0) * fade)


def assess(incidents: Iterable[Incident], at_ms: int, taxonomy: Taxonomy) -> Assessment:
    """The score of an area whose incidents these are, with its explanation."""
    weighed = [(points(incident, at_ms, taxonomy), incident) for incident in incidents]
    weighed = [(value, incident) for value, incident in weighed if value >= LEAST_POINTS]
    weighed.sort(key=lambda pair: (-pair[0], pair[1].id))
    total = sum(value for value, _ in weighed)
    scale = min(1.0, MOST_POINTS / total) if total else 1.0
    shares = _rounded([value * scale for value, _ in weighed])
    reasons = tuple(
        Reason(
            text=describe(incident, taxonomy),
            points=share,
            event_id=incident.rev,
            incident=incident.id,
        )
        for share, (_, incident) in zip(shares, weighed, strict=True)
    )
    return Assessment(round(sum(shares), 1), reasons)


def _rounded(values: list[float]) -> list[float]:
    """Values to one decimal; where rounding up would take the sum over the most, the largest gives way."""
    shares = [round(value, 1) for value in values]
    over = round(sum(shares) - MOST_POINTS, 1)
    if over > 0:
        shares[0] = round(shares[0] - over, 1)
    return shares


def level_of(score: float, previous: int | None) -> LevelNumber:
    """The level 0-3 of a score. Going up is immediate, going down waits for the hysteresis."""
    reached = sum(score >= threshold for threshold in THRESHOLDS)
    if previous is not None and reached < previous:
        reached = min(previous, sum(score >= threshold - HYSTERESIS for threshold in THRESHOLDS))
    return _NUMBERS[reached]


def describe(incident: Incident, taxonomy: Taxonomy) -> str:
    """One line of the explanation in plain Indonesian: what, since when, how sure, in which state."""
    report = incident.report
    category = taxonomy.categories[report.category].id
    when = (datetime.fromtimestamp(report.at_ms / 1000, UTC) + _WIB).strftime("%d/%m %H.%M WIB")
    trust = {"verified": "terverifikasi", "unverified": "belum diverifikasi", "hoax": "hoaks"}
    parts = [f"{category}: {report.title}", when, trust[incident.verification]]
    if incident.status not in ("baru", "terverifikasi"):
        parts.append(taxonomy.statuses[incident.status].id.lower())
    return ", ".join(parts)


def same_story(old: Sequence[Reason], new: Sequence[Reason]) -> bool:
    """Whether two explanations name the same incidents in the same states, whatever their points."""
    return [(r.incident, r.event_id) for r in old] == [(r.incident, r.event_id) for r in new]
