"""Events about areas: computed levels, what officers order beside them, and alarms."""

from typing import ClassVar, Literal

from feeds.event import Event, Record
from feeds.numbers import Measure, Ms

LevelNumber = Literal[0, 1, 2, 3]
AlarmKind = Literal["rise", "uncovered", "cluster"]
Readiness = Literal["normal", "siaga_3", "siaga_2", "siaga_1"]
ReasonKind = Literal["incident", "rest", "spill", "plan", "usual", "elsewhere"]


class Reason(Record):
    """One line of a level's explanation: what, how many points, and the event and incident behind it.

    `what` says which line it is and `of` what else is in it (how many, or the neighbour's name), for whoever says
    it in another language than `text`. Older lines have neither.
    """

    text: str
    points: Measure
    event_id: str | None = None
    incident: str | None = None
    what: ReasonKind | None = None
    of: str | None = None


class LevelChanged(Event):
    """The levels feed computed another risk level, or another score, for an area."""

    kind: ClassVar[str] = "level.change"

    area: str
    level: LevelNumber
    score: Measure
    since_ms: Ms
    reasons: tuple[Reason, ...] = ()


class LevelOverridden(Event):
    """An officer sets an area's level aside until a time, with a reason; `level` None: takes that back.

    The computed level goes on beside it. `source` is "siger:levels" where it ended by itself.
    """

    kind: ClassVar[str] = "level.override"

    area: str
    level: LevelNumber | None
    until_ms: Ms
    why: str


class ParameterChanged(Event):
    """A number of the risk model was set anew, by whom (`actor`) and why; `value` None: back to the bundled one."""

    kind: ClassVar[str] = "level.parameter"

    name: str
    value: Measure | None
    why: str


class ReadinessDeclared(Event):
    """The readiness (Siaga I to III, or normal) that was ordered for an area, from `at_ms` on, and why."""

    kind: ClassVar[str] = "readiness"

    area: str
    readiness: Readiness
    why: str


class Crowding(Record):
    """Of a cluster of incidents: how many, how many are usual, within how long and how far around its middle."""

    count: int
    expected: Measure
    hours: Measure
    radius_m: Measure


class AlarmRaised(Event):
    """Something that somebody should look at now: a level rose, a risky area has no unit, a cluster is forming.

    `what` says which; `alarm` is its id, made of what, where and when, so that two who notice it make one. What
    `text` tells stands beside it, for another language: the level `before` a rise and the heaviest `reason` for it;
    for how many `minutes` there was no unit; the `crowding`. Older alarms have none of it.
    """

    kind: ClassVar[str] = "alarm"

    alarm: str
    what: AlarmKind
    area: str
    text: str
    level: LevelNumber | None = None
    incidents: tuple[str, ...] = ()
    chance: Measure | None = None
    before: LevelNumber | None = None
    reason: Reason | None = None
    minutes: int | None = None
    crowding: Crowding | None = None

    def key(self) -> str:
        return f"alarm:{self.alarm}"


class AlarmSeen(Event):
    """An officer (`actor`) has seen an alarm and takes it from here; the first to say so counts."""

    kind: ClassVar[str] = "alarm.seen"

    alarm: str
    area: str

    def key(self) -> str:
        return f"alarm.seen:{self.alarm}"
