"""The event types: everything that Siger knows arrived as one of these, was appended once and is never edited.

Events are plain frozen records, by what they are about in `incident_events`, `unit_events`, `level_events` and
`source_events`; whoever needs one takes it from here. Nothing in them reads a clock, a socket or a map: who takes
input in (`intake`) fills in times and places, who keeps it (`log`) gives it an id. A log entry is `kind`, `version`
and JSON, so a new kind or a new version never touches old readers: `parse` upcasts what earlier versions wrote.

    EventError
    ├── UnknownKind        a kind that this Siger does not know (a newer one wrote it)
    └── InvalidEvent       known kind, but its content does not hold
"""

from collections.abc import Callable
from typing import Any

import orjson
from pydantic import ValidationError

from feeds.event import (
    Event,
    Record,
)
from feeds.incident_events import (
    Action,
    Agency,
    Correction,
    CrowdState,
    IncidentActed,
    IncidentReported,
    Located,
    Sensitivity,
    Victims,
    incident_id,
)
from feeds.level_events import (
    AlarmKind,
    AlarmRaised,
    AlarmSeen,
    Crowding,
    LevelChanged,
    LevelNumber,
    LevelOverridden,
    ParameterChanged,
    Readiness,
    ReadinessDeclared,
    Reason,
    ReasonKind,
)
from feeds.source_events import (
    NothingToReport,
    Sends,
    SourceBeat,
    SourceRegistered,
    TpsListed,
)
from feeds.unit_events import (
    PositionsObserved,
    UnitKind,
    UnitPosition,
    UnitState,
)

__all__ = [
    "KINDS",
    "UPCASTS",
    "Action",
    "Agency",
    "AlarmKind",
    "AlarmRaised",
    "AlarmSeen",
    "Correction",
    "CrowdState",
    "Crowding",
    "Event",
    "EventError",
    "IncidentActed",
    "IncidentReported",
    "InvalidEvent",
    "LevelChanged",
    "LevelNumber",
    "LevelOverridden",
    "Located",
    "NothingToReport",
    "ParameterChanged",
    "PositionsObserved",
    "Readiness",
    "ReadinessDeclared",
    "Reason",
    "ReasonKind",
    "Record",
    "Sends",
    "Sensitivity",
    "SourceBeat",
    "SourceRegistered",
    "TpsListed",
    "UnitKind",
    "UnitPosition",
    "UnitState",
    "UnknownKind",
    "Upcast",
    "Victims",
    "incident_id",
    "parse",
]


class EventError(ValueError):
    """A log entry that cannot be read as an event."""


class UnknownKind(EventError):
    """The entry's kind is not one that this Siger knows."""


class InvalidEvent(EventError):
    """The entry's kind is known, its content does not hold."""


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
