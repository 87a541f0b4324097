"""Events about units: where they are and what they say of themselves."""

from typing import ClassVar, Literal, NotRequired

import orjson
from pydantic import with_config
from typing_extensions import TypedDict  # pydantic reads no other before Python 3.12

from feeds.event import Event
from feeds.incident_events import Agency
from feeds.numbers import Count, Degrees, Lat, Lon, Measure, Ms, SkewMs, SpeedKmh

UnitKind = Literal["car", "motorcycle", "foot", "boat", "post"]
UnitState = Literal["siaga", "patroli", "menuju", "di_tkp", "istirahat"]


@with_config(extra="forbid", allow_inf_nan=False)
class UnitPosition(TypedDict):
    """Where a unit was at `observed_ms`, as it said itself. Degrees, km/h, metres, per cent.

    A plain dict: there are thousands a second, and this costs a third of what a model does.
    """

    unit: str
    observed_ms: Ms
    lon: Lon
    lat: Lat
    callsign: NotRequired[str | None]
    agency: NotRequired[Agency | None]
    kind: NotRequired[UnitKind | None]
    speed_kmh: NotRequired[SpeedKmh | None]
    heading_deg: NotRequired[Degrees | None]
    accuracy_m: NotRequired[Measure | None]
    battery_pct: NotRequired[Measure | None]
    state: NotRequired[UnitState | None]
    strength: NotRequired[Count | None]
    skew_ms: NotRequired[SkewMs | None]


class PositionsObserved(Event):
    """A batch of positions that arrived together; `at_ms` is the newest observation in it."""

    kind: ClassVar[str] = "unit.positions"

    positions: tuple[UnitPosition, ...]

    def encode(self) -> bytes:
        """As of every event, in a third of the time: the positions are what they are in JSON."""
        head = self.model_dump(exclude_defaults=True, exclude={"positions"})
        return orjson.dumps(head | {"positions": self.positions})
