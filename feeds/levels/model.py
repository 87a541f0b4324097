"""The risk model: what an area's score is at a moment, line by line, and which level that is. No clock, no I/O.

    own points of its incidents + a share of grave neighbours + planned crowds - the everyday that is usual there

Each line of the explanation carries its points with one decimal, and the lines add up to the score exactly. The
numbers are judgements of the house (`parameters.toml`); `docs/risk-model.md` explains them to officers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feeds.events import LevelNumber, Reason, ReasonKind
from feeds.incident import Incident
from feeds.levels import parameters as numbers
from feeds.levels import stages, words
from feeds.levels.ledger import MICRO, Ledger, Standing
from feeds.levels.parameters import Parameters
from feeds.levels.plans import Plan
from feeds.levels.stages import Calendar
from feeds.levels.weight import points
from feeds.taxonomy import Taxonomy

__all__ = ["LEVEL_NAMES", "Assessment", "assess", "explain", "level_of", "points", "same_story"]

LEVEL_NAMES = ("kondusif", "waspada", "rawan", "sangat rawan")
MOST_POINTS = 100
#: Lines under this many points come and go without being news.
STORY_POINTS = 1.0

_NUMBERS: tuple[LevelNumber, ...] = (0, 1, 2, 3)
_TENTH = MICRO // 10
_MINUTE_MS = 60_000


class Line(NamedTuple):
    """A reason before it is written: most are no news, and a checked `Reason` costs ten times as much."""

    points: float
    what: ReasonKind
    text: str
    of: str | None
    incident: str | None
    event_id: str | None

    def reason(self) -> Reason:
        return Reason(**self._asdict())


@dataclass(frozen=True, slots=True)
class Assessment:
    """An area's score 0-100 and the lines that add up to it, heaviest first."""

    score: float
    lines: tuple[Line, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(line.reason() for line in self.lines)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What bears on an area besides its own incidents, in millionths of points."""

    spill: Mapping[str, int]  # by the neighbour's name
    usual: int = 0
    plans: tuple[tuple[Plan, int], ...] = ()


ALONE = Surroundings({})


#: Millionths of points, and what a line says of them: `Line` from its second field on.
_Part = tuple[int, tuple[ReasonKind, str, str | None, str | None, str | None]]


def assess(
    incidents: Iterable[Incident],
    at_ms: int,
    taxonomy: Taxonomy,
    around: Surroundings = ALONE,
    parameters: Parameters | None = None,
    calendar: Calendar | None = None,
) -> Assessment:
    """The score of an area whose incidents these are, with its explanation."""
    ledger = Ledger(("",), taxonomy, parameters or numbers.bundled(), calendar or stages.bundled())
    for incident in incidents:
        ledger.put(incident, ("", None))
    return explain(ledger, ledger.standings(at_ms)[""], around)


def explain(ledger: Ledger, standing: Standing, around: Surroundings = ALONE) -> Assessment:
    """An area's standing as a score and the lines that add up to it."""
    parts = [*_own(ledger, standing), *_besides(standing, around)]
    tenths = _tenths([micro for micro, _ in parts])
    lines = tuple(Line(share / 10, *told) for (_, told), share in zip(parts, tenths, strict=True) if share)
    return Assessment(sum(tenths) / 10, lines)


def _own(ledger: Ledger, standing: Standing) -> Iterator[_Part]:
    """What the area's own incidents add: the heaviest one by one, the rest together."""
    for micro, row in standing.lines:
        if micro > 0:
            incident = ledger.incidents[row]
            yield micro, ("incident", ledger.text(row), None, incident.id, incident.rev)
    if standing.rest > 0:
        count = standing.rest_rows
        yield standing.rest, ("rest", words.rest(count), str(count), None, None)


def _besides(standing: Standing, around: Surroundings) -> Iterator[_Part]:
    """What bears on the area besides, and what is usual in it."""
    for name, micro in sorted(around.spill.items()):
        yield micro, ("spill", words.spill(name), name, None, None)
    for plan, micro in around.plans:
        yield micro, ("plan", plan.words(), None, None, None)
    usual = min(around.usual, standing.everyday)
    if usual > 0:
        yield -usual, ("usual", words.USUAL, None, None, None)


def _tenths(micros: Sequence[int]) -> list[int]:
    """Millionths as tenths that add up to the rounded sum: the largest remainders are rounded up, the others down.

    Beyond the most points that there are, every line shrinks in proportion.
    """
    total, most = sum(micros), MOST_POINTS * MICRO
    if total > most:
        micros = [micro * most // total for micro in micros]
        total = most
    shares = [micro // _TENTH for micro in micros]
    missing = (total + _TENTH // 2) // _TENTH - sum(shares)
    by_remainder = sorted(range(len(micros)), key=lambda n: (-(micros[n] % _TENTH), n))
    for n in by_remainder[:missing]:
        shares[n] += 1
    return shares


def level_of(
    score: float,
    previous: int | None,
    held_ms: int | None = None,
    parameters: Parameters | None = None,
    lately: float = 0.0,
) -> LevelNumber:
    """The level 0-3 of a score. Up is immediate; down waits for the hysteresis, and until it was held long enough.

    `held_ms` is how long the previous level has been held; None: long enough. `lately` is the highest score of the
    last `settle_min` minutes: a level falls no further than that allows.
    """
    known = parameters or numbers.bundled()
    reached = sum(score >= threshold for threshold in known.thresholds)
    if previous is not None and reached < previous:
        if held_ms is not None and held_ms < known["dwell_min"] * _MINUTE_MS:
            return _NUMBERS[previous]
        highest = max(score, lately)
        reached = min(previous, sum(highest >= threshold - known["hysteresis"] for threshold in known.thresholds))
    return _NUMBERS[reached]


def same_story(old: Sequence[Reason | Line], new: Sequence[Reason | Line]) -> bool:
    """Whether two explanations name the same incidents in the same states, whatever their points and order."""
    return _story(old) == _story(new)


def _story(reasons: Sequence[Reason | Line]) -> set[tuple[str | None, str | None]]:
    return {(r.incident, r.event_id) for r in reasons if r.points >= STORY_POINTS}
