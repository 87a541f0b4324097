"""The risk model: lines that add up, decay, what is usual, plans, parameters."""

import random
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clock import epoch_ms
from feeds.incident import Incident
from feeds.levels import parameters, stages, words
from feeds.levels.ledger import MICRO, MOST_LINES, Ledger
from feeds.levels.model import Surroundings, _tenths, assess, points
from feeds.levels.plans import Plan
from feeds.picture import Picture
from tests.feeds.level_feed import HOUR_MS, TAXONOMY, incident, incident_of
from tests.feeds.test_picture import K1, acted, reported


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
    known = parameters.bundled(), stages.bundled()
    for one, expected in ((election, factor), (theft, 1.0)):
        assert points(one, at_ms, TAXONOMY, *known) == pytest.approx(points(one, at_ms, TAXONOMY) * expected)


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
