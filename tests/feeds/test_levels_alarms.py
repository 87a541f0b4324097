"""Alarms: a rise, a risky district without a unit, a cluster; each once, and none for nothing."""

from collections.abc import Sequence

import numpy as np
import pytest

from feeds import snapshot, taxonomy
from feeds.events import AlarmRaised, AlarmSeen, Event, IncidentActed, IncidentReported, LevelChanged, parse
from feeds.incident import Incident
from feeds.intake import Intake
from feeds.levels import parameters
from feeds.levels.alarms import Alarms
from feeds.levels.engine import LevelsFeed
from feeds.levels.ground import Ground
from feeds.levels.scan import strongest
from feeds.levels.watch import AlarmsFeed
from feeds.log import Appendable
from feeds.picture import Picture
from feeds.placing import Placing
from feeds.scenario.chronology import load
from feeds.scenario.run import Hand, director_of
from geo.areas import bundled
from geo.locate import locator_of
from tests.feeds.test_picture import levelled, moved, reported

TAXONOMY = taxonomy.bundled()
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
GROUND = Ground(("1871",), ("187101", "187102"), {"1871": "Bandar Lampung", "187101": "Kedaton"})


def alarms() -> Alarms:
    return Alarms(GROUND, TAXONOMY, parameters.bundled)


def test_a_rise_to_rawan_is_called_out_once_and_a_known_level_is_not() -> None:
    watch = alarms()
    watch.settle({"1871": 1})
    assert watch.rises([levelled("1871", 1, 1)]) == []
    (alarm,) = watch.rises([levelled("1871", 2, 2)])
    assert alarm.text.startswith("Bandar Lampung naik dari waspada ke rawan")
    assert watch.rises([levelled("1871", 1, 3)]) == []
    assert watch.rises([levelled("1871", 2, 4)]) == []  # within half an hour
    assert watch.rises([levelled("1871", 1, 5)]) == []
    assert len(watch.rises([levelled("1871", 2, 40 * MINUTE_MS)])) == 1


def test_an_area_that_grows_worse_is_called_out_again_at_once() -> None:
    watch = alarms()
    watch.settle({"1871": 1})
    assert [alarm.level for alarm in watch.rises([levelled("1871", 2, 2)])] == [2]
    assert [alarm.level for alarm in watch.rises([levelled("1871", 3, 3)])] == [3]
    watch.rises([levelled("1871", 1, 4)])
    assert watch.rises([levelled("1871", 2, 5)]) == []  # nothing that was not said within half an hour


def test_what_was_called_out_before_a_restart_is_not_called_out_again() -> None:
    before = alarms()
    before.settle({"1871": 1})
    raised = before.rises([levelled("1871", 2, 2)])
    after = alarms()
    after.settle({"1871": 1}, raised)
    assert after.rises([levelled("1871", 2, 4)]) == []
    assert after.rises([levelled("1871", 1, 5)]) == []
    assert len(after.rises([levelled("1871", 2, 40 * MINUTE_MS)])) == 1


def test_a_first_level_and_waspada_are_no_alarm() -> None:
    watch = alarms()
    assert watch.rises([levelled("1871", 3, 0)]) == []
    watch.settle({"1871": 0})
    assert watch.rises([levelled("1871", 1, 1)]) == []


@pytest.mark.parametrize(("level", "minutes"), [(1, 120), (2, 30), (3, 10)])
def test_a_risky_district_without_a_unit_is_called_out_the_sooner_the_riskier(level: int, minutes: int) -> None:
    watch, levels = alarms(), {"187101": level}
    assert watch.uncovered(levels, {"187102"}, 0) == []
    assert watch.uncovered(levels, {"187102"}, (minutes - 1) * MINUTE_MS) == []
    (alarm,) = watch.uncovered(levels, {"187102"}, minutes * MINUTE_MS)
    assert alarm.text.startswith("Kedaton")
    assert f"{minutes} menit" in alarm.text


