"""Positions on their way in: checked, and brought into the log's own form.

They are by far the most frequent thing that Siger takes in, thousands at once. Nearly all are plain: text without
anything odd, times in RFC 3339. A batch of those is checked in one call without a step of Python in it; one with
any other is checked item by item by `PositionIn`, whose rules are the same and which says what is wrong. Both give
the same dicts, which become the log's `UnitPosition` in place.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, NotRequired, cast

from pydantic import Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from feeds.clock import epoch_ms
from feeds.digest import micros
from feeds.events import Agency, PositionsObserved, UnitKind, UnitPosition, UnitState
from feeds.inputs import Degrees, Lat, Lon, Metres, People, Percent, PositionIn, SpeedKmh, problems_of
from feeds.refusals import Refusal
from feeds.reports import SKEW_MS

#: A position as it was sent, checked: the fields of `PositionIn` that were there, but `observed_ms` for
#: `observed_at`: UTC epoch milliseconds by the device's clock.
Sent = dict[str, Any]
Numbered = list[tuple[int, Sent]]

_MICRO: Final = 1_000_000
#: What no rule for text would change: nothing but printable characters, and spaces only between them.
_PRINTABLE: Final = r"[^\p{C}\p{Z}]"
_PLAIN: Final = rf"^(?:{_PRINTABLE}(?:(?:{_PRINTABLE}| )*{_PRINTABLE})?)?$"
#: Times that `datetime.fromisoformat` reads as `PositionIn` does, if at all.
_RFC3339: Final = (
    r"^(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])$"
)


@with_config(extra="forbid")
class _PlainPosition(TypedDict):
    """What `PositionIn` takes, as long as no rule in Python has anything to do."""

    unit: Annotated[str, Field(min_length=1, max_length=100, pattern=_PLAIN)]
    observed_at: Annotated[str, Field(pattern=_RFC3339)]
    lon: Lon
    lat: Lat
    callsign: NotRequired[Annotated[str, Field(max_length=100, pattern=_PLAIN)] | None]
    agency: NotRequired[Agency | None]
    kind: NotRequired[UnitKind | None]
    speed_kmh: NotRequired[SpeedKmh | None]
    heading_deg: NotRequired[Degrees | None]
    accuracy_m: NotRequired[Metres | None]
    battery_pct: NotRequired[Percent | None]
    state: NotRequired[UnitState | None]
    strength: NotRequired[People | None]
    source: NotRequired[Annotated[str, Field(min_length=1, max_length=80, pattern=_PLAIN)] | None]
    simulated: NotRequired[bool]


_PLAIN_POSITIONS: Final = TypeAdapter(list[_PlainPosition])


def check(items: Sequence[object]) -> tuple[Numbered, list[Refusal]]:
    """The positions that hold, each with its number in the batch, and what is wrong with the others."""
    plain = _plain(items)
    if plain is not None:
        return list(enumerate(plain)), []
    checked: Numbered = []
    refusals: list[Refusal] = []
    for index, item in enumerate(items):
        try:
            position = PositionIn.model_validate(item)
        except ValidationError as error:
            refusals.append(Refusal(index, tuple(problems_of(error))))
        else:
            checked.append((index, _sent(position)))
    return checked, refusals


def observed(
    sent: Sequence[Sent], *, received_ms: int, source: str, actor: str | None, simulated: bool
) -> PositionsObserved:
    """The event of positions of one source that arrived together (at least one); their dicts become its own."""
    lons, lats = (_six_decimals([position[axis] for position in sent]) for axis in ("lon", "lat"))
    for position, lon, lat in zip(sent, lons, lats, strict=True):
        position["lon"], position["lat"] = lon, lat
        _settle(position, received_ms)
    # They are checked already, and are what the event's bytes give when they are read back.
    return PositionsObserved.model_construct(
        at_ms=max(position["observed_ms"] for position in sent),
        received_ms=received_ms,
        source=source,
        actor=actor,
        simulated=simulated,
        positions=tuple(cast(Sequence[UnitPosition], sent)),
    )


def _plain(items: Sequence[object]) -> list[Sent] | None:
    """All of them, if they are plain and hold; None otherwise."""
    try:
        positions: list[Any] = _PLAIN_POSITIONS.validate_python(items)
        times = {position["observed_at"] for position in positions}
        observed_ms = {text: epoch_ms(datetime.fromisoformat(text)) for text in times}
    except ValueError:  # a ValidationError, or a day that no calendar has
        return None
    for position in positions:
        position["observed_ms"] = observed_ms[position.pop("observed_at")]
    return positions


def _sent(position: PositionIn) -> Sent:
    told = vars(position)
    sent = {name: told[name] for name in position.model_fields_set}
    sent["observed_ms"] = epoch_ms(sent.pop("observed_at"))
    return sent


def _six_decimals(degrees: Sequence[float]) -> list[float]:
    rounded: list[float] = (micros(degrees) / _MICRO).tolist()
    return rounded


def _settle(position: Sent, received_ms: int) -> None:
    """A device whose clock is ahead counts as observed on arrival. What was not said is left out."""
    position.pop("source", None)
    position.pop("simulated", None)
    if None in position.values():
        for name in [name for name, value in position.items() if value is None]:
            del position[name]
    ahead_ms = position["observed_ms"] - received_ms
    if ahead_ms > 0:
        position["observed_ms"] = received_ms
        if ahead_ms > SKEW_MS:
            position["skew_ms"] = ahead_ms
