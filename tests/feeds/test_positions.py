"""What a batch of positions is in the log: read back, it says what was sent, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feeds.events import PositionsObserved, UnitPosition, parse
from feeds.inputs import PositionIn
from feeds.positions import PositionsTaken, position_of
from feeds.reports import SKEW_MS

RECEIVED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
RECEIVED_MS = round(RECEIVED.timestamp() * 1000)

optional = st.fixed_dictionaries(
    {},
    optional={
        "callsign": st.none() | st.text(max_size=20),
        "agency": st.sampled_from([None, "polri", "tni"]),
        "kind": st.sampled_from([None, "car", "boat"]),
        "speed_kmh": st.none() | st.floats(0, 1500),
        "heading_deg": st.none() | st.floats(0, 360),
        "battery_pct": st.none() | st.floats(0, 100),
        "state": st.sampled_from([None, "siaga", "patroli"]),
        "strength": st.none() | st.integers(0, 10_000),
        "source": st.none() | st.just("radio"),
        "simulated": st.booleans(),
    },
)
items = st.builds(
    lambda unit, ago_ms, lon, lat, more: {
        "unit": f"P{unit}",
        "observed_at": (RECEIVED - timedelta(milliseconds=ago_ms)).isoformat(),
        "lon": lon,
        "lat": lat,
        **more,
    },
    st.text(max_size=8),
    st.integers(-600_000, 10_000_000),
    st.floats(103, 107),
    st.floats(-7, -3),
    optional,
)


def read_back(
    sent: list[dict[str, Any]], actor: str | None = "pos", *, simulated: bool = False
) -> PositionsObserved:
    positions = [position_of(PositionIn.model_validate(item), RECEIVED_MS) for item in sent]
    taken = PositionsTaken(RECEIVED_MS, "api", actor, simulated, positions)
    event = parse(taken.kind, taken.version, taken.encode())
    assert isinstance(event, PositionsObserved)
    return event


@given(st.lists(items, min_size=1, max_size=5))
def test_what_is_read_back_is_what_was_checked(sent: list[dict[str, Any]]) -> None:
    event = read_back(sent)
    assert (event.source, event.actor, event.received_ms) == ("api", "pos", RECEIVED_MS)
    assert event.at_ms == max(position.observed_ms for position in event.positions) <= RECEIVED_MS
    for item, position in zip(sent, event.positions, strict=True):
        checked = PositionIn.model_validate(item)
        assert position.unit == checked.unit
        assert (position.lon, position.lat) == pytest.approx((checked.lon, checked.lat), abs=5.1e-7)
        for name in ("callsign", "agency", "kind", "speed_kmh", "heading_deg", "battery_pct", "state", "strength"):
            assert getattr(position, name) == getattr(checked, name)


@given(items)
def test_nothing_is_written_that_was_not_said(item: dict[str, Any]) -> None:
    kept = position_of(PositionIn.model_validate(item), RECEIVED_MS)
    assert kept.keys() <= UnitPosition.model_fields.keys()
    assert None not in kept.values()


@pytest.mark.parametrize("ahead_ms", [0, SKEW_MS, SKEW_MS + 1, 3_600_000])
def test_a_clock_that_is_ahead_counts_as_observed_on_arrival_and_is_marked(ahead_ms: int) -> None:
    observed = RECEIVED + timedelta(milliseconds=ahead_ms)
    sent = {"unit": "P1", "observed_at": observed.isoformat(), "lon": 105, "lat": -5}
    (position,) = read_back([sent], None, simulated=True).positions
    assert position.observed_ms == RECEIVED_MS
    assert position.skew_ms == (ahead_ms if ahead_ms > SKEW_MS else None)


@pytest.mark.parametrize("time", ["1732518300", "-1732518300.5", " 1732518300 ", "2024", 1732518300, True])
def test_a_bare_number_is_no_time(time: object) -> None:
    with pytest.raises(ValidationError, match="a time must be RFC 3339 text"):
        PositionIn.model_validate({"unit": "P1", "observed_at": time, "lon": 105, "lat": -5})


def test_control_characters_in_a_name_are_made_visible() -> None:
    sent = {"unit": " P\x001\n", "observed_at": RECEIVED.isoformat(), "lon": 105, "lat": -5}
    assert PositionIn.model_validate(sent).unit == "P\u24001"
