"""Runs a demonstration: what is due now, of reports, of what is done about them, and of patrols.

`Director.step(now_ms)` is the whole interface; it reads no clock, waits for nothing and touches no log, so a test
can play an hour in a second. When a round begins anew, an entry's earlier incident is merged into the new one: the
same event reported again, not a second event. Otherwise the levels would climb with every round.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from feeds.clock import utc_text
from feeds.events import incident_id
from feeds.scenario import course
from feeds.scenario.chronology import Entry, Scenario
from feeds.scenario.course import Act, act, course_of, delay_ms
from feeds.scenario.pace import Cue, schedule
from feeds.scenario.patrols import Patrols
from geo.areas import Areas

#: Of the backlog, what is younger than this is still open when the demonstration begins.
OPEN_MS = 6 * 3_600_000
#: Nobody called for longer than this: the machine slept or the log was away. Play goes on where it stopped.
PAUSE_MS = 60_000


@dataclass(slots=True)
class Case:
    """An incident of the demonstration, when it happened, and the units that were sent to it."""

    entry: Entry
    external_id: str
    at_ms: int
    units: list[str] = field(default_factory=list)
    on_scene: bool = False
    closed: bool = False


@dataclass(slots=True)
class Due:
    """What a step brings: incidents and positions as the intake takes them, and actions on incidents."""

    incidents: list[dict[str, Any]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    positions: list[dict[str, Any]] = field(default_factory=list)


Todo = Callable[[int], None]


class Director:
    """A demonstration of `scenario` (None: patrols alone). `run` sets its ids apart from those of other runs."""

    def __init__(
        self,
        scenario: Scenario | None,
        areas: Areas,
        patrols: Patrols,
        *,
        source: str,
        run: str,
        start_ms: int,
        speed: float = 1.0,
    ) -> None:
        self.source = source
        self._areas, self._patrols, self._run = areas, patrols, run
        self._start_ms = self._last_ms = start_ms
        self._paused_ms = 0
        self._scenario = scenario
        self._cues = schedule(scenario, start_ms, speed) if scenario else iter(())
        self._todo: list[tuple[int, int, Todo]] = []
        self._order = count()
        self._cases: dict[str, list[Case]] = {}
        self._on_the_way: dict[str, Case] = {}
        self._due = Due()
        self._await_cue()

    def adopt(self, external_ids: Iterable[str]) -> None:
        """Takes over incidents that an earlier run left behind: each is merged when its entry plays."""
        entries = {entry.id: entry for entry in self._scenario.entries} if self._scenario else {}
        for external_id in external_ids:
            entry = entries.get(external_id.partition(".")[0])
            if entry is not None:
                self._cases.setdefault(entry.id, []).append(Case(entry, external_id, self._start_ms, closed=True))

    def step(self, now_ms: int) -> Due:
        """Everything that has become due since the last step."""
        if now_ms - self._last_ms > PAUSE_MS:
            self._paused_ms += now_ms - self._last_ms
        self._last_ms = now_ms
        self._due = Due(positions=self._patrols.step(now_ms))
        for unit in self._patrols.arrivals():
            self._arrived(unit, now_ms)
        while self._todo and self._todo[0][0] + self._paused_ms <= now_ms:
            at_ms, _, todo = heapq.heappop(self._todo)
            todo(at_ms + self._paused_ms)
        return self._due

    def _at(self, at_ms: int, todo: Todo) -> None:
        heapq.heappush(self._todo, (at_ms - self._paused_ms, next(self._order), todo))

    def _await_cue(self) -> None:
        cue = next(self._cues, None)
        if cue is not None:
            self._at(cue.at_ms + self._paused_ms, lambda at_ms: self._report(cue, at_ms))

    def _report(self, cue: Cue, at_ms: int) -> None:
        case = Case(cue.entry, f"{cue.entry.id}.{self._run}.{cue.round}", at_ms)
        self._due.incidents.append(_incident(case))
        for earlier in self._cases.get(cue.entry.id, ()):
            self._supersede(earlier, case, at_ms)
        self._cases[cue.entry.id] = [case]
        self._begin_course(case)
        self._await_cue()

    def _supersede(self, earlier: Case, case: Case, at_ms: int) -> None:
        # "reopen" is refused where the earlier one is still open; then "merge" is allowed as it stands.
        self._close(earlier, at_ms)
        self._act(earlier, at_ms, "reopen")
        self._act(earlier, at_ms, "merge", into=incident_id(self.source, case.external_id))

    def _begin_course(self, case: Case) -> None:
        verified_ms = case.at_ms + delay_ms(case.external_id, "verify", course.VERIFY_S)
        self._at(verified_ms, lambda at_ms: self._act(case, at_ms, "verify"))
        kind = course_of(case.entry)
        if kind == "response" and case.at_ms > self._start_ms - OPEN_MS:
            sent_ms = max(verified_ms, self._start_ms) + delay_ms(case.external_id, "send", course.SEND_S)
            self._at(sent_ms, lambda at_ms: self._send(case, at_ms))
        else:
            self._resolve_after(case, verified_ms, course.CLOSE_S[kind])

    def _send(self, case: Case, at_ms: int) -> None:
        if case.closed:
            return
        area = self._areas.get(case.entry.area)
        most = course.UNITS[case.entry.severity]
        case.units = self._patrols.send(*area.place, area.regencies[0], at_ms, most)
        for unit in case.units:
            self._on_the_way[unit] = case
            self._act(case, at_ms, "assign", unit=unit)
        if case.units:
            self._act(case, at_ms, "respond", unit=case.units[0])
        else:
            self._resolve_after(case, at_ms, course.CLOSE_S["response"])

    def _arrived(self, unit: str, at_ms: int) -> None:
        case = self._on_the_way.pop(unit, None)
        if case is None or case.closed or case.on_scene:
            return
        case.on_scene = True
        self._act(case, at_ms, "on_scene", unit=unit)
        self._resolve_after(case, at_ms, course.ON_SCENE_S)

    def _resolve_after(self, case: Case, at_ms: int, span: course.Span) -> None:
        closed_ms = at_ms + delay_ms(case.external_id, "close", span)
        self._at(closed_ms, lambda moment: self._resolve(case, moment))

    def _resolve(self, case: Case, at_ms: int) -> None:
        if not case.closed:
            self._act(case, at_ms, "resolve")
            self._close(case, at_ms)

    def _close(self, case: Case, at_ms: int) -> None:
        case.closed = True
        for unit in case.units:
            self._on_the_way.pop(unit, None)
        self._patrols.release(case.units, at_ms)
        case.units = []

    def _act(self, case: Case, at_ms: int, kind: str, *, unit: str | None = None, into: str | None = None) -> None:
        self._due.acts.append(act(at_ms, case.external_id, kind, unit=unit, into=into))


def _incident(case: Case) -> dict[str, Any]:
    entry = case.entry
    incident: dict[str, Any] = {
        "external_id": case.external_id,
        "occurred_at": utc_text(case.at_ms),
        "category": entry.category,
        "severity": entry.severity,
        "title": entry.title,
        "description": entry.text,
        "area": entry.area,
        "agency": entry.agency,
        "simulated": True,
    }
    if entry.crowd is not None:
        incident["crowd"] = entry.crowd
    return incident
