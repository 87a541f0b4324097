"""A levels feed over a small ground, on a log that only remembers."""

from collections.abc import Sequence

from feeds.changes import Changes
from feeds.events import Event, IncidentReported
from feeds.incident import Incident
from feeds.levels.engine import LevelsFeed
from feeds.levels.ground import Ground
from feeds.picture import Picture
from feeds.taxonomy import bundled
from tests.feeds.test_picture import reported

TAXONOMY = bundled()


HOUR_MS = 3_600_000


def incident(**fields: object) -> Incident:
    return incident_of("1", **{"at_ms": 0, "received_ms": 0, **fields})


def incident_of(name: str, **fields: object) -> Incident:
    report = reported(name, **fields)
    return Incident(report.incident, "1-0", "1-0", report)


class Log:
    """An event log that only remembers what was appended."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def append(self, events: Sequence[Event], **_: object) -> list[object]:
        self.events += events
        return []


GROUND = Ground(
    ("1806", "1810", "1871"),
    ("187101", "187102"),
    {"1806": "Tanggamus"},
    {"1806": ("1810",), "1810": ("1806",), "187101": ("187102",), "187102": ("187101",)},
)


FIVE = sorted(GROUND.codes)


def feed(picture: Picture, log: Log, now_ms: int = 0) -> LevelsFeed:
    return LevelsFeed(picture, log, GROUND, TAXONOMY, clock=lambda: now_ms)  # type: ignore[arg-type]


def take(levels: LevelsFeed, picture: Picture, entry_id: str, event: IncidentReported) -> None:
    changes: Changes = picture.apply(entry_id, event)
    levels.note(changes)


def fresh(levels: LevelsFeed) -> LevelsFeed:
    """The same feed with nothing written yet, so that everything is news."""
    levels._written.clear()
    return levels
