"""The picture: what Siger knows now, made from the log's events and nothing else.

`Picture.apply` is pure in the sense that counts: no clock, no I/O, no asyncio, and what it makes depends on the set
of events alone, not on their order of arrival nor on repeats. Live view, replay, reports, the levels feed and the
tests all use this one reducer.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple, TypeVar

from feeds.changes import ORDER_BITS, Changes, order
from feeds.digest import Digest, incident_line, level_line, unit_line
from feeds.events import (
    AlarmRaised,
    AlarmSeen,
    Event,
    IncidentActed,
    IncidentReported,
    LevelChanged,
    LevelOverridden,
    NothingToReport,
    ParameterChanged,
    PositionsObserved,
    ReadinessDeclared,
    SourceRegistered,
    TpsListed,
)
from feeds.incident import Incident, Stamped, fold
from feeds.taxonomy import Taxonomy, bundled
from feeds.unit import Unit

#: Each area's level is remembered over a day: enough to see where it comes from.
CURVE_MS = 24 * 3_600_000

#: Orders hold until the next one about the same subject: overrides, parameters, readiness, registrations.
Order = LevelOverridden | ParameterChanged | ReadinessDeclared | SourceRegistered
#: What Siger itself writes comes from names that begin so; it is no source whose silence would mean something.
OWN_SOURCES = "siger:"

Kept = TypeVar("Kept", bound=Event)


@dataclass(frozen=True, slots=True)
class Level:
    """An area's risk level as the levels feed last wrote it."""

    order: int
    event: LevelChanged


class LevelPoint(NamedTuple):
    """A level as it was written at a moment: a point of its curve."""

    order: int
    at_ms: int
    level: int
    score: float


@dataclass(slots=True)
class Source:
    """When a source was last heard (Siger's clock), and the areas for which it last said "nihil"."""

    last_ms: int = 0
    nihil: dict[str, int] = field(default_factory=dict)


