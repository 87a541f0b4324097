"""The way in: simulated and real data never share a store, and what is written is what was checked."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import taxonomy
from feeds.events import Event, IncidentReported, parse
from feeds.inputs import IncidentIn
from feeds.intake import Intake, Refused
from feeds.log import Appendable, Appended
from feeds.placing import Placing
from feeds.report_taken import ReportTaken
from feeds.reports import fields_of
from geo.areas import bundled
from geo.locate import locator_of

PLACING = Placing(bundled(), locator_of(bundled()))


class Log:
    """An event log that only remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def append(self, events: Sequence[Appendable], **_options: Any) -> list[Appended]:
        self.events += [parse(event.kind, event.version, event.encode()) for event in events]
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


#: When a warning may be said to end: also as far away as a calendar goes.
ENDS = ["2027-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]

reports = st.fixed_dictionaries(
    {
        "occurred_at": st.datetimes(datetime(1999, 1, 1), datetime(2026, 1, 1)).map(
            lambda at: f"{at.isoformat()}Z"
        ),
        "category": st.sampled_from(["banjir", "curas", "netralitas"]),
        "severity": st.integers(1, 5),
        "title": st.text(min_size=1, max_size=20).filter(str.strip),
    },
    optional={
        "external_id": st.text(min_size=1, max_size=9).filter(str.strip),
        "source": st.just("radio"),
        "description": st.text(max_size=20),
        "accuracy_m": st.none() | st.floats(0, 1_000_000),
        "agency": st.sampled_from([None, "polri", "tni"]),
        "reporter_unit": st.none() | st.text(max_size=9),
        "victims": st.none()
        | st.fixed_dictionaries({}, optional={"dead": st.integers(0, 9), "hurt": st.integers(0, 9)}),
        "crowd": st.none() | st.integers(0, 10_000_000),
        "crowd_state": st.sampled_from([None, "hijau", "merah"]),
        "sensitivity": st.sampled_from(["normal", "restricted"]),
        "expires_at": st.none() | st.sampled_from(ENDS),
        "simulated": st.booleans(),
    },
)
places = st.fixed_dictionaries({"area": st.sampled_from(["1806", "1871", "187109"])}) | st.fixed_dictionaries(
    {"lon": st.floats(104, 106) | st.just(105), "lat": st.floats(-5.9, -4)}
)


@given(reports, places)
def test_a_report_is_written_byte_for_byte_as_its_event_would_be(
    report: dict[str, Any], place: dict[str, Any]
) -> None:
    received_ms = 1_790_000_000_000
    checked = IncidentIn.model_validate(report | place)
    fields = fields_of(checked, PLACING, taxonomy.bundled(), "api", "pos", received_ms, lambda *_: "sealed")
    if not isinstance(fields, dict):
        assert report["occurred_at"] < "2000", "a clock that is wrong is all that can be wrong here"
        return
    event, taken = IncidentReported(**fields), ReportTaken.of(fields)
    assert taken.encode() == event.encode()
    assert parse(taken.kind, taken.version, taken.encode()) == event
    for name in ("incident", "source", "category", "sensitivity", "regency", "district"):
        assert getattr(taken, name) == getattr(event, name)
    assert taken.key() == event.key()
