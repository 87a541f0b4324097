"""The risk model: lines that add up, decay, hysteresis; and the feed that writes only what is news."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.changes import Changes
from feeds.clock import epoch_ms
from feeds.events import Event, IncidentReported, LevelChanged, LevelOverridden, ParameterChanged
from feeds.incident import Incident
from feeds.levels import parameters, stages, words
from feeds.levels.engine import LevelsFeed
from feeds.levels.ground import Ground
from feeds.levels.ledger import MICRO, MOST_LINES, Ledger
from feeds.levels.model import Assessment, Surroundings, _tenths, assess, level_of, points
from feeds.levels.plans import Plan
from feeds.picture import Picture
from feeds.taxonomy import bundled
from tests.feeds.test_picture import K1, acted, reported

TAXONOMY = bundled()
HOUR_MS = 3_600_000


def incident(**fields: object) -> Incident:
    return incident_of("1", **{"at_ms": 0, "received_ms": 0, **fields})


def incident_of(name: str, **fields: object) -> Incident:
    report = reported(name, **fields)
    return Incident(report.incident, "1-0", "1-0", report)


def incidents() -> st.SearchStrategy[list[Incident]]:
    one = st.builds(
        lambda n, c, s, crowd, t: Incident(
            f"K{n}",
            f"{n}-0",
            f"{n}-0",
            reported(f"{n}", at_ms=t, category=c, severity=s, crowd_state=crowd),
            verification="verified",
        ),
        st.integers(1, 10_000),
        st.sampled_from(sorted(TAXONOMY.categories)),
        st.integers(1, 5),
        st.sampled_from([None, "hijau", "kuning", "merah"]),
        st.integers(0, 48 * HOUR_MS),
    )
    return st.lists(one, max_size=40, unique_by=lambda i: i.id)


@given(incidents(), st.integers(0, 96 * HOUR_MS), st.integers(0, 30 * MICRO), st.integers(0, 300 * MICRO))
def test_the_lines_add_up_to_the_score(found: list[Incident], at_ms: int, usual: int, spill: int) -> None:
    around = Surroundings({"Pringsewu": spill} if spill else {}, usual, ((RALLY, 5 * MICRO),))
    assessed = assess(found, at_ms, TAXONOMY, around)
    assert 0 <= assessed.score <= 100
    assert round(sum(reason.points for reason in assessed.reasons), 1) == assessed.score
    assert all(round(reason.points, 1) == reason.points for reason in assessed.reasons)
    negative = [reason for reason in assessed.reasons if reason.points < 0]
    assert [reason.text for reason in negative] in ([], [words.USUAL])
    assert len(assessed.reasons) <= MOST_LINES + 4


@given(incidents(), st.randoms(use_true_random=False))
def test_the_order_of_incidents_does_not_matter(found: list[Incident], chance: random.Random) -> None:
    mixed = chance.sample(found, len(found))
    assert assess(found, HOUR_MS, TAXONOMY) == assess(mixed, HOUR_MS, TAXONOMY)


@given(st.lists(st.integers(-40 * MICRO, 150 * MICRO), max_size=30))
def test_tenths_add_up_to_the_rounded_sum(micros: list[int]) -> None:
    total = sum(micros)
    if total < 0:
        return
    tenths = _tenths(micros)
    assert sum(tenths) == min((total + MICRO // 20) // (MICRO // 10), 1000)
    if total <= 100 * MICRO:
        assert all(
            abs(tenth * MICRO // 10 - micro) <= MICRO // 10 for tenth, micro in zip(tenths, micros, strict=True)
        )


def test_a_report_counts_half_after_its_half_life() -> None:
    half_life_h = TAXONOMY.categories["unjuk_rasa"].half_life_h
    now = points(incident(), 0, TAXONOMY)
    later = points(incident(), int(half_life_h * HOUR_MS), TAXONOMY)
    assert later == pytest.approx(now / 2)


def test_a_hoax_counts_nothing_and_a_closed_incident_little() -> None:
    picture = Picture()
    picture.apply("1-0", reported(at_ms=0))
    fresh = points(picture.incidents[K1], 0, TAXONOMY)
    picture.apply("2-0", acted("verify"))
    assert points(picture.incidents[K1], 0, TAXONOMY) > fresh
    picture.apply("3-0", acted("resolve"))
    assert 0 < points(picture.incidents[K1], 0, TAXONOMY) < fresh / 2
    picture.apply("4-0", acted("reopen"))
    picture.apply("5-0", acted("reject"))
    assert points(picture.incidents[K1], 0, TAXONOMY) == 0


def test_what_is_closed_fades_faster() -> None:
    closed = replace(incident(), status="selesai")
    share = [points(one, 6 * HOUR_MS, TAXONOMY) / points(one, 0, TAXONOMY) for one in (incident(), closed)]
    assert share == pytest.approx([0.5, 0.25])


@pytest.mark.parametrize(("crowd", "factor"), [("hijau", 1.0), ("kuning", 1.3), ("merah", 1.7)])
def test_the_state_of_a_crowd_weighs(crowd: str, factor: float) -> None:
    assert points(incident(crowd_state=crowd), 0, TAXONOMY) == pytest.approx(
        points(incident(), 0, TAXONOMY) * factor
    )


@pytest.mark.parametrize(
    ("moment", "factor"),
    [
        ("2024-08-26T23:59:59+07:00", 1.0),
        ("2024-08-27T00:00:00+07:00", 1.1),
        ("2024-11-23T23:59:59+07:00", 1.1),
        ("2024-11-24T00:00:00+07:00", 1.3),
        ("2024-11-27T06:00:00+07:00", 1.5),
        ("2024-12-01T00:00:00+07:00", 1.3),
        ("2026-11-27T06:00:00+07:00", 1.0),
    ],
)
def test_the_stage_weighs_on_election_matters_inside_the_calendar_only(moment: str, factor: float) -> None:
    at_ms = epoch_ms(datetime.fromisoformat(moment))
    election, theft = (incident(at_ms=at_ms, category=name) for name in ("politik_uang", "curat"))
    known = {"parameters": parameters.bundled(), "calendar": stages.bundled()}
    for one, expected in ((election, factor), (theft, 1.0)):
        assert points(one, at_ms, TAXONOMY, **known) == pytest.approx(points(one, at_ms, TAXONOMY) * expected)


def scattered(count: int, **fields: object) -> list[Incident]:
    made = (reported(str(n), at_ms=0, **fields) for n in range(count))
    return [Incident(report.incident, "1-0", "1-0", report, verification="verified") for report in made]


def test_near_repeats_weigh_more_than_the_same_reports_far_apart() -> None:
    near = assess(scattered(2, category="curanmor"), 0, TAXONOMY)
    one, other = scattered(2, category="curanmor")
    moved = replace(other, report=other.report.model_copy(update={"lon": 105.6}))
    apart = assess([one, moved], 0, TAXONOMY)
    assert near.score == pytest.approx(apart.score * 1.15, abs=0.1)
    centre = assess(scattered(2, category="curanmor", located="area"), 0, TAXONOMY)
    assert centre.score == apart.score


def test_what_is_usual_takes_away_everyday_incidents_and_never_a_grave_one() -> None:
    small, grave = scattered(3, category="curat", severity=2), incident(severity=5, category="penganiayaan")
    usual = Surroundings({}, usual=1_000 * MICRO)
    assert assess(small, 0, TAXONOMY).score > 5
    assert assess(small, 0, TAXONOMY, usual).score == 0
    assert assess([grave], 0, TAXONOMY, usual) == assess([grave], 0, TAXONOMY)


def test_what_is_usual_is_learned_from_weeks_and_starts_from_areas_of_its_kind() -> None:
    ledger = Ledger(["1871", "1806"], TAXONOMY, parameters.bundled(), stages.bundled())
    at_ms = 40 * 24 * HOUR_MS
    for day in range(20, 38):
        ledger.put(incident_of(f"{day}", at_ms=day * 24 * HOUR_MS, severity=2, category="curat"))
    usual = ledger.usual(at_ms)
    assert usual["1871"] > usual["1806"] > 0
    ledger.put(incident_of("new", at_ms=at_ms, severity=2, category="curat"))
    assert ledger.usual(at_ms) == usual  # what is new does not excuse itself


def test_restricted_reports_do_not_show_through_a_level() -> None:
    picture = Picture()
    picture.apply("1-0", reported(at_ms=0, sensitivity="restricted", title="Kades X dilaporkan"))
    found = assess(picture.incidents.values(), 0, TAXONOMY)
    assert (found.score, found.reasons) == (0, ())


def test_many_incidents_are_told_in_few_lines() -> None:
    found = assess(scattered(300, severity=1, category="tipiring"), 0, TAXONOMY)
    assert len(found.reasons) == MOST_LINES + 1
    assert found.reasons[-1].text == f"{300 - MOST_LINES} kejadian lain yang lebih kecil"


RALLY = Plan("Kampanye terbuka", ("1871",), start_ms=24 * HOUR_MS, end_ms=28 * HOUR_MS, crowd=1_000)


@pytest.mark.parametrize(("hour", "share"), [(-1, 0), (12, 0.5), (24, 1), (27, 1), (28, 0)])
def test_a_plan_rises_towards_its_start_and_ends(hour: int, share: float) -> None:
    known = parameters.bundled()
    assert RALLY.points(hour * HOUR_MS, known) == pytest.approx(share * known["planned_points"])


@pytest.mark.parametrize(
    ("score", "previous", "level"),
    [
        (0, None, 0),
        (10, None, 1),
        (30, 0, 2),
        (100, 1, 3),
        (57, 3, 3),
        (56.9, 3, 2),
        (0, 3, 0),
        (9.9, 0, 0),
    ],
)
def test_going_up_is_immediate_and_going_down_waits_for_the_hysteresis(
    score: float, previous: int | None, level: int
) -> None:
    assert level_of(score, previous) == level


def test_a_level_is_held_for_its_least_time_before_it_goes_down() -> None:
    assert level_of(0, 3, held_ms=9 * 60_000) == 3
    assert level_of(0, 3, held_ms=10 * 60_000) == 0
    assert level_of(70, 0, held_ms=0) == 3


def swinging(scores: Sequence[float], step_ms: int = 5_000) -> list[int]:
    """The levels of one area whose score is each of these in turn, as the feed decides and the log remembers."""
    picture, log = Picture(), Log()
    levels = feed(picture, log)
    found: list[int] = []
    for number, score in enumerate(scores, 1):
        at_ms = number * step_ms
        told = levels.decided("1871", Assessment(score, ()), at_ms)
        if told is not None:
            picture.apply(f"{at_ms}-{number}", told)
        found.append(picture.levels["1871"].event.level)
    return found


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_a_noisy_score_does_not_make_the_level_flicker(seed: int) -> None:
    """A score that swings by 6 points around a threshold, every 5 seconds for 6 hours."""
    chance = random.Random(seed)
    scores = [30 + chance.uniform(-6, 6) for _ in range(6 * 720)]
    bare = [score >= 30 for score in scores]
    assert sum(a != b for a, b in pairwise(bare)) > 1_000
    assert sum(a != b for a, b in pairwise(swinging(scores))) <= 1


def test_a_level_falls_once_its_score_has_stayed_under_for_three_minutes() -> None:
    minutes = 12  # steps of 5 seconds
    found = swinging([70.0] * 20 * minutes + [20.0] * 2 * minutes + [58.0] + [20.0] * 5 * minutes)
    # The minutes count anew from the last time that it was above.
    assert found.index(1) == 22 * minutes + 1 + 3 * minutes
    assert set(found[: found.index(1)]) == {3}


def test_a_score_that_creeps_under_by_less_than_a_point_does_not_hang_there() -> None:
    found = swinging([61.0] + [57.4] * 300 + [56.6] * 40)
    assert found[300] == 3
    assert found.index(2) == 301 + 36


def test_parameters_are_checked() -> None:
    known = parameters.bundled()
    assert known.changed([("hysteresis", 5.0)])["hysteresis"] == 5.0
    assert known["hysteresis"] == 3.0
    for name, value in (("hysteresis", 99.0), ("unknown", 1.0), ("threshold_1", 40.0)):
        with pytest.raises(parameters.ParameterError):
            known.changed([(name, value)])


def test_the_risk_page_tells_every_parameter_with_its_value() -> None:
    page = (Path(__file__).parents[2] / "docs" / "risk-model.md").read_text(encoding="utf-8")
    for name, one in parameters.bundled().table.items():
        assert f"| `{name}` | {one.value:g} | {one.unit} | {one.reason} |" in page


class Log:
    """An event log that only remembers what was appended."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def append(self, events: Sequence[Event], **_: object) -> list[object]:
        self.events += events
        return []


