"""The event types: everything that Siger knows arrived as one of these, was appended once and is never edited.

Events are plain frozen records. Nothing here reads a clock, a socket or a map: who takes input in (`intake`)
fills in times and places, who keeps it (`log`) gives it an id. A log entry is `kind`, `version` and JSON, so a
new kind or a new version never touches old readers: `parse` upcasts what earlier versions wrote.

    EventError
    ├── UnknownKind        a kind that this Siger does not know (a newer one wrote it)
    └── InvalidEvent       known kind, but its content does not hold
"""

import hashlib
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feeds.numbers import Count, Degrees, Lat, Lon, Measure, Ms, Severity, SkewMs, SpeedKmh
from feeds.tps import Reference, Tps

Agency = Literal["polri", "tni", "bawaslu", "kpu", "pemda", "linmas", "bpbd", "lain"]
Located = Literal["point", "area"]
CrowdState = Literal["hijau", "kuning", "merah"]
UnitKind = Literal["car", "motorcycle", "foot", "boat", "post"]
UnitState = Literal["siaga", "patroli", "menuju", "di_tkp", "istirahat"]
Sensitivity = Literal["normal", "restricted"]
LevelNumber = Literal[0, 1, 2, 3]
AlarmKind = Literal["rise", "uncovered", "cluster"]
Readiness = Literal["normal", "siaga_3", "siaga_2", "siaga_1"]
#: What a source may send: incidents (actions on its own among them), positions, "nihil" and signs of life.
Sends = Literal["incidents", "positions", "beats"]
Action = Literal[
    "verify",
    "reject",
    "assign",
    "respond",
    "on_scene",
    "resolve",
    "reopen",
    "comment",
    "correct",
    "merge",
    "share",
]


class EventError(ValueError):
    """A log entry that cannot be read as an event."""


class UnknownKind(EventError):
    """The entry's kind is not one that this Siger knows."""


class InvalidEvent(EventError):
    """The entry's kind is known, its content does not hold."""


class Record(BaseModel):
    """What every part of an event shares: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Event(Record):
    """Base of all events. Times are UTC epoch milliseconds.

    `at_ms` is when it happened or was observed, by the reporter's clock; `received_ms` is when Siger took it in,
    by Siger's clock. The two are never mixed.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1

    at_ms: Ms
    received_ms: Ms
    source: str
    actor: str | None = None
    simulated: bool = False

    def key(self) -> str | None:
        """The idempotency key: a second event with the same key is the same event. None: always new."""
        return None

    def encode(self) -> bytes:
        """The event's JSON as the log keeps it; fields at their default are left out."""
        return orjson.dumps(self.model_dump(exclude_defaults=True))


class Victims(Record):
    """People harmed: dead (MD), badly hurt (LB), lightly hurt (LR)."""

    dead: int = Field(0, ge=0, le=100_000)
    badly_hurt: int = Field(0, ge=0, le=100_000)
    hurt: int = Field(0, ge=0, le=100_000)


class IncidentReported(Event):
    """Somebody reports that something happened, somewhere, at some time."""

    kind: ClassVar[str] = "incident.report"

    incident: str
    external_id: str
    category: str
    severity: Severity
    title: str
    lon: Lon
    lat: Lat
    description: str = ""
    located: Located = "point"
    accuracy_m: Measure | None = None
    regency: str | None = None
    district: str | None = None
    polres: str | None = None
    kodim: str | None = None
    agency: Agency | None = None
    reporter_unit: str | None = None
    victims: Victims | None = None
    crowd: Count | None = None
    crowd_state: CrowdState | None = None
    sensitivity: Sensitivity = "normal"
    reporter_sealed: str | None = None  # who reported; its key is kept apart and can be destroyed
    expires_ms: Ms | None = None
    skew_ms: SkewMs | None = None

    def key(self) -> str:
        return f"incident:{self.incident}"


class Correction(Record):
    """The fields that a correction may set anew; those left out stay as they are."""

    category: str | None = None
    severity: Severity | None = None
    title: str | None = None
    description: str | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    located: Located | None = None
    regency: str | None = None
    district: str | None = None
    polres: str | None = None
    kodim: str | None = None
    victims: Victims | None = None
    crowd: Count | None = None
    crowd_state: CrowdState | None = None
    sensitivity: Sensitivity | None = None


class IncidentActed(Event):
    """Somebody did something about a known incident: verified it, was sent to it, closed it, said something."""

    kind: ClassVar[str] = "incident.action"

    incident: str
    action: Action
    note: str = ""
    unit: str | None = None
    into: str | None = None
    correction: Correction | None = None
    action_id: str | None = None

    def key(self) -> str | None:
        return f"action:{self.incident}:{self.action_id}" if self.action_id else None

    def encode(self) -> bytes:
        # A correction may set a field to "none" (no district at sea), which is not the same as leaving it out.
        return orjson.dumps(self.model_dump(exclude_unset=True))