class Picture:
    """Incidents, units, levels and sources, as the events applied so far make them."""

    def __init__(self, taxonomy: Taxonomy | None = None) -> None:
        self.taxonomy = taxonomy or bundled()
        self.last_id = "0-0"
        self.incidents: dict[str, Incident] = {}
        self.units: dict[str, Unit] = {}
        self.levels: dict[str, Level] = {}
        self.level_past: dict[str, list[LevelPoint]] = {}
        self.alarms: dict[str, tuple[int, AlarmRaised]] = {}
        self.alarms_seen: dict[str, tuple[int, AlarmSeen]] = {}
        self.orders: dict[tuple[str, str], tuple[int, Order]] = {}
        self.tps: dict[str, tuple[int, TpsListed]] = {}
        self.sources: dict[str, Source] = {}
        self._last_order = 0
        self._histories: dict[str, list[tuple[int, Stamped]]] = {}
        self._digest = Digest()

    def apply(self, entry_id: str, event: Event) -> Changes:
        """Takes one event in and says what it changed. Repeats and late arrivals are harmless."""
        changes = Changes()
        at = self.skip(entry_id)
        if isinstance(event, TpsListed):
            self._listed(at, event, changes)  # a document, not a source that lives: nobody is heard
            return changes
        self._heard(event, changes)
        if isinstance(event, PositionsObserved):
            self._moved(at, event, changes)
        elif isinstance(event, IncidentReported | IncidentActed):
            self._happened(at, entry_id, event, changes)
        elif isinstance(event, LevelChanged):
            self._levelled(at, event, changes)
        elif isinstance(event, AlarmRaised):
            self._alarmed(at, event, changes)
        elif isinstance(event, AlarmSeen):
            self._saw_alarm(at, event, changes)
        elif isinstance(event, Order):
            self._ordered(at, event, changes)
        return changes

    def skip(self, entry_id: str) -> int:
        """Goes past an entry without looking at it (an unreadable one); returns its place in the order."""
        at = order(entry_id)
        if at > self._last_order:
            self._last_order, self.last_id = at, entry_id
        return at

    def history(self, incident: str) -> list[Stamped]:
        """Every event about an incident, in log order, each with its log id."""
        return [stamped for _, stamped in self._histories.get(incident, [])]

    def override(self, area: str) -> LevelOverridden | None:
        """The override that stands for an area, also one that has run out but was not yet ended."""
        _, event = self.orders.get((LevelOverridden.kind, area), (0, None))
        return event if isinstance(event, LevelOverridden) and event.level is not None else None

    def all_readiness(self) -> list[ReadinessDeclared]:
        """The readiness last declared for each area for which one ever was."""
        return [event for _, event in self.orders.values() if isinstance(event, ReadinessDeclared)]

    def parameter_changes(self) -> list[ParameterChanged]:
        """The last change of each parameter of the risk model that ever was changed."""
        return [event for _, event in self.orders.values() if isinstance(event, ParameterChanged)]

    def parameters(self) -> dict[str, float]:
        """The parameters of the risk model that are set to something else than the bundled value."""
        return {event.name: event.value for event in self.parameter_changes() if event.value is not None}

    def registrations(self) -> dict[str, SourceRegistered]:
        """What each registered source may do, by its name."""
        return {e.name: e for _, e in self.orders.values() if isinstance(e, SourceRegistered)}

    def known_incidents(self) -> Iterable[str]:
        """Every incident with a history, also one whose report has not arrived yet."""
        return self._histories.keys()

    def remember(self, incident: str, history: Iterable[Stamped]) -> None:
        """Takes over an incident's whole history at once, in log order, as a snapshot knows it."""
        known = self._histories[incident] = [(order(entry_id), (entry_id, event)) for entry_id, event in history]
        folded = fold((stamped for _, stamped in known), self.taxonomy)
        if folded is not None:
            self.incidents[incident] = folded
            self._digest.stale["i"].add(incident)

    def resume(self, last_id: str, units: Iterable[Unit], sources: Mapping[str, Source]) -> None:
        """Takes over from a snapshot what no event tells any more: units and sources as they stood at `last_id`."""
        self.skip(last_id)
        self.units = {unit.id: unit for unit in units}
        self.sources = dict(sources)
        self._digest.stale["u"].update(self.units)

    def become(self, other: "Picture") -> None:
        """Takes over everything that another picture knows; whoever holds this one sees it."""
        vars(self).update(vars(other))

    def state_hash(self) -> str:
        """16 hex digits, equal for two pictures that show the same (docs/live-protocol.md has the lines)."""
        return self._digest.read(self.line)

    def _heard(self, event: Event, changes: Changes) -> None:
        if isinstance(event, SourceRegistered) or event.source.startswith(OWN_SOURCES):
            return
        source = self.sources.get(event.source)
        if source is None:
            source = self.sources[event.source] = Source()
        if event.received_ms > source.last_ms:
            source.last_ms = event.received_ms
            changes.sources.add(event.source)
        if isinstance(event, NothingToReport) and event.at_ms > source.nihil.get(event.area, 0):
            source.nihil[event.area] = event.at_ms
            changes.sources.add(event.source)

    def _moved(self, at: int, event: PositionsObserved, changes: Changes) -> None:
        units = self.units
        for index, position in enumerate(event.positions):
            name = position["unit"]
            stamp = (position["observed_ms"], at, index)
            unit = units.get(name)
            if unit is None:
                unit = units[name] = Unit(
                    id=name,
                    slot=len(units),
                    stamp=(-1, -1, -1),
                    observed_ms=0,
                    lon=0.0,
                    lat=0.0,
                    source=event.source,
                    received_ms=0,
                    simulated=event.simulated,
                )
                changes.facts.add(name)
            if stamp > unit.stamp:
                unit.move(position, stamp, event.source, event.received_ms, event.simulated)
                changes.units.add(name)
            if unit.tell(position, stamp):
                changes.facts.add(name)
        self._digest.stale["u"] |= changes.units

    def _happened(self, at: int, entry_id: str, event: IncidentReported | IncidentActed, changes: Changes) -> None:
        history = self._histories.setdefault(event.incident, [])
        if any(known == at for known, _ in history):
            return
        insort(history, (at, (entry_id, event)), key=itemgetter(0))
        incident = fold((stamped for _, stamped in history), self.taxonomy)
        if incident is not None:
            self.incidents[event.incident] = incident
            changes.incidents.add(event.incident)
            self._digest.stale["i"].add(event.incident)

    def _levelled(self, at: int, event: LevelChanged, changes: Changes) -> None:
        known = self.levels.get(event.area)
        if known is None or at > known.order:
            self.levels[event.area] = Level(at, event)
            changes.levels.add(event.area)
            self._digest.stale["l"].add(event.area)
        past = self.level_past.setdefault(event.area, [])
        point = LevelPoint(at, event.at_ms, event.level, event.score)
        place = bisect_left(past, point)
        if past[place : place + 1] != [point]:
            past.insert(place, point)
        # The level that stood a day before the last one is where the curve begins.
        begin = bisect_right(past, past[-1].order - (CURVE_MS << ORDER_BITS), key=itemgetter(0))
        del past[: max(begin - 1, 0)]

    def _ordered(self, at: int, event: Order, changes: Changes) -> None:
        subject = event.name if isinstance(event, ParameterChanged | SourceRegistered) else event.area
        known, _ = self.orders.get((event.kind, subject), (-1, None))
        if at <= known:
            return
        self.orders[event.kind, subject] = (at, event)
        changes.orders.add(event.kind)
        if isinstance(event, SourceRegistered):
            changes.sources.add(subject)
        if isinstance(event, LevelOverridden) and subject in self.levels:
            changes.levels.add(subject)
            self._digest.stale["l"].add(subject)

    def _alarmed(self, at: int, event: AlarmRaised, changes: Changes) -> None:
        if event.alarm in self.alarms and at >= self.alarms[event.alarm][0]:
            return
        self.alarms = _last_day({**self.alarms, event.alarm: (at, event)})
        if event.alarm in self.alarms:
            changes.alarms.add(event.alarm)

    def _saw_alarm(self, at: int, event: AlarmSeen, changes: Changes) -> None:
        if at <= self.alarms_seen.get(event.alarm, (-1, None))[0]:
            return
        self.alarms_seen = _last_day({**self.alarms_seen, event.alarm: (at, event)})
        if event.alarm in self.alarms:
            changes.alarms.add(event.alarm)

    def _listed(self, at: int, event: TpsListed, changes: Changes) -> None:
        known, _ = self.tps.get(event.district, (-1, None))
        if at > known:
            self.tps[event.district] = (at, event)
            changes.tps.add(event.district)

    def line(self, kind: str, name: str) -> str:
        """An object's line of the state hash: a unit (u), a level (l) or an incident (i)."""
        if kind == "u":
            return unit_line(self.units[name])
        if kind == "l":
            return level_line(self.levels[name].event, self.override(name))
        return incident_line(self.incidents[name])


def _last_day(known: dict[str, tuple[int, Kept]]) -> dict[str, tuple[int, Kept]]:
    """Those of the last day before the newest of them."""
    begin = max(at for at, _ in known.values()) - (CURVE_MS << ORDER_BITS)
    return {name: kept for name, kept in known.items() if kept[0] > begin}
