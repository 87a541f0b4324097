"""The log's order as numbers, and what an event changed in a picture."""

from dataclasses import dataclass, field
from typing import Final

#: An entry's number within its millisecond stands in so many bits.
ORDER_BITS: Final = 24


def order(entry_id: str) -> int:
    """A log id `ms-seq` as one number that sorts as the log does."""
    ms, _, seq = entry_id.partition("-")
    return (int(ms) << ORDER_BITS) | int(seq or 0)


def id_of(place: int) -> str:
    """The log id whose `order` this is."""
    return f"{place >> ORDER_BITS}-{place & (1 << ORDER_BITS) - 1}"


@dataclass(slots=True)
class Changes:
    """What an event changed: ids of incidents, units, units whose facts changed, areas, sources, order kinds,
    alarms, and the districts whose list of polling stations changed."""

    incidents: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    levels: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    alarms: set[str] = field(default_factory=set)
    tps: set[str] = field(default_factory=set)

    def add(self, other: "Changes") -> None:
        self.incidents |= other.incidents
        self.units |= other.units
        self.facts |= other.facts
        self.levels |= other.levels
        self.sources |= other.sources
        self.orders |= other.orders
        self.alarms |= other.alarms
        self.tps |= other.tps

    def __bool__(self) -> bool:
        return any(getattr(self, part) for part in self.__slots__)