GROUND = Ground(
    ("1806", "1810", "1871"),
    ("187101", "187102"),
    {"1806": "Tanggamus"},
    {"1806": ("1810",), "1810": ("1806",), "187101": ("187102",), "187102": ("187101",)},
)
FIVE = sorted(GROUND.codes)


def feed(picture: Picture, log: Log, now_ms: int = 0) -> LevelsFeed:
    return LevelsFeed(picture, log, GROUND, TAXONOMY, clock=lambda: now_ms)  # type: ignore[arg-type]


def take(levels: LevelsFeed, picture: Picture, entry_id: str, event: IncidentReported) -> None:
    changes: Changes = picture.apply(entry_id, event)
    levels.note(changes)


async def test_every_area_has_a_level_from_the_start_and_silence_writes_nothing() -> None:
    log = Log()
    levels = feed(Picture(), log)
    assert [event.area for event in await levels.assess(levels.areas)] == FIVE
    assert await levels.assess(levels.areas) == []


async def test_a_grave_report_raises_its_regency_at_once_and_says_why() -> None:
    picture, log = Picture(), Log()
    levels = feed(picture, log)
    await levels.assess(levels.areas)
    take(levels, picture, "1-0", reported(at_ms=0, severity=5, category="rusuh_massa", crowd_state="merah"))
    (event,) = await levels.assess({"1871"})
    assert isinstance(event, LevelChanged)
    assert (event.area, event.level) == ("1871", 3)
    assert [reason.incident for reason in event.reasons] == [K1]
    assert event.score == round(sum(reason.points for reason in event.reasons), 1)


