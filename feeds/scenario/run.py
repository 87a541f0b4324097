"""Plays a demonstration into a running Siger: steps the director by the clock and hands everything to the intake.

The only part of a scenario that waits. While the log is away it waits too, and goes on with what is due then; an
incident that could not be handed over is handed over later under the same id.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping

from feeds.changes import order
from feeds.clock import now_ms
from feeds.events import incident_id
from feeds.incident import Incident
from feeds.intake import Intake, NotAllowed
from feeds.log_errors import LogError
from feeds.scenario.chronology import Scenario
from feeds.scenario.course import Act
from feeds.scenario.director import Director, Due
from feeds.scenario.patrols import Patrols
from geo.areas import Areas

STEP_S = 0.5
#: The log was away: how long until the next attempt.
RETRY_S = 1.0
ACTOR = "simulasi"
PATROLS = "simulasi:patroli"

log = logging.getLogger(__name__)


def source_of(scenario: Scenario) -> str:
    return f"skenario:{scenario.name}"


def director_of(
    scenario: Scenario | None, areas: Areas, *, units: int, speed: float, start_ms: int, seed: int = 0
) -> Director:
    """A demonstration that begins at `start_ms`, which also sets its incidents apart from every other run's."""
    patrols = Patrols(areas, units, seed, start_ms=start_ms)
    source = source_of(scenario) if scenario else PATROLS
    return Director(scenario, areas, patrols, source=source, run=f"{start_ms:x}", start_ms=start_ms, speed=speed)


async def play(
    director: Director,
    intake: Intake,
    incidents: Mapping[str, Incident],
    clock: Callable[[], int] = now_ms,
    step_s: float = STEP_S,
) -> None:
    """Plays for ever; ends by cancellation. `incidents` are those of the picture, by id, as it follows the log."""
    director.adopt(_left_behind(director.source, incidents.values()))
    hand = Hand(director.source, intake, incidents)
    while True:
        hand.add(director.step(clock()))
        await asyncio.sleep(step_s if await hand.over() else RETRY_S)


def _left_behind(source: str, incidents: Iterable[Incident]) -> list[str]:
    reports = [incident.report for incident in incidents if incident.merged_into is None]
    return [report.external_id for report in reports if report.source == source]


class Hand:
    """What is still to be handed over. Positions are never kept: the next ones are better."""

    def __init__(self, source: str, intake: Intake, incidents: Mapping[str, Incident]) -> None:
        self._source, self._intake, self._known = source, intake, incidents
        self._due = Due()
        self._acted: dict[str, str] = {}  # external id -> log id of the last act that the picture has to show first

    def add(self, due: Due) -> None:
        """Takes on what a step brought."""
        self._due.incidents.extend(due.incidents)
        self._due.acts.extend(due.acts)
        self._due.positions = due.positions

    async def over(self) -> bool:
        """Hands over all that can be. False when the log is away; what is left waits for the next call."""
        try:
            await self._incidents()
            await self._positions()
            await self._acts()
        except LogError as error:
            log.info("the demonstration waits for the log: %s", error)
            return False
        return True

    async def _incidents(self) -> None:
        if self._due.incidents:
            await self._intake.incidents(self._due.incidents, source=self._source, actor=ACTOR)
            self._due.incidents = []

    async def _positions(self) -> None:
        if self._due.positions:
            await self._intake.positions(self._due.positions, source=PATROLS, actor=ACTOR)
            self._due.positions = []

    async def _acts(self) -> None:
        """Acts in order. One on an incident that the picture does not show yet as it is waits for the next step."""
        waiting: list[Act] = []
        blocked: set[str] = set()
        acts, self._due.acts = self._due.acts, []
        for number, act in enumerate(acts):
            incident = None if act.external_id in blocked else self._as_it_is(act.external_id)
            blocked.add(act.external_id)
            if incident is None:
                waiting.append(act)
                continue
            try:
                await self._act(incident, act)
            except LogError:
                self._due.acts = [*waiting, *acts[number:]]
                raise
        self._due.acts = waiting

    def _as_it_is(self, external_id: str) -> Incident | None:
        incident = self._known.get(incident_id(self._source, external_id))
        acted = self._acted.get(external_id)
        if incident is None or (acted is not None and order(incident.rev) < order(acted)):
            return None
        self._acted.pop(external_id, None)
        return incident

    async def _act(self, incident: Incident, act: Act) -> None:
        try:
            event_id = await self._intake.act(incident, act.action, source=self._source, actor=ACTOR)
        except NotAllowed:
            # Somebody at the screen was quicker: what they did stands.
            log.debug("%s on %s is not allowed any more", act.action["type"], act.external_id)
            return
        if act.action["type"] != "merge":  # nothing comes after a merge
            self._acted[act.external_id] = event_id
