"""Alarms that matter: a level rose, a risky district has no unit, a cluster is forming. What each is, in words.

Pure, except that it remembers what it has already said and since when a district is without a unit.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from feeds.events import AlarmKind, AlarmRaised, Crowding, LevelChanged
from feeds.incident import Incident
from feeds.levels.ground import Ground
from feeds.levels.model import LEVEL_NAMES
from feeds.levels.parameters import Parameters
from feeds.levels.scan import strongest
from feeds.levels.weight import weigh
from feeds.taxonomy import Taxonomy

SOURCE = "siger:alarms"
_MINUTE_MS = 60_000


class Alarms:
    """Notices what should be called out. `parameters` gives the numbers as they are now."""

    def __init__(
        self, ground: Ground, taxonomy: Taxonomy, parameters: Callable[[], Parameters], *, simulated: bool = False
    ) -> None:
        self.ground = ground
        self.taxonomy = taxonomy
        self.parameters = parameters
        self.simulated = simulated
        self._levels: dict[str, int] = {}
        self._without: dict[str, int] = {}
        self._said: dict[tuple[AlarmKind, str, int], int] = {}

    def settle(self, levels: Mapping[str, int], raised: Iterable[AlarmRaised] = ()) -> None:
        """Takes the levels as they stand, by area, and the alarms of the last day: what is known is no news."""
        self._levels = dict(levels)
        for alarm in sorted(raised, key=lambda alarm: alarm.at_ms):
            self._said[alarm.what, alarm.area, alarm.level or 0] = alarm.at_ms

    def rises(self, levels: Iterable[LevelChanged]) -> list[AlarmRaised]:
        """Alarms about levels that rose since they were last looked at."""
        found = []
        for event in levels:
            before = self._levels.get(event.area)
            self._levels[event.area] = event.level
            if before is None or event.level <= before or event.level < self.parameters()["alarm_rise_from"]:
                continue
            name, reason = self.ground.name(event.area), event.reasons[0] if event.reasons else None
            why = reason.text if reason else ""
            text = f"{name} naik dari {LEVEL_NAMES[before]} ke {LEVEL_NAMES[event.level]}: {why}"
            incidents = tuple(reason.incident for reason in event.reasons[:3] if reason.incident)
            found += self._raise(
                "rise",
                event.area,
                event.at_ms,
                text,
                level=event.level,
                incidents=incidents,
                before=before,
                reason=reason,
            )
        return found

    def uncovered(self, levels: Mapping[str, int], held: Collection[str], at_ms: int) -> list[AlarmRaised]:
        """Alarms about risky districts (`levels`, by code) in which no unit has been for too long.

        `held`: districts with a unit that was heard of lately. Without any unit anywhere nothing is said: that is
        the silence of a source, not of a district.
        """
        if not held:
            self._without.clear()
            return []
        found = []
        for code in self.ground.districts:
            level = levels.get(code, 0)
            if level == 0 or code in held:
                self._without.pop(code, None)
                continue
            since_ms = self._without.setdefault(code, at_ms)
            minutes = (at_ms - since_ms) // _MINUTE_MS
            if minutes >= self.parameters()[f"uncovered_{level}_min"]:
                text = f"{self.ground.name(code)}, {LEVEL_NAMES[level]}, tanpa satuan selama {minutes} menit"
                found += self._raise("uncovered", code, at_ms, text, level=level, minutes=minutes)
        return found

    def clusters(self, incidents: Sequence[Incident], at_ms: int) -> list[AlarmRaised]:
        """An alarm about the strongest cluster that is forming among these, if it is hardly chance."""
        p = self.parameters()
        cases = [incident for incident in incidents if self._counts(incident)]
        reports = [incident.report for incident in cases]
        found = strongest(
            np.array([report.lon for report in reports], dtype=np.float64),
            np.array([report.lat for report in reports], dtype=np.float64),
            np.array([report.at_ms for report in reports], dtype=np.int64),
            at_ms,
            int(p["cluster_least"]),
        )
        if found is None or found.chance > p["cluster_chance"]:
            return []
        held = [cases[n] for n in found.cases]
        area = _commonest(incident.report.district or incident.report.regency or "" for incident in held)
        text = (
            f"{len(held)} kejadian dalam {found.hours:g} jam pada radius {found.radius_m / 1000:g} km di sekitar "
            f"{self.ground.name(area)}; biasanya {_comma(found.expected)}, "
            f"peluang kebetulan {_comma(found.chance * 100)}%"
        )
        names = tuple(sorted(incident.id for incident in held)[:20])
        crowding = Crowding(count=len(held), expected=found.expected, hours=found.hours, radius_m=found.radius_m)
        return self._raise("cluster", area, at_ms, text, incidents=names, chance=found.chance, crowding=crowding)

    def _counts(self, incident: Incident) -> bool:
        """Points that weigh; restricted reports do not, so that no alarm betrays one."""
        return incident.report.located == "point" and weigh(incident, self.taxonomy, self.parameters()).base > 0

    def _raise(
        self,
        what: AlarmKind,
        area: str,
        at_ms: int,
        text: str,
        *,
        level: int | None = None,
        **facts: Any,
    ) -> list[AlarmRaised]:
        # The same again is not said so soon; that it has grown worse meanwhile is.
        since_ms = at_ms - self.parameters()["alarm_repeat_min"] * _MINUTE_MS
        heights = range(level or 0, len(LEVEL_NAMES))
        if any(self._said.get((what, area, height), since_ms) > since_ms for height in heights):
            return []
        self._said[what, area, level or 0] = at_ms
        values = {
            "at_ms": at_ms,
            "received_ms": at_ms,
            "source": SOURCE,
            "simulated": self.simulated,
            "alarm": f"{what}:{area}:{at_ms // _MINUTE_MS}",
            "what": what,
            "area": area,
            "text": text,
            "level": level,
            **facts,
        }
        return [AlarmRaised.model_validate(values)]


def _commonest(names: Iterable[str]) -> str:
    counted: dict[str, int] = {}
    for name in names:
        counted[name] = counted.get(name, 0) + 1
    return max(sorted(counted), key=lambda name: counted[name])


def _comma(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")
