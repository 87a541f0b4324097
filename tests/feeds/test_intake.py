"""The way in: simulated and real data never share a store."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from feeds import taxonomy
from feeds.events import Event
from feeds.intake import Intake, Refused
from feeds.log import Appended
from feeds.placing import Placing
from geo.areas import bundled
from geo.locate import locator_of

PLACING = Placing(bundled(), locator_of(bundled()))


class Log:
    """An event log that only remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def append(self, events: Sequence[Event], **_options: Any) -> list[Appended]:
        self.events += events
        return [Appended("1-0", True) for _ in events]


def incident(**fields: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {"occurred_at": now, "category": "banjir", "severity": 2, "title": "Banjir", "area": "1806", **fields}


def position(**fields: Any) -> dict[str, Any]:
    return {"unit": "P1", "observed_at": datetime.now(UTC).isoformat(), "lon": 105.0, "lat": -5.0, **fields}


def intake(log: Log, *, simulated: bool) -> Intake:
    return Intake(log, PLACING, taxonomy.bundled(), simulated=simulated)  # type: ignore[arg-type]


async def test_the_real_store_refuses_what_says_that_it_is_simulated() -> None:
    log = Log()
    real = intake(log, simulated=False)
    with pytest.raises(Refused, match="siger demo"):
        await real.incidents([incident(), incident(simulated=True)], source="api")
    counts = await real.positions([position(), position(unit="P2", simulated=True)], source="api")
    assert (counts.accepted, [refusal.index for refusal in counts.refused]) == (1, [1])
    assert [event.simulated for event in log.events] == [False]


async def test_a_demonstration_marks_everything_that_comes_in() -> None:
    log = Log()
    demo = intake(log, simulated=True)
    await demo.incidents([incident(), incident(simulated=True)], source="api")
    await demo.positions([position()], source="api")
    assert [event.simulated for event in log.events] == [True, True, True]
