"""What phones send over HTTP: real vectors of Traccar's own tests, and the quirks that clients have."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.inbound import gpslogger, osmand, owntracks
from feeds.inbound.reading import NotUnderstood, Reading
from feeds.inputs import IncidentIn, PositionIn

DATA = Path(__file__).parent / "data" / "client_vectors"
NOW_MS = 1_795_459_800_000  # 2026-11-23T18:50:00Z
VECTORS = [orjson.loads(line) for line in (DATA / "traccar_http_vectors.jsonl").read_bytes().splitlines()]
GENERATED = (DATA / "traccar_test_generator_requests.txt").read_text().split("\n")


def query_of(path: str) -> bytes:
    return urlsplit(path).query.encode()


def osmand_vector(vector: dict[str, str]) -> Reading:
    body = vector.get("body", "").encode()
    return osmand.parse(query_of(vector["path"]), body, vector.get("content_type", ""), now_ms=NOW_MS)


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["protocol"] == "osmand"], ids=lambda v: v["path"][:60])
def test_traccar_vectors_are_read_as_traccar_reads_them(vector: dict[str, str]) -> None:
    if vector["expect"] == "rejected-no-id":
        with pytest.raises(NotUnderstood, match=r"^id: "):
            osmand_vector(vector)
        return
    reading = osmand_vector(vector)
    assert reading.device
    assert len(reading.positions) == (0 if vector["expect"] == "accepted-no-coordinates" else 1)
    for position in reading.positions:
        PositionIn.model_validate(position)


def test_the_vector_from_tangerang_is_read_to_the_last_figure() -> None:
    (vector,) = [v for v in VECTORS if "8737767034" in v.get("body", "")]
    (position,) = osmand_vector(vector).positions
    assert position == {
        "unit": "8737767034",
        "observed_at": "2021-07-21T08:06:34.444Z",
        "lon": 106.6837015,
        "lat": -6.1148096,
        "speed_kmh": pytest.approx(67.212),
        "heading_deg": 63.0,
        "accuracy_m": 3.8,
        "battery_pct": 79.0,
    }


@pytest.mark.parametrize(("unit", "kmh"), [("knots", 74.08), ("kmh", 40.0), ("mps", 144.0)])
def test_the_query_forms_speed_is_in_the_unit_that_the_operator_set(unit: osmand.SpeedUnit, kmh: float) -> None:
    reading = osmand.parse(b"id=1&lat=-5.4&lon=105.2&speed=40", now_ms=NOW_MS, speed_unit=unit)
    assert reading.positions[0]["speed_kmh"] == pytest.approx(kmh)


def test_traccars_generator_is_read_and_its_sos_becomes_an_incident() -> None:
    requests = [line.removeprefix("GET ?").encode() for line in GENERATED if line]
    readings = [osmand.parse(query, now_ms=NOW_MS) for query in requests]
    assert len(readings) == 6
    assert [reading.positions[0]["unit"] for reading in readings] == ["123456789012345"] * 6
    (incident,) = [incident for reading in readings for incident in reading.incidents]
    assert (incident["category"], incident["severity"]) == ("kejadian_menonjol", 5)
    IncidentIn.model_validate(incident)


def test_sos_pressed_again_within_ten_minutes_is_the_same_cry() -> None:
    times = (1_795_459_200, 1_795_459_260, 1_795_459_800)
    ids = [
        osmand.parse(b"id=7&lat=-5&lon=105&alarm=sos&timestamp=%d" % at, now_ms=NOW_MS).incidents[0]["external_id"]
        for at in times
    ]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("1732665600", "2024-11-27T00:00:00.000Z"),
        ("1732665600123", "2024-11-27T00:00:00.123Z"),
        ("2024-11-27T07:00:00%2B07:00", "2024-11-27T00:00:00.000Z"),
        ("2024-11-27T07:00:00+07:00", "2024-11-27T00:00:00.000Z"),
        ("2024-11-27+00%3A00%3A00", "2024-11-27T00:00:00.000Z"),
        ("2024-11-27T00:00:00Z", "2024-11-27T00:00:00.000Z"),
        ("", "2026-11-23T18:50:00.000Z"),
    ],
)
def test_every_form_of_time_is_understood(told: str, utc: str) -> None:
    reading = osmand.parse(f"id=1&lat=-5&lon=105&timestamp={told}".encode(), now_ms=NOW_MS)
    assert reading.positions[0]["observed_at"] == utc


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (b"lat=-5&lon=105", "id"),
        (b"id=1&lat=-5", "lon"),
        (b"id=1&lat=95&lon=105", "lat"),
        (b"id=1&lat=nan&lon=105", "lat"),
        (b"id=1&lat=-5&lon=105&timestamp=yesterday", "timestamp"),
        (b"id=1&lat=-5&lon=105&timestamp=12", "timestamp"),
        (b"id=1&lat=-5&lon=105&timestamp=99999999999999999", "timestamp"),
    ],
)
def test_what_does_not_hold_is_refused_by_name(query: bytes, field: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        osmand.parse(query, now_ms=NOW_MS)
    assert caught.value.problem.field == field


def test_trimmings_out_of_range_do_not_cost_the_fix() -> None:
    reading = osmand.parse(b"id=1&lat=-5&lon=105&speed=-1&bearing=999&batt=abc&accuracy=inf", now_ms=NOW_MS)
    assert set(reading.positions[0]) == {"unit", "observed_at", "lon", "lat"}


def test_an_invalid_fix_and_a_form_body() -> None:
    assert osmand.parse(b"id=1&lat=-5&lon=105&valid=false", now_ms=NOW_MS).positions == ()
    form = osmand.parse(b"", b"deviceid=1&lat=-5&lon=105", "application/x-www-form-urlencoded", now_ms=NOW_MS)
    assert form.device == "1"
    assert form.positions


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["protocol"] == "owntracks"], ids=lambda v: v["body"][:50]
)
def test_owntracks_vectors_are_positions(vector: dict[str, str]) -> None:
    reading = owntracks.parse(vector["body"].encode(), now_ms=NOW_MS)
    (position,) = reading.positions
    PositionIn.model_validate(position)
    assert position["unit"] in {"5t", "JJ", "ckrey/22A67880-15C3-41A6-9157-25545C7993AC", "qtripp/865284041968706"}


def test_owntracks_speed_is_km_per_hour_and_the_account_names_the_unit() -> None:
    body = b'{"_type":"location","tid":"JJ","lat":-5.4,"lon":105.2,"vel":61,"cog":271,"tst":1732665600,"batt":67}'
    (position,) = owntracks.parse(body, user="polres-metro", device="hp3", now_ms=NOW_MS).positions
    assert (position["unit"], position["callsign"]) == ("polres-metro/hp3", "JJ")
    assert (position["speed_kmh"], position["heading_deg"], position["battery_pct"]) == (61.0, 271.0, 67.0)


@pytest.mark.parametrize(
    "kind",
    ["transition", "waypoint", "waypoints", "lwt", "status", "card", "cmd", "steps", "encrypted", "dump", None],
)
def test_owntracks_other_messages_are_accepted_and_say_why_they_carry_nothing(kind: str | None) -> None:
    reading = owntracks.parse(orjson.dumps({"_type": kind, "lat": 1, "lon": 2}), now_ms=NOW_MS)
    assert reading.positions == ()
    assert reading.note
    assert owntracks.parse(b"", now_ms=NOW_MS).note


@pytest.mark.parametrize("body", [b"[]", b"{", b"null", b'{"_type":"location","tid":"a","lat":-5}'])
def test_owntracks_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(NotUnderstood):
        owntracks.parse(body, now_ms=NOW_MS)


def test_gpslogger_own_and_foreign_templates_give_the_same_position() -> None:
    own = b"device=hp7&lat=-5.4&lon=105.2&time=2024-11-27T00:00:00Z&spd=10&acc=4.5&dir=90&batt=55.0&sat=9&prov=gps"
    foreign = b"device=hp7&latitude=-5.4&longitude=105.2&timestamp=1732665600&speed=10&accuracy=4.5&direction=90"
    foreign += b"&battery=55"
    first = gpslogger.parse(own, now_ms=NOW_MS)
    assert first == gpslogger.parse(b"", foreign, "application/x-www-form-urlencoded", now_ms=NOW_MS)
    assert first.positions[0]["speed_kmh"] == 36.0
    as_json = (
        b'{"device":"hp7","lat":-5.4,"lon":105.2,"timestamp":1732665600,"spd":10,"acc":4.5,"dir":90,"batt":55.0}'
    )
    assert first == gpslogger.parse(b"", as_json, "application/json", now_ms=NOW_MS)


def test_gpslogger_empty_placeholders_count_as_not_said() -> None:
    reading = gpslogger.parse(b"device=a&lat=-5&lon=105&time=&spd=&acc=&dir=&batt=", now_ms=NOW_MS)
    assert set(reading.positions[0]) == {"unit", "observed_at", "lon", "lat"}
    with pytest.raises(NotUnderstood, match="device=%AID"):
        gpslogger.parse(b"lat=-5&lon=105", now_ms=NOW_MS)


@given(st.binary(max_size=300), st.binary(max_size=300), st.sampled_from(["", "application/json", "text/plain"]))
def test_whatever_comes_is_read_or_refused(query: bytes, body: bytes, content_type: str) -> None:
    readers: tuple[Callable[[], Reading], ...] = (
        lambda: osmand.parse(query, body, content_type, now_ms=NOW_MS),
        lambda: gpslogger.parse(query, body, content_type, now_ms=NOW_MS),
        lambda: owntracks.parse(body, now_ms=NOW_MS),
    )
    for read in readers:
        try:
            reading = read()
        except NotUnderstood:
            continue
        for position in reading.positions:
            PositionIn.model_validate(position)


def test_a_device_that_does_not_know_where_it_is_is_accepted_and_says_nothing() -> None:
    nowhere = [
        osmand.parse(b"id=U&lat=0&lon=0.0", now_ms=NOW_MS),
        osmand.parse(b"", b'{"device_id":"U","location":{"coords":{"latitude":0,"longitude":0}}}', now_ms=NOW_MS),
        owntracks.parse(b'{"_type":"location","lat":0,"lon":0,"tid":"a"}', now_ms=NOW_MS),
        gpslogger.parse(b"id=U&lat=0&lon=0", now_ms=NOW_MS),
    ]
    assert all(reading.note and not reading.positions for reading in nowhere)


def test_one_bad_fix_of_many_does_not_cost_the_others() -> None:
    good = {"coords": {"latitude": -5.4, "longitude": 105.2}}
    bad = {"coords": {"latitude": 95, "longitude": 105.2}}
    told = {"device_id": "U", "location": [good, bad, {**good, "timestamp": 12}]}
    reading = osmand.parse(b"", orjson.dumps(told), now_ms=NOW_MS)
    assert len(reading.positions) == 1
    assert "latitude" in reading.note
    with pytest.raises(NotUnderstood):
        osmand.parse(b"", orjson.dumps({**told, "location": [bad]}), now_ms=NOW_MS)


def test_gpsloggers_own_example_and_phonetracks_template() -> None:
    own = gpslogger.parse(b"device=U&lat=-5.4&longitude=105.2&time=2024-11-27T01:00:00Z&s=10", now_ms=NOW_MS)
    other = gpslogger.parse(b"id=U&lat=-5.4&lon=105.2&bat=55&timestamp=1732669200&speed=10", now_ms=NOW_MS)
    assert (own.positions[0]["speed_kmh"], other.positions[0]["battery_pct"]) == (36, 55)
