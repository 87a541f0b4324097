"""Reports of two sources that are probably one event: near in place and time, of a related kind. Suggested only.

A person merges; nothing here does. The score adds up what speaks for one event, each part between 0 and 1 and worth
what stands beside it: how near, how close in time, how related the kinds, how alike the words. Two reports of one
source are never suggested: a source that counts its own reports knows that it sent two.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from feeds.incident import Incident
from feeds.taxonomy import Taxonomy
from geo.measure import distance_m

#: Further apart than this in time or place, two reports are not asked about at all.
WITHIN_MS = 3 * 3600_000
WITHIN_M = 5_000.0
#: Points further apart than this, either way, are further apart than `WITHIN_M`.
MOST_DEGREES = 0.05
#: Half of what a place or a time says is gone at this distance.
HALF_M = 1_000.0
HALF_MS = 40 * 60_000
#: A place known by its district alone says this much where the other report lies in the same one.
SAME_DISTRICT = 0.45
WEIGHTS = {"place": 0.40, "time": 0.25, "kind": 0.25, "words": 0.10}
#: From here on a pair is suggested; set on the labelled set of tests/feeds/test_duplicates.py (docs/duplicates.md).
SUGGEST_FROM = 0.58
MOST_SUGGESTED = 5

#: Kinds that two agencies give to the same thing. What is only in the same group counts for less.
RELATED = (
    frozenset({"unjuk_rasa", "rusuh_massa", "konflik_sosial", "gangguan_ketertiban", "tawuran"}),
    frozenset({"curat", "curas", "curanmor", "pencurian"}),
    frozenset({"penganiayaan", "tawuran", "intimidasi", "curas"}),
    frozenset({"kebakaran", "pembakaran", "karhutla"}),
    frozenset({"banjir", "cuaca_ekstrem", "angin_kencang", "longsor"}),
    frozenset({"laka_lantas", "kemacetan"}),
    frozenset({"perusakan", "perusakan_apk", "pembakaran"}),
    frozenset({"politik_uang", "pidana_pemilihan", "pelanggaran_administrasi"}),
    frozenset({"gangguan_tps", "logistik", "psu", "unjuk_rasa"}),
)
SAME, NEAR, GROUP = 1.0, 0.7, 0.2
_WORD = re.compile(r"[a-z0-9]{3,}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`other` is probably the same event: how sure (0 to 1), and the figures behind it."""

    other: str
    score: float
    distance_m: float | None
    apart_ms: int
    kind: float


def likely_same(incident: Incident, others: Iterable[Incident], taxonomy: Taxonomy) -> list[Suggestion]:
    """Open incidents of other sources that are probably the same event, likeliest first."""
    found = [
        suggestion
        for other in others
        if _may_be_near(incident, other)
        and _comparable(incident, other, taxonomy)
        and (suggestion := compare(incident, other, taxonomy)) is not None
        and suggestion.score >= SUGGEST_FROM
    ]
    found.sort(key=lambda suggestion: (-suggestion.score, suggestion.other))
    return found[:MOST_SUGGESTED]


def compare(incident: Incident, other: Incident, taxonomy: Taxonomy) -> Suggestion | None:
    """How likely two reports are one event; None where place, time or kind rule it out."""
    apart_ms = abs(incident.occurred_ms - other.occurred_ms)
    kind = _kind(incident, other, taxonomy)
    if apart_ms > WITHIN_MS or kind == 0:
        return None
    place, away_m = _place(incident, other)
    if place == 0:
        return None
    time = HALF_MS / (HALF_MS + apart_ms)
    parts = {"place": place, "time": time, "kind": kind, "words": _words(incident, other)}
    score = sum(WEIGHTS[name] * value for name, value in parts.items())
    return Suggestion(other.id, round(score, 3), None if away_m is None else round(away_m), apart_ms, kind)


def _may_be_near(incident: Incident, other: Incident) -> bool:
    """The cheapest questions first: most of thousands of incidents lie in another hour or another regency."""
    first, second = incident.report, other.report
    return (
        -WITHIN_MS <= second.at_ms - first.at_ms <= WITHIN_MS
        and -MOST_DEGREES <= second.lat - first.lat <= MOST_DEGREES
        and -MOST_DEGREES <= second.lon - first.lon <= MOST_DEGREES
    ) or (first.district is not None and first.district == second.district)


def _comparable(incident: Incident, other: Incident, taxonomy: Taxonomy) -> bool:
    return (
        other.id != incident.id
        and other.report.source != incident.report.source
        and other.secrecy == incident.secrecy
        and taxonomy.is_open(other.status)
    )


def _kind(incident: Incident, other: Incident, taxonomy: Taxonomy) -> float:
    first, second = incident.report.category, other.report.category
    if first == second:
        return SAME
    if any(first in kinds and second in kinds for kinds in RELATED):
        return NEAR
    groups = [term.group for code in (first, second) if (term := taxonomy.categories.get(code))]
    return GROUP if len(groups) == 2 and groups[0] == groups[1] else 0.0


def _place(incident: Incident, other: Incident) -> tuple[float, float | None]:
    first, second = incident.report, other.report
    if "area" in (first.located, second.located):
        same = first.district == second.district if first.district and second.district else False
        return (SAME_DISTRICT if same else 0.0), None
    away_m = distance_m(first.lon, first.lat, second.lon, second.lat)
    return (0.0 if away_m > WITHIN_M else HALF_M**2 / (HALF_M**2 + away_m**2)), away_m


def _words(incident: Incident, other: Incident) -> float:
    first, second = (
        set(_WORD.findall(f"{found.report.title} {found.report.description}".casefold()))
        for found in (incident, other)
    )
    return len(first & second) / len(first | second) if first and second else 0.0
