"""A unit as the picture shows it: its last known position and what it has said of itself.

A position older than the last one is kept in the log for the track, but does not move the unit back. What a unit
says of itself (callsign, kind, agency ...) often comes in some of its messages only, so each of these facts keeps
the moment of its own last telling: the result does not depend on the order of arrival.
"""

from dataclasses import dataclass, field
from typing import Any

from feeds.events import UnitPosition

#: Facts that a message may leave out without unsaying them.
FACTS = ("callsign", "agency", "kind", "battery_pct", "strength")

Stamp = tuple[int, int, int]  # observed_ms, log order of the entry, index in its batch


@dataclass(slots=True)
class Unit:
    """One unit now. `slot` is its row in the live frames, in order of first appearance."""

    id: str
    slot: int
    stamp: Stamp
    observed_ms: int
    lon: float
    lat: float
    source: str
    received_ms: int
    simulated: bool
    speed_kmh: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    state: str | None = None
    skew_ms: int | None = None
    facts: dict[str, tuple[Stamp, Any]] = field(default_factory=dict)

    def fact(self, name: str) -> Any:
        """What the unit last said of `name` (one of `FACTS`); None where it never did."""
        told = self.facts.get(name)
        return told[1] if told else None

    def move(self, position: UnitPosition, stamp: Stamp, source: str, received_ms: int, simulated: bool) -> None:
        """Takes over a newer position. The caller has compared the stamps."""
        self.stamp = stamp
        self.observed_ms = position["observed_ms"]
        self.lon = position["lon"]
        self.lat = position["lat"]
        self.speed_kmh = position.get("speed_kmh")
        self.heading_deg = position.get("heading_deg")
        self.accuracy_m = position.get("accuracy_m")
        self.state = position.get("state")
        self.skew_ms = position.get("skew_ms")
        self.source = source
        self.received_ms = received_ms
        self.simulated = simulated

    def tell(self, position: UnitPosition, stamp: Stamp) -> bool:
        """Takes over the facts of a message unless a later message told them anew. True if any changed."""
        changed = False
        for name in FACTS:
            value = position.get(name)
            if value is None:
                continue
            told = self.facts.get(name)
            if told is not None and told[0] >= stamp:
                continue
            changed = changed or told is None or told[1] != value
            self.facts[name] = (stamp, value)
        return changed
