"""The levels feed: it writes only what is news, holds a level against flicker, and weighs event by event."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.events import LevelChanged, LevelOverridden, ParameterChanged
from feeds.levels.engine import LevelsFeed
from feeds.levels.model import Assessment, level_of
from feeds.picture import Picture
from tests.feeds.level_feed import FIVE, GROUND, HOUR_MS, TAXONOMY, Log, feed, fresh, take
from tests.feeds.test_picture import K1, acted, reported


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
