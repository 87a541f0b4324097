"""What one scope sees of the picture, kept up to date change by change. Rights are applied here and nowhere later.

Lists, counts, levels and the state hash of a view are made of what it sees alone, so nothing can be worked out from
a sum. A view of everything is the picture itself and costs nothing. Pure: no clock, no I/O, no asyncio.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from dashboard.access.rights import Scope
from feeds.changes import Changes, id_of
from feeds.digest import Digest
from feeds.events import (
    AlarmRaised,
    AlarmSeen,
    LevelOverridden,
    ReadinessDeclared,
    Reason,
    SourceRegistered,
    TpsListed,
)
from feeds.incident import Incident
from feeds.picture import Level, LevelPoint, Picture, Source
from feeds.unit import Unit
from geo.areas import PROVINCE
from geo.locate import Locator

#: Stands for a report that the viewer may not see, in the explanation of a level that it adds to.
ELSEWHERE = "Laporan di luar wilayah Anda"
_UNTOLD = {"text": ELSEWHERE, "before": None, "reason": None, "minutes": None, "crowding": None}


class Whereabouts:
    """In which regency and district each unit is; worked out once for all views, and again when it has moved."""

    def __init__(self, locator: Locator | None) -> None:
        self._locator = locator
        self._known: dict[str, tuple[float, float, str | None, str | None]] = {}

    def of(self, unit: Unit) -> tuple[str | None, str | None]:
        known = self._known.get(unit.id)
        if known is None or known[:2] != (unit.lon, unit.lat):
            known = self._known[unit.id] = (unit.lon, unit.lat, *self.at(unit.lon, unit.lat))
        return known[2:]

    def at(self, lon: float, lat: float) -> tuple[str | None, str | None]:
        place = self._locator.place(lon, lat) if self._locator else None
        return (place.regency, place.district) if place else (None, None)


@dataclass(slots=True)
class Seen:
    """What a change meant for a view: what it sees of it, and what went out of its sight."""

    changes: Changes = field(default_factory=Changes)
    incidents_left: bool = False
    units_left: bool = False


class View:
    """One scope's picture."""

    def __init__(
        self, picture: Picture, scope: Scope, whereabouts: Whereabouts, *, hidden: frozenset[str] = frozenset()
    ) -> None:
        """`hidden`: incidents that are kept from this scope whatever the picture says, such as a past one's."""
        self.picture = picture
        self.scope = scope
        self.hidden = hidden
        self._whole = scope.is_whole
        self._whereabouts = whereabouts
        self._incidents: dict[str, Incident] = {}
        self._units: dict[str, Unit] = {}
        self._levels: dict[str, Level] = {}
        self._sources: dict[str, Source] = {}
        self._last_id = picture.last_id
        self._digest = Digest()
        self._made_of: object = None
        #: Those of the incidents in sight that not everybody may see: whoever is shown one leaves a trace.
        self.restricted: set[str] = set()
        if self._whole:
            self._mark(())
        else:
            self._make()

    @property
    def incidents(self) -> Mapping[str, Incident]:
        return self.picture.incidents if self._whole else self._incidents

    @property
    def units(self) -> Mapping[str, Unit]:
        return self.picture.units if self._whole else self._units

    @property
    def levels(self) -> Mapping[str, Level]:
        return self.picture.levels if self._whole else self._levels

    @property
    def sources(self) -> Mapping[str, Source]:
        return self.picture.sources if self._whole else self._sources

    def source(self, name: str) -> tuple[Source, SourceRegistered | None]:
        """When a source was last heard in what is seen here, and its registration."""
        _, known = self.picture.orders.get((SourceRegistered.kind, name), (0, None))
        return self.sources.get(name, Source()), known if isinstance(known, SourceRegistered) else None

    def all_sources(self) -> dict[str, tuple[Source, SourceRegistered | None]]:
        """Every source that was heard here; for whoever sees everything also those that should be heard."""
        names = {*self.sources, *(self.picture.registrations() if self._whole else ())}
        return {name: self.source(name) for name in sorted(names)}

    @property
    def last_id(self) -> str:
        """The last log id that changed anything here: what happens out of sight does not move it."""
        return self.picture.last_id if self._whole else self._last_id

    def sees_place(self, lon: float, lat: float) -> bool:
        """Whether units are seen here while they stand at this place."""
        return self._sees_units_of(lambda: self._whereabouts.at(lon, lat))

    def override(self, code: str) -> LevelOverridden | None:
        return self.picture.override(code) if self.scope.sees_area(code) else None

    def level_past(self, code: str) -> list[LevelPoint]:
        """The last day of an area's level, oldest first; empty outside what is seen."""
        return self.picture.level_past.get(code, []) if self.scope.sees_area(code) else []

    def all_readiness(self) -> list[ReadinessDeclared]:
        """The readiness of the province, which concerns everybody, and of the areas within sight."""
        return [e for e in self.picture.all_readiness() if e.area == PROVINCE or self.scope.sees_area(e.area)]

    def alarms(self) -> dict[str, AlarmRaised]:
        """The last day's alarms about areas within sight, by id, oldest first, as far as they may be told."""
        known = sorted(self.picture.alarms.values(), key=lambda pair: pair[0])
        return {event.alarm: self._cut(event) for _, event in known if self.scope.sees_area(event.area)}

    def alarm_seen(self, alarm: str) -> AlarmSeen | None:
        """By whom an alarm was seen, and when."""
        _, event = self.picture.alarms_seen.get(alarm, (0, None))
        return event

    def tps(self) -> Iterator[TpsListed]:
        """The lists of polling stations of the districts within sight, by district."""
        return (self.picture.tps[code][1] for code in sorted(self.picture.tps) if self.scope.sees_area(code))

    def tps_mark(self) -> str | None:
        """The log id of the newest of these lists: another mark, another list. None where there never was one."""
        seen = [order for code, (order, _) in self.picture.tps.items() if self.scope.sees_area(code)]
        return id_of(max(seen)) if seen else None

    def _cut(self, event: AlarmRaised) -> AlarmRaised:
        if self._whole:
            return event
        seen = tuple(name for name in event.incidents if name in self._incidents)
        # The words of an alarm name what is behind it: they are not for those who do not see all of that.
        hidden = len(seen) < len(event.incidents)
        return event.model_copy(update={"incidents": seen, **(_UNTOLD if hidden else {})})

    def take(self, changes: Changes) -> Seen:
        """Takes over what the picture changed, as far as it is seen."""
        if self._whole:
            self._mark(changes.incidents)
            return Seen(changes)
        if self._made_of is not self.picture.incidents:
            return self._anew()
        seen = Seen()
        for name in changes.incidents:
            seen.incidents_left |= self._take_incident(name, seen.changes)
        for name in changes.units:
            seen.units_left |= self._take_unit(name, seen.changes)
        seen.changes.facts = {name for name in changes.facts if name in self._units} | seen.changes.facts
        for code in changes.levels:
            self._take_level(code, seen.changes)
        seen.changes.orders = set(changes.orders)
        if SourceRegistered.kind in changes.orders:
            # All of them: which one it was about may be out of sight.
            seen.changes.sources |= set(self._sources)
        seen.changes.alarms = {
            name for name in changes.alarms if self.scope.sees_area(self.picture.alarms[name][1].area)
        }
        seen.changes.tps = {code for code in changes.tps if self.scope.sees_area(code)}
        if seen.changes or seen.incidents_left or seen.units_left:
            self._last_id = self.picture.last_id
        return seen

    def state_hash(self) -> str:
        """The state hash of what is seen here."""
        if self._whole:
            return self.picture.state_hash()
        return self._digest.read(self.picture.line)

    def _make(self) -> None:
        picture, nobody = self.picture, Changes()
        self._made_of = picture.incidents
        for name in picture.incidents:
            self._take_incident(name, nobody)
        for name in picture.units:
            self._take_unit(name, nobody)
        for code in picture.levels:
            self._take_level(code, nobody)

    def _mark(self, names: Iterable[str]) -> None:
        if self._made_of is not self.picture.incidents:
            self._made_of = names = self.picture.incidents
            self.restricted.clear()
        for name in names:
            self._mark_one(name, self.picture.incidents[name])

    def _mark_one(self, name: str, incident: Incident) -> None:
        (self.restricted.discard if incident.secrecy == "normal" else self.restricted.add)(name)

    def _anew(self) -> Seen:
        # The picture was exchanged as a whole (it was built from a snapshot): nothing known here holds.
        own = (self._incidents, self._units, self._levels, self._sources)
        for part in (*own, self._digest, self.restricted):
            part.clear()
        self._last_id = self.picture.last_id
        self._make()
        return Seen(incidents_left=True)

    def _take_incident(self, name: str, seen: Changes) -> bool:
        """True when the incident was seen before and is not any more."""
        incident = self.picture.incidents[name]
        if name in self.hidden or not self.scope.sees(incident):
            return self._lose_incident(name) if self._incidents.pop(name, None) is not None else False
        self._incidents[name] = incident if self.scope.personal else _impersonal(incident)
        self._mark_one(name, incident)
        self._digest.stale["i"].add(name)
        seen.incidents.add(name)
        self._heard(incident.report.source, incident.report.received_ms, seen)
        return False

    def _lose_incident(self, name: str) -> bool:
        self.restricted.discard(name)
        # A level's explanation still names it until the level is worked out anew: those words go with it.
        for code, level in list(self._levels.items()):
            if any(reason.incident == name for reason in level.event.reasons):
                self._take_level(code, Changes())
        return self._forget("i", name)

    def _take_unit(self, name: str, seen: Changes) -> bool:
        unit = self.picture.units[name]
        if not self._sees_unit(unit):
            return self._forget("u", name) if self._units.pop(name, None) is not None else False
        if name not in self._units:
            seen.facts.add(name)
        self._units[name] = unit
        self._digest.stale["u"].add(name)
        seen.units.add(name)
        self._heard(unit.source, unit.received_ms, seen)
        return False

    def _sees_unit(self, unit: Unit) -> bool:
        return self._sees_units_of(lambda: self._whereabouts.of(unit))

    def _sees_units_of(self, where: Callable[[], tuple[str | None, str | None]]) -> bool:
        reach = self.scope.reach
        return bool(self.scope.secrecies) and (reach.everywhere or reach.holds(*where()))

    def _take_level(self, code: str, seen: Changes) -> None:
        if self.scope.sees_area(code):
            level = self.picture.levels[code]
            event = level.event.model_copy(update={"reasons": tuple(self._told(level.event.reasons))})
            self._levels[code] = replace(level, event=event)
            self._digest.stale["l"].add(code)
            seen.levels.add(code)

    def _told(self, reasons: Iterable[Reason]) -> Iterable[Reason]:
        for reason in reasons:
            hidden = reason.incident is not None and reason.incident not in self._incidents
            yield Reason(text=ELSEWHERE, points=reason.points, what="elsewhere") if hidden else reason

    def _heard(self, name: str, at_ms: int, seen: Changes) -> None:
        # Not the picture's own table: that a source speaks of things out of sight must not show.
        source = self._sources.setdefault(name, Source())
        if at_ms > source.last_ms:
            source.last_ms = at_ms
            seen.sources.add(name)

    def _forget(self, kind: str, name: str) -> bool:
        self._digest.forget(kind, name)
        return True


def out_of_sight(picture: Picture, scope: Scope) -> frozenset[str]:
    """The incidents that this scope does not see."""
    return frozenset(name for name, incident in picture.incidents.items() if not scope.sees(incident))


def _impersonal(incident: Incident) -> Incident:
    """Without what may name people; also what is searched is then without it."""
    report = incident.report.model_copy(update={"description": "", "reporter_unit": None, "external_id": ""})
    return replace(incident, report=report)