async def test_an_incident_corrected_to_another_regency_moves_its_points() -> None:
    picture, log = Picture(), Log()
    levels = feed(picture, log)
    take(levels, picture, "1-0", reported(at_ms=0, severity=5))
    await levels.assess(levels.areas)
    levels.note(picture.apply("2-0", acted("correct", correction={"regency": "1806"})))
    news = {event.area: event for event in await levels.assess(levels.areas)}
    assert news["1871"].score == 0
    assert news["1806"].score > 0


async def test_district_and_regency_both_have_their_level() -> None:
    picture, log = Picture(), Log()
    levels = feed(picture, log)
    take(levels, picture, "1-0", reported(at_ms=0, severity=5, district="187101"))
    found = {event.area: event.level for event in await levels.assess(levels.areas)}
    assert found["187101"] == found["1871"] > 0
    assert found["187102"] == 0


async def test_a_grave_neighbour_spills_over_by_name() -> None:
    picture, log = Picture(), Log()
    levels = feed(picture, log)
    take(levels, picture, "1-0", reported(at_ms=0, severity=5, category="rusuh_massa", regency="1806"))
    found = {event.area: event for event in await levels.assess(levels.areas)}
    (line,) = found["1810"].reasons
    assert line.text == "Imbas dari Tanggamus, daerah tetangga"
    assert line.points == found["1810"].score == pytest.approx(6.7)
    assert found["1871"].score == 0


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3), st.booleans()), max_size=25))
async def test_event_by_event_or_all_at_once_gives_the_same_scores(made: list[tuple[int, int, bool]]) -> None:
    places = (("1871", "187101"), ("1871", "187102"), ("1806", None), ("1810", None))
    picture, later = Picture(), Picture()
    levels, again = feed(picture, Log(), HOUR_MS), feed(later, Log(), HOUR_MS)
    await levels.assess(levels.areas)
    for number, (severity, place, closed) in enumerate(made, 1):
        regency, district = places[place]
        event = reported(str(number), at_ms=number * 60_000, severity=severity, regency=regency, district=district)
        take(levels, picture, f"{number}-0", event)
        later.apply(f"{number}-0", event)
        if closed:
            done = acted("resolve", str(number))
            levels.note(picture.apply(f"{number}-1", done))
            later.apply(f"{number}-1", done)
    again.settle()
    scores = [
        {e.area: (e.score, e.reasons) for e in which.news(FIVE, HOUR_MS) if e.score}
        for which in (fresh(levels), fresh(again))
    ]
    assert scores[0] == scores[1]
    for code in FIVE:
        alone = {e.area: (e.score, e.reasons) for e in fresh(levels).news([code], HOUR_MS) if e.score}
        assert alone.get(code) == scores[0].get(code)


