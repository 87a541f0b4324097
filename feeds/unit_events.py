"""Events about units: where they are and what they say of themselves."""

from typing import ClassVar, Literal

from feeds.event import Event, Record
from feeds.incident_events import Agency
from feeds.numbers import Count, Degrees, Lat, Lon, Measure, Ms, SkewMs, SpeedKmh

UnitKind = Literal["car", "motorcycle", "foot", "boat", "post"]
UnitState = Literal["siaga", "patroli", "menuju", "di_tkp", "istirahat"]


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
