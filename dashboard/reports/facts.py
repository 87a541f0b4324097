"""What a period holds: which incidents count for it, and the plain figures about them. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from feeds.day import DAY_MS, WIB_MS
from feeds.incident import Incident
from feeds.taxonomy import Taxonomy

#: High and critical: what a report names one by one.
GRAVE = 4
#: Police read the hours of the day in bands of three.
BAND_H = 3
_HOUR_MS = 3_600_000

Figure = Callable[["Counted"], float | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """The incidents that count for a stretch of time, and the reports of it that were rejected."""

    incidents: tuple[Incident, ...]
    hoaxes: tuple[Incident, ...]

    @classmethod
    def of(cls, incidents: Iterable[Incident], start_ms: int, end_ms: int) -> "Counted":
        """By the time of the event. A merged report counts with the one that it was merged into."""
        found = [i for i in incidents if start_ms <= i.occurred_ms < end_ms and i.merged_into is None]
        return cls(
            tuple(i for i in found if i.verification != "hoax"), tuple(i for i in found if i.verification == "hoax")
        )

    def where(self, test: Callable[[Incident], bool]) -> int:
        return sum(map(test, self.incidents))


def summary(taxonomy: Taxonomy) -> dict[str, Figure]:
    """The figures of the summary, by their key among the words; None where there is nothing to say."""
    return {
        "incidents": lambda counted: len(counted.incidents),
        "grave": lambda counted: counted.where(is_grave),
        "verified": lambda counted: counted.where(lambda i: i.verification == "verified"),
        "open": lambda counted: counted.where(lambda i: taxonomy.is_open(i.status)),
        "hoax": lambda counted: len(counted.hoaxes),
        "response": _response_min,
        "dead": lambda counted: _harmed(counted.incidents, "dead"),
        "badly_hurt": lambda counted: _harmed(counted.incidents, "badly_hurt"),
        "hurt": lambda counted: _harmed(counted.incidents, "hurt"),
    }


def is_grave(incident: Incident) -> bool:
    return incident.report.severity >= GRAVE


def band(incident: Incident) -> int:
    """The first hour (WIB) of the band of hours in which it happened."""
    return (incident.occurred_ms + WIB_MS) % DAY_MS // _HOUR_MS // BAND_H * BAND_H


def _response_min(counted: Counted) -> float | None:
    waits = [i.responded_ms - i.report.received_ms for i in counted.incidents if i.responded_ms is not None]
    return round(median(waits) / 60_000, 1) if waits else None


def _harmed(incidents: Sequence[Incident], how: str) -> int:
    return sum(getattr(i.report.victims, how) for i in incidents if i.report.victims is not None)