def fresh(levels: LevelsFeed) -> LevelsFeed:
    """The same feed with nothing written yet, so that everything is news."""
    levels._written.clear()
    return levels


async def test_an_override_ends_by_itself() -> None:
    picture, log = Picture(), Log()
    now = [0]
    levels = LevelsFeed(picture, log, GROUND, TAXONOMY, clock=lambda: now[0])  # type: ignore[arg-type]
    for number, event in enumerate(await levels.assess(levels.areas), 1):
        picture.apply(f"1-{number}", event)
    override = {
        "at_ms": 1,
        "received_ms": 1,
        "source": "api",
        "area": "1871",
        "level": 2,
        "until_ms": 60_000,
        "why": "Apel",
    }
    before = picture.state_hash()
    assert picture.apply("2-0", LevelOverridden.model_validate(override)).levels == {"1871"}
    assert picture.state_hash() != before
    await levels.assess(levels.areas)
    assert not [event for event in log.events if isinstance(event, LevelOverridden)]
    now[0] = 60_000
    await levels.assess(levels.areas)
    await levels.assess(levels.areas)
    (end,) = [event for event in log.events if isinstance(event, LevelOverridden)]
    assert (end.area, end.level) == ("1871", None)
    picture.apply("3-0", end)
    assert picture.override("1871") is None
    assert picture.state_hash() == before