class UnitPosition(Record):
    """Where a unit was at `observed_ms`, as it said itself. Degrees, km/h, metres, per cent."""

    unit: str
    observed_ms: Ms
    lon: Lon
    lat: Lat
    callsign: str | None = None
    agency: Agency | None = None
    kind: UnitKind | None = None
    speed_kmh: SpeedKmh | None = None
    heading_deg: Degrees | None = None
    accuracy_m: Measure | None = None
    battery_pct: Measure | None = None
    state: UnitState | None = None
    strength: Count | None = None
    skew_ms: SkewMs | None = None


class PositionsObserved(Event):
    """A batch of positions that arrived together; `at_ms` is the newest observation in it."""

    kind: ClassVar[str] = "unit.positions"

    positions: tuple[UnitPosition, ...]


class Reason(Record):
    """One line of a level's explanation: what, how many points, and the event and incident behind it."""

    text: str
    points: Measure
    event_id: str | None = None
    incident: str | None = None


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


class AlarmRaised(Event):
    """Something that somebody should look at now: a level rose, a risky area has no unit, a cluster is forming.

    `what` says which; `alarm` is its id, made of what, where and when, so that two who notice it make one.
    """

    kind: ClassVar[str] = "alarm"

    alarm: str
    what: AlarmKind
    area: str
    text: str
    level: LevelNumber | None = None
    incidents: tuple[str, ...] = ()
    chance: Measure | None = None

    def key(self) -> str:
        return f"alarm:{self.alarm}"


class AlarmSeen(Event):
    """An officer (`actor`) has seen an alarm and takes it from here; the first to say so counts."""

    kind: ClassVar[str] = "alarm.seen"

    alarm: str
    area: str

    def key(self) -> str:
        return f"alarm.seen:{self.alarm}"


class SourceBeat(Event):
    """A source says that it lives, though it has nothing to report."""

    kind: ClassVar[str] = "source.heartbeat"


class NothingToReport(Event):
    """ "Nihil": an area's unit reports that nothing happened in a period. Silence is not the same."""

    kind: ClassVar[str] = "source.nihil"

    area: str
    since_ms: Ms


class TpsListed(Event):
    """A district's polling stations (TPS), all of them, as an import left them; the next one about it replaces it.

    `edition` is the same on everything that one import wrote; stations name the `references` that they rest on.
    """

    kind: ClassVar[str] = "tps.list"

    district: str
    edition: str
    stations: tuple[Tps, ...] = ()
    references: dict[str, Reference] = Field(default_factory=dict)


class SourceRegistered(Event):
    """What a source may send for which areas, and how often it should be heard; by whom (`actor`) and why.

    It holds until the next one about the same name. Empty `sends`, `areas` or `senders`: no limit of that kind.
    `senders`: the tokens that may speak under this name. `enabled` false: nothing is taken from it any more.
    """

    kind: ClassVar[str] = "source.registration"

    name: str
    title: str = ""
    sends: tuple[Sends, ...] = ()
    areas: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    every_s: Count | None = None
    enabled: bool = True
    note: str = ""
    why: str


KINDS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        IncidentReported,
        IncidentActed,
        PositionsObserved,
        LevelChanged,
        LevelOverridden,
        ParameterChanged,
        ReadinessDeclared,
        AlarmRaised,
        AlarmSeen,
        SourceBeat,
        NothingToReport,
        TpsListed,
        SourceRegistered,
    )
}

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
#: (kind, version) -> what turns that version's JSON into the next version's. Old logs stay readable for ever.
UPCASTS: dict[tuple[str, int], Upcast] = {}


def parse(kind: str, version: int, data: bytes) -> Event:
    """One log entry as an event.

    Raises `UnknownKind` or `InvalidEvent`, both saying what was wrong; the caller keeps such entries aside.
    """
    cls = KINDS.get(kind)
    if cls is None or version > cls.version:
        raise UnknownKind(f"kind '{kind}' version {version} is not known here; a newer Siger wrote it")
    try:
        if version == cls.version:
            return cls.model_validate_json(data)
        return cls.model_validate(_upcast(kind, version, cls.version, orjson.loads(data)))
    except (ValidationError, orjson.JSONDecodeError) as error:
        raise InvalidEvent(f"{kind} v{version}: {error}") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidEvent(f"{kind} v{version} cannot be brought up to v{cls.version}: {error!r}") from error


def _upcast(kind: str, version: int, target: int, data: dict[str, Any]) -> dict[str, Any]:
    for step in range(version, target):
        data = UPCASTS[kind, step](data)
    return data


def incident_id(source: str, external_id: str) -> str:
    """The incident's id: the same `(source, external_id)` has the same id in every store, for ever."""
    digest = hashlib.blake2b(f"{source}\0{external_id}".encode(), digest_size=8)
    return f"K{digest.hexdigest()}"