def test_a_unit_that_passes_begins_the_wait_anew_and_silence_everywhere_says_nothing() -> None:
    watch, levels = alarms(), {"187101": 3}
    watch.uncovered(levels, {"187102"}, 0)
    watch.uncovered(levels, {"187101"}, 9 * MINUTE_MS)
    assert watch.uncovered(levels, {"187102"}, 10 * MINUTE_MS) == []
    assert watch.uncovered(levels, set(), 60 * MINUTE_MS) == []
    assert watch.uncovered({}, {"187102"}, 90 * MINUTE_MS) == []


def spread(seed: int, count: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    at_ms = dice.integers(0, 14 * 24 * HOUR_MS, count)
    return dice.uniform(104.5, 105.5, count), dice.uniform(-5.5, -4.5, count), at_ms


NOW_MS = 14 * 24 * HOUR_MS


def test_a_planted_cluster_is_found_with_its_place_and_time() -> None:
    lon, lat, at_ms = spread(1)
    lon[:5], lat[:5] = 105.2 + np.arange(5) * 0.003, -5.1
    at_ms[:5] = NOW_MS - np.arange(5) * 20 * MINUTE_MS
    found = strongest(lon, lat, at_ms, NOW_MS, least=4)
    assert found is not None
    assert set(range(5)) <= set(found.cases)
    assert found.hours == 2
    assert found.chance <= 0.005


def test_without_a_cluster_the_scan_hardly_ever_calls_out() -> None:
    found = [strongest(*spread(seed), NOW_MS, least=4) for seed in range(2, 102)]
    assert sum(one is not None and one.chance <= 0.005 for one in found) < 2


def test_the_same_incidents_give_the_same_chance() -> None:
    assert strongest(*spread(3), NOW_MS, least=3) == strongest(*spread(3), NOW_MS, least=3)


def test_a_cluster_alarm_says_how_many_where_and_how_likely_by_chance() -> None:
    lon, lat, at_ms = spread(1)
    places = [*zip(lon, lat, at_ms, strict=True), *((105.2, -5.1, NOW_MS - n * MINUTE_MS) for n in range(6))]
    made = [
        reported(str(n), lon=float(x), lat=float(y), at_ms=int(t), district="187101", category="curanmor")
        for n, (x, y, t) in enumerate(places)
    ]
    incidents = [Incident(report.incident, f"{n}-0", f"{n}-0", report) for n, report in enumerate(made, 1)]
    (alarm,) = alarms().clusters(incidents, NOW_MS)
    assert alarm.text.startswith("6 kejadian dalam 2 jam pada radius 2 km di sekitar Kedaton")
    assert len(alarm.incidents) == 6
    hidden = [Incident(i.id, i.rev, i.rev, i.report, secrecy="informant") for i in incidents]
    assert alarms().clusters(hidden, NOW_MS) == []


AREAS = bundled()
START_MS = 1_790_000_000_000


class Clock:
    ms = START_MS

    def __call__(self) -> int:
        return self.ms


class Appended:
    def __init__(self, entry_id: str) -> None:
        self.id, self.new = entry_id, True


class Log:
    """A log in memory: what was appended and not yet read."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.count, self.unread = clock, 0, list[tuple[str, Event]]()

    async def append(self, events: Sequence[Appendable], **_: object) -> list[Appended]:
        made = []
        for event in events:
            self.count += 1
            made.append(Appended(f"{self.clock.ms}-{self.count}"))
            # Read back as from any log: what is appended need not be an event itself.
            self.unread.append((made[-1].id, parse(event.kind, event.version, event.encode())))
        return made

    def read(self) -> list[tuple[str, Event]]:
        found, self.unread = self.unread, []
        return found


async def test_the_recorded_scenario_raises_few_alarms_and_none_about_a_hoax() -> None:
    clock, picture = Clock(), Picture()
    log, locator = Log(clock), locator_of(AREAS)
    director = director_of(load("pilkada-2024"), AREAS, units=100, speed=1.0, start_ms=START_MS)
    intake = Intake(log, Placing(AREAS, locator), TAXONOMY, clock, simulated=True)  # type: ignore[arg-type]
    hand = Hand(director.source, intake, picture.incidents)
    levels = LevelsFeed(picture, log, Ground.of(AREAS), TAXONOMY, clock=clock)  # type: ignore[arg-type]
    watch = Alarms(levels.ground, TAXONOMY, parameters.bundled)
    feed = AlarmsFeed(picture, log, watch, locator, clock)  # type: ignore[arg-type]
    raised: list[AlarmRaised] = []

    def follow() -> None:
        for entry_id, event in log.read():
            changes = picture.apply(entry_id, event)
            feed.note(changes)
            if isinstance(event, IncidentReported | IncidentActed):
                levels.note(changes)
            if isinstance(event, AlarmRaised):
                raised.append(event)

    for step in range(15 * 6):
        hand.add(director.step(clock.ms))
        await hand.over()
        follow()
        await levels.assess(levels.areas)
        follow()
        if step % 3 == 0:
            feed._risen += await feed.look()
        await feed._write()
        clock.ms += 10_000
    follow()
    assert 1 <= len(raised) <= 10
    assert {alarm.what for alarm in raised} == {"rise"}
    about = [[picture.incidents[name] for name in alarm.incidents] for alarm in raised]
    assert not [names for names in about if names and all(one.verification == "hoax" for one in names)]
    assert any(
        isinstance(level.event, LevelChanged) and level.event.level >= 2 for level in picture.levels.values()
    )


async def test_a_rise_that_nobody_called_out_is_called_out_by_the_successor_once() -> None:
    clock, picture = Clock(), Picture()
    log, locator = Log(clock), locator_of(AREAS)

    def rise(number: int, level: int, at_ms: int) -> None:
        picture.apply(f"{at_ms}-{number}", levelled("1871", level, at_ms))

    def take_over() -> AlarmsFeed:
        watch = Alarms(Ground.of(AREAS), TAXONOMY, parameters.bundled)
        feed = AlarmsFeed(picture, log, watch, locator, clock)  # type: ignore[arg-type]
        feed.settle()
        return feed

    rise(1, 0, clock.ms - 600_000)
    rise(2, 2, clock.ms - 5_000)
    await take_over()._write()
    ((entry_id, alarm),) = log.read()
    assert isinstance(alarm, AlarmRaised)
    assert (alarm.what, alarm.area) == ("rise", "1871")
    picture.apply(entry_id, alarm)
    clock.ms += 1_000
    await take_over()._write()
    clock.ms += 60_000
    await take_over()._write()
    assert log.read() == [], "it was called out"


def test_the_picture_keeps_the_days_alarms() -> None:
    picture = Picture()
    picture.apply("1-0", moved("P1", 5))
    alarm = AlarmRaised(
        at_ms=1, received_ms=1, source="siger:alarms", alarm="rise:1871:0", what="rise", area="1871", text="naik"
    )
    assert picture.apply("2-0", alarm).alarms == {"rise:1871:0"}
    assert not picture.apply("3-0", alarm).alarms
    late = alarm.model_copy(update={"alarm": "rise:1871:9"})
    picture.apply(f"{25 * HOUR_MS}-0", late)
    assert list(picture.alarms) == ["rise:1871:9"]


def test_that_an_alarm_was_seen_is_kept_as_long_as_the_alarm_and_in_a_snapshot() -> None:
    picture = Picture()
    told = {"at_ms": 1, "received_ms": 1, "source": "siger:alarms", "alarm": "rise:1871:0", "area": "1871"}
    seen = AlarmSeen.model_validate(told | {"source": "api", "actor": "budi"})
    assert not picture.apply("1-0", seen).alarms  # it may come before the alarm itself
    assert picture.apply("2-0", AlarmRaised.model_validate(told | {"what": "rise", "text": "naik"})).alarms
    assert picture.apply("3-0", seen).alarms == {"rise:1871:0"}
    assert picture.alarms_seen["rise:1871:0"][1].actor == "budi"
    assert snapshot.load(snapshot.dump_proven(picture)).alarms_seen == picture.alarms_seen
    picture.apply(f"{25 * HOUR_MS}-0", seen.model_copy(update={"alarm": "rise:1871:9"}))
    assert list(picture.alarms_seen) == ["rise:1871:9"]
