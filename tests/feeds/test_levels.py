"""The risk model: lines that add up, decay, hysteresis; and the feed that writes only what is news."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.events import Event, IncidentReported, LevelChanged
from feeds.incident import Incident
from feeds.levels.engine import LevelsFeed
from feeds.levels.model import HYSTERESIS, THRESHOLDS, assess, level_of, points
from feeds.picture import Changes, Picture
from feeds.taxonomy import bundled
from tests.feeds.test_picture import K1, acted, reported

TAXONOMY = bundled()
HOUR_MS = 3_600_000


def incident(**fields: object) -> Incident:
    report = reported(at_ms=0, received_ms=0, **fields)
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


@given(incidents(), st.integers(0, 96 * HOUR_MS))
def test_the_lines_add_up_to_the_score(given_incidents: list[Incident], at_ms: int) -> None:
    found = assess(given_incidents, at_ms, TAXONOMY)
    assert 0 <= found.score <= 100
    assert round(sum(reason.points for reason in found.reasons), 1) == found.score
    assert all(reason.points >= 0 for reason in found.reasons)


@given(incidents())
def test_the_order_of_incidents_does_not_matter(given_incidents: list[Incident]) -> None:
    assert assess(given_incidents, HOUR_MS, TAXONOMY) == assess(given_incidents[::-1], HOUR_MS, TAXONOMY)


def test_a_report_counts_half_after_its_half_life() -> None:
    half_life_h = TAXONOMY.categories["unjuk_rasa"].half_life_h
    now = points(incident(), 0, TAXONOMY)
    later = points(incident(), int(half_life_h * HOUR_MS), TAXONOMY)
    assert later == pytest.approx(now / 2)


def test_a_hoax_counts_nothing_and_a_closed_incident_little() -> None:
    picture = Picture()
    picture.apply("1-0", reported(at_ms=0))
    fresh = points(picture.incidents[K1], 0, TAXONOMY)
    picture.apply("2-0", acted("resolve"))
    assert 0 < points(picture.incidents[K1], 0, TAXONOMY) < fresh / 2
    picture.apply("3-0", acted("reopen"))
    picture.apply("4-0", acted("reject"))
    assert points(picture.incidents[K1], 0, TAXONOMY) == 0


@pytest.mark.parametrize(
    ("score", "previous", "level"),
    [
        (0, None, 0),
        (THRESHOLDS[0], None, 1),
        (THRESHOLDS[1], 0, 2),
        (100, 1, 3),
        (THRESHOLDS[2] - HYSTERESIS, 3, 3),
        (THRESHOLDS[2] - HYSTERESIS - 0.1, 3, 2),
        (0, 3, 0),
        (THRESHOLDS[0] - 0.1, 0, 0),
    ],
)
def test_going_up_is_immediate_and_going_down_waits(score: float, previous: int | None, level: int) -> None:
    assert level_of(score, previous) == level


class Log:
    """An event log that only remembers what was appended."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def append(self, events: Sequence[Event], *, durable: bool = True) -> list[object]:
        self.events += events
        return []


def feed(picture: Picture, log: Log, now_ms: int = 0) -> LevelsFeed:
    return LevelsFeed(picture, log, ["1806", "1871"], TAXONOMY, clock=lambda: now_ms)  # type: ignore[arg-type]


def take(levels: LevelsFeed, picture: Picture, entry_id: str, event: IncidentReported) -> None:
    changes: Changes = picture.apply(entry_id, event)
    levels.note(changes)


async def test_every_area_has_a_level_from_the_start_and_silence_writes_nothing() -> None:
    log = Log()
    levels = feed(Picture(), log)
    assert [event.area for event in await levels.assess(levels.areas)] == ["1806", "1871"]
    assert await levels.assess(levels.areas) == []


async def test_a_grave_report_raises_its_regency_at_once_and_says_why() -> None:
    picture, log = Picture(), Log()
    levels = feed(picture, log)
    await levels.assess(levels.areas)
    take(levels, picture, "1-0", reported(at_ms=0, severity=5, category="rusuh_massa", crowd_state="merah"))
    (event,) = await levels.assess(levels.areas)
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