async def test_a_parameter_is_changed_by_an_event_and_weighs_at_once() -> None:
    picture, log = Picture(), Log()
    levels = feed(picture, log)
    take(levels, picture, "1-0", reported(at_ms=0))
    before = {event.area: event.score for event in await levels.assess(levels.areas)}
    change = {"at_ms": 0, "received_ms": 0, "source": "api", "actor": "karoops", "why": "Rapat 3/12", "value": 1.0}
    levels.note(picture.apply("2-0", ParameterChanged.model_validate({**change, "name": "trust_unverified"})))
    after = {event.area: event.score for event in await levels.assess(levels.areas)}
    assert after["1871"] == pytest.approx(before["1871"] / 0.7, abs=0.1)
    levels.note(picture.apply("3-0", ParameterChanged.model_validate({**change, "name": "gone"})))
    assert levels.parameters["trust_unverified"] == 1.0


def crowded(incidents: int, districts: int) -> LevelsFeed:
    """A feed over so many incidents in so many districts, half of them long ago."""
    chance, picture, categories = random.Random(4), Picture(), sorted(TAXONOMY.categories)
    codes = [f"18{n // 20:02d}{n % 20:02d}" for n in range(districts)]
    for n in range(incidents):
        code = chance.choice(codes)
        place = {
            "lon": chance.uniform(104, 106),
            "lat": chance.uniform(-6, -4),
            "regency": code[:4],
            "district": code,
        }
        kind = {"category": chance.choice(categories), "severity": chance.randint(1, 5)}
        picture.apply(f"{n + 1}-0", reported(str(n), at_ms=chance.randrange(48 * HOUR_MS), **place, **kind))
    ground = Ground(tuple(sorted({code[:4] for code in codes})), tuple(codes))
    levels = LevelsFeed(picture, Log(), ground, TAXONOMY, clock=lambda: 48 * HOUR_MS)  # type: ignore[arg-type]
    levels.settle()
    return levels


def cpu_s(work: Callable[[], object], times: int) -> float:
    """The least processor time that `work` took."""
    taken = []
    for _ in range(times):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def test_ten_thousand_open_incidents_over_229_districts_are_weighed_in_under_100_ms() -> None:
    levels = crowded(10_000, 229)
    assert len(levels.ground.codes) == 229 + 12
    assert len(fresh(levels).news(levels.areas, 48 * HOUR_MS)) == 229 + 12
    assert cpu_s(lambda: fresh(levels).news(levels.areas, 48 * HOUR_MS), 5) < 0.1


def test_an_event_costs_the_same_however_many_districts_and_incidents_there_are_elsewhere() -> None:
    def event_s(levels: LevelsFeed) -> float:
        lone = incident_of("new", at_ms=48 * HOUR_MS, regency="1899", district="189901")
        ground = Ground((*levels.ground.regencies, "1899"), (*levels.ground.districts, "189901"))
        wider = LevelsFeed(levels.picture, Log(), ground, TAXONOMY, clock=lambda: 0)  # type: ignore[arg-type]
        wider.settle()

        def happen() -> None:
            assert wider.ledger.put(lone) == {"1899", "189901"}
            assert len(fresh(wider).news(["1899", "189901"], 48 * HOUR_MS)) == 2

        return cpu_s(happen, 50)

    assert event_s(crowded(5_000, 229)) < 3 * event_s(crowded(20, 3))
