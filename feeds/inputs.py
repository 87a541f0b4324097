"""What outside programs may send, checked field by field: incidents, positions and actions as JSON objects.

These are the shapes of the public interface; `intake` turns them into events. Unknown fields are refused. Control
characters in text are made visible (NUL becomes "␀") instead of being dropped: what was sent can still be read, and
nothing below has to fear it.
"""

from dataclasses import dataclass
from datetime import datetime
from reprlib import Repr
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from feeds.clock import epoch_ms
from feeds.events import Action, Agency, CrowdState, Sensitivity, UnitKind, UnitState, Victims

_CONTROL = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"} | {0x7F: 0x2421}
_LINE_BREAKS = {ord("\t"): " ", ord("\n"): " ", ord("\r"): " "}

#: Longest excerpt of a refused value that an error repeats.
EXCERPT_CHARS = 80
#: Values may be nested a thousand deep or a million long; an excerpt is to show neither.
_REPR = Repr()
_REPR.maxlevel = 4
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = EXCERPT_CHARS


def _visible(text: str) -> str:
    return text.translate(_CONTROL).strip()


def visible_line(text: str) -> str:
    if text.isprintable() and text.strip() == text:
        return text  # nearly all of them, and three times as fast
    return _visible(text.translate(_LINE_BREAKS))


def _rfc3339(value: object) -> object:
    # A bare number would be taken for Unix seconds, silently; times come with their offset or not at all.
    if isinstance(value, str) and (value[4:5] == "-" or not value.strip().lstrip("+-").replace(".", "").isdigit()):
        return value
    if isinstance(value, datetime):
        return value
    raise ValueError("a time must be RFC 3339 text with its offset, such as 2024-11-27T08:00:00+07:00")


def _in_calendar(moment: datetime) -> datetime:
    epoch_ms(moment)
    return moment


Line = Annotated[str, AfterValidator(visible_line)]
Text = Annotated[str, AfterValidator(_visible)]
Moment = Annotated[AwareDatetime, BeforeValidator(_rfc3339), AfterValidator(_in_calendar)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Metres = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
SpeedKmh = Annotated[float, Field(ge=0, le=1500, allow_inf_nan=False)]
Degrees = Annotated[float, Field(ge=0, le=360, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
People = Annotated[int, Field(ge=0, le=10_000)]


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReporterIn(_Input):
    """Who reported. Sealed before it is stored, and taken on restricted reports alone."""

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    contact: Annotated[Line, Field(max_length=200)] = ""


class IncidentIn(_Input):
    """An incident as a program reports it. `lon`, `lat` in degrees or `area`, a district's or regency's code.

    One that `expires_at` (a weather warning) is resolved by itself then.
    """

    occurred_at: Moment
    category: Annotated[str, Field(max_length=60)]
    severity: Annotated[int, Field(ge=1, le=5)]
    title: Annotated[Line, Field(min_length=1, max_length=200)]
    external_id: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    source: Annotated[Line, Field(min_length=1, max_length=80)] | None = None
    description: Annotated[Text, Field(max_length=5000)] = ""
    lon: Lon | None = None
    lat: Lat | None = None
    area: Annotated[str, Field(max_length=40)] | None = None
    accuracy_m: Metres | None = None
    agency: Agency | None = None
    reporter_unit: Annotated[Line, Field(max_length=100)] | None = None
    victims: Victims | None = None
    crowd: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    crowd_state: CrowdState | None = None
    sensitivity: Sensitivity = "normal"
    reporter: ReporterIn | None = None
    expires_at: Moment | None = None
    simulated: bool = False


class PositionIn(_Input):
    """A unit's position as a program reports it. Degrees, km/h, metres, per cent."""

    unit: Annotated[Line, Field(min_length=1, max_length=100)]
    observed_at: Moment
    lon: Lon
    lat: Lat
    callsign: Annotated[Line, Field(max_length=100)] | None = None
    agency: Agency | None = None
    kind: UnitKind | None = None
    speed_kmh: SpeedKmh | None = None
    heading_deg: Degrees | None = None
    accuracy_m: Metres | None = None
    battery_pct: Percent | None = None
    state: UnitState | None = None
    strength: People | None = None
    source: Annotated[Line, Field(min_length=1, max_length=80)] | None = None
    simulated: bool = False


class CorrectionIn(_Input):
    """What a correction may set anew; a new place is `lon` and `lat`, or `area`."""

    category: Annotated[str, Field(max_length=60)] | None = None
    severity: Annotated[int, Field(ge=1, le=5)] | None = None
    title: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    description: Annotated[Text, Field(max_length=5000)] | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    area: Annotated[str, Field(max_length=40)] | None = None
    victims: Victims | None = None
    crowd: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    crowd_state: CrowdState | None = None
    sensitivity: Literal["restricted"] | None = None


class ActionIn(_Input):
    """What somebody does about an incident. `action_id` makes a repeated post harmless."""

    type: Action
    at: Moment | None = None
    note: Annotated[Text, Field(max_length=2000)] = ""
    unit: Annotated[Line, Field(min_length=1, max_length=100)] | None = None
    into: Annotated[str, Field(max_length=40)] | None = None
    correction: CorrectionIn | None = None
    action_id: Annotated[Line, Field(min_length=1, max_length=100)] | None = None
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item was refused: which field, what it held (shortened), and what to do about it."""

    field: str
    value: str
    reason: str


Outcome = Literal["accepted", "duplicate", "refused"]


def problems_of(error: ValidationError) -> list[Problem]:
    """A failed check as problems that a person can act on."""
    return [
        Problem(
            field=".".join(str(part) for part in entry["loc"]) or "(the whole item)",
            value=_shown(entry),
            reason=_reason(entry["type"], entry["msg"]),
        )
        for entry in error.errors(include_url=False, include_context=False)
    ]


def _shown(entry: Any) -> str:
    if entry["type"] == "missing":
        return "(missing)"
    # Errors are logged and shown around; a reporter's name in one must not be.
    return "(hidden)" if "reporter" in entry["loc"] else excerpt(entry["input"])


def _reason(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "this field is not known; leave it out or check its spelling"
    if kind == "missing":
        return "this field is required"
    return message.removeprefix("Value error, ")


def excerpt(value: Any) -> str:
    """A refused value as short, harmless text."""
    text = visible_line(value if isinstance(value, str) else _REPR.repr(value)) or "(empty)"
    return text if len(text) <= EXCERPT_CHARS else text[:EXCERPT_CHARS] + "…"
