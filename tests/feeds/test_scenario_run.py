"""A demonstration played into a real log: what the picture then shows, and what happens while the log is away."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from feeds import taxonomy
from feeds.events import Event
from feeds.intake import Intake
from feeds.log import EventLog, Unreadable
from feeds.log_errors import LogUnavailable
from feeds.picture import Picture
from feeds.placing import Placing
from feeds.scenario.chronology import load
from feeds.scenario.director import Director
from feeds.scenario.run import Hand, director_of, play
from geo.areas import bundled
from geo.locate import locator_of

START_MS = 1_790_000_000_000
AREAS = bundled()
PLACING = Placing(AREAS, locator_of(AREAS))
PILKADA = load("pilkada-2024")


class Clock:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.ms = START_MS

    def __call__(self) -> int:
        return self.ms


def demonstration(start_ms: int = START_MS) -> Director:
    return director_of(PILKADA, AREAS, units=60, speed=1.0, start_ms=start_ms)


async def follow(log: EventLog, picture: Picture) -> None:
    for entry in await log.read(picture.last_id, count=5000):
        assert not isinstance(entry.event, Unreadable)
        picture.apply(entry.id, entry.event)


async def played(log: EventLog, seconds: int) -> Picture:
    clock, picture, director = Clock(), Picture(), demonstration()
    hand = Hand(director.source, Intake(log, PLACING, taxonomy.bundled(), clock, simulated=True), picture.incidents)
    for _ in range(seconds):
        hand.add(director.step(clock.ms))
        assert await hand.over()
        await follow(log, picture)
        clock.ms += 1000
    return picture


async def test_the_picture_fills_with_placed_simulated_incidents_in_many_states(log: EventLog) -> None:
    picture = await played(log, 180)
    incidents = list(picture.incidents.values())
    assert len(incidents) > len(PILKADA.backlog) + 15
    assert all(incident.report.simulated and incident.report.located == "area" for incident in incidents)
    assert all(incident.report.regency for incident in incidents)
    assert {"terverifikasi", "selesai", "ditangani"} <= {incident.status for incident in incidents}
    assert len(picture.units) == 60
    assert all(unit.simulated for unit in picture.units.values())
    assert {"Patroli 01 Polres Tanggamus"} <= {unit.fact("callsign") for unit in picture.units.values()}


async def test_a_second_run_merges_what_the_first_left(log: EventLog) -> None:
    picture = await played(log, 20)
    first = set(picture.incidents)
    later = START_MS + 120_000
    clock = Clock()
    clock.ms = later
    director = demonstration(later)
    intake = Intake(log, PLACING, taxonomy.bundled(), clock, simulated=True)
    task = asyncio.create_task(play(director, intake, picture.incidents, clock, step_s=0.001))
    try:
        async with asyncio.timeout(30):
            while not all(picture.incidents[key].status == "digabung" for key in _backlog_of(picture, first)):
                clock.ms += 20
                await follow(log, picture)
                await asyncio.sleep(0.001)
    finally:
        task.cancel()
    assert len(picture.incidents) > len(first)


def _backlog_of(picture: Picture, ids: set[str]) -> list[str]:
    names = {entry.id for entry in PILKADA.backlog}
    return [key for key in ids if picture.incidents[key].report.external_id.partition(".")[0] in names]


class FlakyLog:
    """Stands for a log that goes away: keeps what was appended, refuses while `away`."""

    def __init__(self) -> None:
        self.away = False
        self.events: list[Event] = []

    async def append(self, events: list[Event], **_how: object) -> list[Any]:
        if self.away:
            raise LogUnavailable("gone")
        self.events.extend(events)
        return [type("Appended", (), {"id": f"{len(self.events)}-0", "new": True})() for _ in events]


@pytest.fixture
def hand() -> tuple[Hand, FlakyLog, Director]:
    log, director = FlakyLog(), demonstration()
    clock: Callable[[], int] = Clock()
    return Hand(director.source, Intake(log, PLACING, taxonomy.bundled(), clock, simulated=True), {}), log, director  # type: ignore[arg-type]


async def test_incidents_wait_for_a_log_that_is_away_and_none_is_lost(
    hand: tuple[Hand, FlakyLog, Director],
) -> None:
    handing, log, director = hand
    log.away = True
    for second in range(10):
        handing.add(director.step(START_MS + second * 1000))
        assert not await handing.over()
    log.away = False
    assert await handing.over()
    reports = [event for event in log.events if event.kind == "incident.report"]
    assert len(reports) > len(PILKADA.backlog)
    batches = [event for event in log.events if event.kind == "unit.positions"]
    assert len(batches) == 1, "old positions are not worth keeping"
