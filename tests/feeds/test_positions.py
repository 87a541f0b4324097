"""What a batch of positions is in the log: read back, it says what was sent, and nothing else."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feeds.clock import epoch_ms
from feeds.events import PositionsObserved, UnitPosition, parse
from feeds.inputs import PositionIn
from feeds.positions import check, observed
from feeds.reports import SKEW_MS

RECEIVED = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
RECEIVED_MS = round(RECEIVED.timestamp() * 1000)

text = st.sampled_from(["Elang 1", "a", "Ü-2"]) | st.text(max_size=8)
optional = st.fixed_dictionaries(
    {},
    optional={
        "callsign": st.none() | text,
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
    text,
    st.integers(-600_000, 10_000_000),
    st.floats(103, 107),
    st.floats(-7, -3),
    optional,
)


NAMES = [
    "", " ", "P 1", " P1", "P1\n", "P\x001", "P\u00a01", "Ünit", "P\u202e1", "P\u20281", "🚓", "P" * 101, 7, None,
]  # fmt: skip
TIMES = [
    "2026-11-24T15:00:00+07:00", "2026-11-24T08:00:00.123456Z", "2026-11-24 08:00:00Z",
    "2026-11-24T08:00:00.1234567Z", "2026-11-24T08:00+00:00", "2026-11-24T08:00:60Z", "2026-02-30T08:00:00Z",
    "2026-11-24T24:00:00Z", "2026-11-24T08:00:00", "2026-11-24T08:00:00+14:59", "2026-11-24T08:00:00+24:00",
    "2026-11-24T08:00:00-00:00", "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59.999999Z",
    "1732518300", 1732518300, None,
]  # fmt: skip
NUMBERS = [0, -0.0, 105, "105.5", None, True, 10**400, float("nan"), float("inf"), -91, 181, 361, 1501, 5.5, "x"]
WORDS = ["polri", "TNI", "car", "siaga", "", None, 1, "yes", True]
#: A field of a position as somebody might send it, sound or not.
odd = st.one_of(
    st.tuples(st.sampled_from(["unit", "callsign", "source"]), st.sampled_from(NAMES) | text),
    st.tuples(st.just("observed_at"), st.sampled_from(TIMES)),
    st.tuples(
        st.sampled_from(["lon", "lat", "speed_kmh", "heading_deg", "accuracy_m", "battery_pct", "strength"]),
        st.sampled_from(NUMBERS),
    ),
    st.tuples(st.sampled_from(["agency", "kind", "state", "simulated", "colour"]), st.sampled_from(WORDS)),
)
anything = items | st.builds(lambda item, more: item | dict([more]), items, odd)


def kept(*sent: dict[str, Any], actor: str | None = "pos", simulated: bool = False) -> PositionsObserved:
    checked, refusals = check(sent)
    assert not refusals
    positions = [position for _, position in checked]
    return observed(positions, received_ms=RECEIVED_MS, source="api", actor=actor, simulated=simulated)


@given(st.lists(items, min_size=1, max_size=5))
def test_what_is_read_back_is_what_was_checked(sent: list[dict[str, Any]]) -> None:
    event = kept(*sent)
    assert parse(event.kind, event.version, event.encode()) == event
    assert (event.source, event.actor, event.received_ms) == ("api", "pos", RECEIVED_MS)
    assert event.at_ms == max(position["observed_ms"] for position in event.positions) <= RECEIVED_MS
    for item, position in zip(sent, event.positions, strict=True):
        checked = PositionIn.model_validate(item)
        assert position["unit"] == checked.unit
        assert (position["lon"], position["lat"]) == pytest.approx((checked.lon, checked.lat), abs=5.1e-7)
        for name in ("callsign", "agency", "kind", "speed_kmh", "heading_deg", "battery_pct", "state", "strength"):
            assert position.get(name) == getattr(checked, name)


@given(st.lists(anything, min_size=1, max_size=2))
def test_many_at_once_are_checked_as_each_by_itself(sent: list[dict[str, Any]]) -> None:
    checked, refusals = check(sent)
    by_item: list[tuple[int, dict[str, Any]]] = []
    for index, item in enumerate(sent):
        with contextlib.suppress(ValidationError):
            told = PositionIn.model_validate(item).model_dump(exclude_unset=True)
            by_item.append((index, told | {"observed_ms": epoch_ms(told.pop("observed_at"))}))
    assert checked == by_item
    assert {refusal.index for refusal in refusals} == set(range(len(sent))) - {index for index, _ in by_item}


@given(items)
def test_nothing_is_written_that_was_not_said(item: dict[str, Any]) -> None:
    (position,) = kept(item).positions
    assert position.keys() <= UnitPosition.__annotations__.keys()
    assert None not in position.values()


@pytest.mark.parametrize("ahead_ms", [0, SKEW_MS, SKEW_MS + 1, 3_600_000])
def test_a_clock_that_is_ahead_counts_as_observed_on_arrival_and_is_marked(ahead_ms: int) -> None:
    at = RECEIVED + timedelta(milliseconds=ahead_ms)
    (position,) = kept({"unit": "P1", "observed_at": at.isoformat(), "lon": 105, "lat": -5}, actor=None).positions
    assert position["observed_ms"] == RECEIVED_MS
    assert position.get("skew_ms") == (ahead_ms if ahead_ms > SKEW_MS else None)


@pytest.mark.parametrize("time", ["1732518300", "-1732518300.5", " 1732518300 ", "2024", 1732518300, True])
def test_a_bare_number_is_no_time(time: object) -> None:
    with pytest.raises(ValidationError, match="a time must be RFC 3339 text"):
        PositionIn.model_validate({"unit": "P1", "observed_at": time, "lon": 105, "lat": -5})


def test_control_characters_in_a_name_are_made_visible() -> None:
    sent = {"unit": " P\x001\n", "observed_at": RECEIVED.isoformat(), "lon": 105, "lat": -5}
    assert PositionIn.model_validate(sent).unit == "P\u24001"
