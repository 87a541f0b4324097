"""A Siger with units and incidents to look at, for the benches that put viewers before it."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.audience import Publisher, siger_points
from tests.browser.conftest import Siger, running, wait_for

UNITS = 7_600
UPDATES_PER_S = 760
BATCH = 38
INCIDENT_BATCH = 500


@contextmanager
def stage(incidents: int = 0) -> Iterator[tuple[Siger, Publisher]]:
    """A Siger of its own where every unit has reported once, and so many incidents are open."""
    with (
        tempfile.TemporaryDirectory(prefix="siger-bench-") as folder,
        running(Path(folder), "--scenario", "none") as siger,
    ):
        publisher = publisher_of(siger)
        publisher.everybody()
        for start in range(0, incidents, INCIDENT_BATCH):
            report(siger, range(start, min(start + INCIDENT_BATCH, incidents)))
        yield siger, publisher


def publisher_of(siger: Siger) -> Publisher:
    return Publisher(siger.port, "/api/v1/positions", siger_points, units=UNITS, batch=BATCH)


def live_url(siger: Siger) -> str:
    return f"ws://127.0.0.1:{siger.port}/live"


def report(siger: Siger, numbers: range) -> None:
    """Reports incidents, spread over the province."""
    at = datetime.now(UTC).isoformat()
    items = []
    for number in numbers:
        items.append(
            {
                "external_id": f"bench-{number}",
                "occurred_at": at,
                "category": "curas",
                "severity": 1 + number % 4,
                "title": f"Kejadian {number}",
                "lon": 104.8 + number % 97 / 120,
                "lat": -5.3 + number % 89 / 120,
            }
        )
    siger.post("/api/v1/incidents", items)


def seconds_until_ready(siger: Siger, within_s: float = 60.0) -> float:
    """How long until `/readyz` says 200."""
    began = time.perf_counter()
    wait_for(lambda: _ready(siger), within_s)
    return time.perf_counter() - began


def _ready(siger: Siger) -> bool:
    try:
        return bool(siger.get("/readyz"))
    except OSError:
        return False
