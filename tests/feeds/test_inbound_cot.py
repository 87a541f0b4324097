"""Cursor on Target in: what a real pytak sent, and what a hostile sender might."""

from pathlib import Path

import orjson
import pytest
import takproto
from hypothesis import given
from hypothesis import strategies as st

from feeds.inbound import cot_proto, cot_stream, cot_xml
from feeds.inbound.cot import reading_of
from feeds.inbound.cot_stream import CotStream, StreamBroken, parse
from feeds.inbound.reading import NotUnderstood, Reading
from feeds.inputs import IncidentIn, PositionIn

CAPTURE = Path(__file__).parent / "data" / "client_vectors" / "pytak_capture.jsonl"
SENT = [orjson.loads(line) for line in CAPTURE.read_bytes().splitlines()]
DETAIL = "<detail><contact callsign='SAMAPTA 3'/><track speed='10' course='90'/><status battery='55'/></detail>"


def event(kind: str = "a-f-G-E-V-C", uid: str = "U-1", detail: str = DETAIL, lat: str = "-5.4") -> bytes:
    return (
        f"<event version='2.0' uid='{uid}' type='{kind}' how='m-g' time='2024-11-27T01:00:00Z' "
        f"start='2024-11-27T01:00:00Z' stale='2024-11-27T01:05:00Z'>"
        f"<point lat='{lat}' lon='105.26' hae='20' ce='5' le='5'/>{detail}</event>"
    ).encode()


def read_all(data: bytes, step: int = 10_000) -> list[Reading]:
    stream = CotStream()
    messages = [m for at in range(0, len(data), step) for m in stream.feed(data[at : at + step])]
    rest = stream.end()
    return [parse(message) for message in [*messages, *([rest] if rest else [])]]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize("encoding", ["xml", "protobuf"])
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_what_pytak_sent_is_a_ping_and_three_positions(transport: str, encoding: str, step: int) -> None:
    sent = [v for v in SENT if v["transport"] == transport and v["encoding"] == encoding]
    readings = read_all(b"".join(bytes.fromhex(v["hex"]) for v in sent), step)
    assert [len(reading.positions) for reading in readings] == [0, 1, 1, 1]
    assert readings[0].note
    positions = [reading.positions[0] for reading in readings[1:]]
    assert [p["lat"] - positions[0]["lat"] for p in positions] == [
        pytest.approx(0.001 * i, abs=1e-9) for i in range(3)
    ]
    assert {p["unit"] for p in positions} == {"PATROLI-07"}
    for position in positions:
        PositionIn.model_validate(position)


@pytest.mark.parametrize("step", [1, 2, 10_000])
def test_a_byte_order_mark_before_a_document_is_skipped(step: int) -> None:
    bom = b"\xef\xbb\xbf"
    data = bom + b"<?xml version='1.0' encoding='utf-8'?>\r\n" + event() + bom + event(uid="U-2")
    assert [reading.device for reading in read_all(data, step)] == ["U-1", "U-2"]


def test_a_units_details_are_read() -> None:
    (reading,) = read_all(event())
    assert reading.positions[0] == {
        "unit": "U-1",
        "observed_at": "2024-11-27T01:00:00.000Z",
        "lon": 105.26,
        "lat": -5.4,
        "callsign": "SAMAPTA 3",
        "speed_kmh": 36.0,
        "heading_deg": 90.0,
        "accuracy_m": 5.0,
        "battery_pct": 55.0,
        "kind": "car",
    }


@pytest.mark.parametrize("version", [takproto.TAKProtoVer.MESH, takproto.TAKProtoVer.STREAM])
def test_both_protobuf_framings_say_the_same_as_xml(version: takproto.TAKProtoVer) -> None:
    told = bytes(takproto.xml2proto(event().decode(), version))
    (reading,) = read_all(told)
    assert reading == read_all(event())[0]


def test_xml_and_protobuf_may_share_a_connection() -> None:
    framed = bytes(takproto.xml2proto(event().decode(), takproto.TAKProtoVer.STREAM))
    declared = b"<?xml version='1.0' encoding='UTF-8'?>\n" + event(uid="U-2")
    readings = read_all(event() + framed + b"\r\n" + declared + framed, step=3)
    assert [reading.device for reading in readings] == ["U-1", "U-1", "U-2", "U-1"]


@pytest.mark.parametrize(
    ("kind", "category", "severity"),
    [
        ("b-a-o-tbl", "kejadian_menonjol", 5),
        ("b-l-l-l-cd", "gangguan_ketertiban", 3),
        ("a-u-X-i-f", "kebakaran", 3),
        ("a-u-X-i-t-v-a", "laka_lantas", 3),
        ("a-u-X-i-g-e", "gempa", 3),
        ("a-u-X-i-g-l", "longsor", 3),
        ("a-u-X-i-m-c", "cuaca_ekstrem", 3),
        ("a-u-X-i-o", "kejadian_menonjol", 3),
        ("b-r-.-O-I-V", "rusuh_massa", 4),
    ],
)
def test_incidents_alarms_and_emergencies_become_incidents(kind: str, category: str, severity: int) -> None:
    (reading,) = read_all(event(kind))
    (incident,) = reading.incidents
    assert (incident["category"], incident["severity"]) == (category, severity)
    IncidentIn.model_validate(incident)


def test_sigers_own_element_says_exactly_what_happened() -> None:
    own = "<detail><siger category='politik_uang' severity='4' title='Amplop'/><remarks>di pasar</remarks></detail>"
    (reading,) = read_all(event("b-m-p-s-m", detail=own))
    (incident,) = reading.incidents
    assert (incident["category"], incident["severity"]) == ("politik_uang", 4)
    assert (incident["title"], incident["description"]) == ("Amplop", "di pasar")


@pytest.mark.parametrize(
    "kind", ["t-x-d-d", "t-x-c-t", "b-t-f", "b-m-r", "a-h-G", "a-n-G", "b-a-o-can", "u-d-f", "x"]
)
def test_everything_else_is_accepted_and_carries_nothing(kind: str) -> None:
    (reading,) = read_all(event(kind))
    assert (reading.positions, reading.incidents) == ((), ())
    assert reading.note


def test_what_siger_sent_out_does_not_come_back_as_news() -> None:
    assert read_all(event(uid="siger.unit.7"))[0].note
    assert read_all(event("a-u-X-i-f", uid="siger.incident.K1"))[0].incidents == ()


def test_a_log_in_is_passed_over_and_its_password_is_not_repeated() -> None:
    login = b"<auth><cot username='a' password='geheim' uid='U-1'/></auth>"
    readings = read_all(login + event())
    assert "geheim" not in readings[0].note
    assert readings[1].positions


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (event(lat="91"), "point.lat"),
        (event(lat="NaN"), "point.lat"),
        (event(uid=" "), "uid"),
        (event().replace(b"2024-11-27T01:00:00Z", b"noon", 1), "time"),
        (event().replace(b"2024-11-27T01:00:00Z", b"0001-01-01T00:00:00+23:59", 1), "time"),
        (event().replace(b"<point", b"<pint"), "point"),
        (b"<event/></event>", "(event)"),
        (b"<a></event>", "(event)"),
        (b"<event uid='a' type='a-f' time='2024-11-27T01:00:00Z'></event>", "point"),
        (b"<?xml version='1.0' encoding='nonsense'?>" + event(), "(event)"),
    ],
)
def test_what_does_not_hold_is_refused_by_name(data: bytes, field: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse(data)
    assert caught.value.problem.field == field


BOMB = (
    b"<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
    b"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><event uid='&c;' type='a-f' time='t'><point/></event>"
)
OUTSIDE = b"<!DOCTYPE e [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><event uid='&x;' type='a-f' time='t'></event>"


@pytest.mark.parametrize("data", [BOMB, OUTSIDE])
def test_entities_are_refused_before_anything_is_expanded(data: bytes) -> None:
    with pytest.raises(NotUnderstood, match="not usable XML"):
        parse(data)
    with pytest.raises(NotUnderstood):
        cot_xml.detail("<!DOCTYPE a [<!ENTITY b 'c'>]>")


def test_a_document_without_end_is_an_error_and_not_a_memory() -> None:
    stream = CotStream()
    for _ in range(655):
        assert list(stream.feed(b"<event>" + b"x" * 93)) == []
    with pytest.raises(StreamBroken, match="more than 65536 bytes"):
        list(stream.feed(b"x" * 100))


@pytest.mark.parametrize("head", [b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02\x00", b"{", b"hello"])
def test_other_protocols_are_recognised_at_the_first_byte(head: bytes) -> None:
    with pytest.raises(StreamBroken, match="neither XML nor TAK protobuf"):
        list(CotStream().feed(head))


@pytest.mark.parametrize(
    "head", [b"\xbf\xff\xff\xff\xff\x0f", b"\xbf" + b"\xff" * 12, b"\xbf\x80\x80\x08" + b"x" * 9]
)
def test_a_wrong_length_is_an_error_at_once(head: bytes) -> None:
    with pytest.raises(StreamBroken):
        list(CotStream().feed(head + b"x" * 10))


def test_deep_nesting_is_survived() -> None:
    deep = b"<detail>" * 3000 + b"</detail>" * 3000
    assert read_all(event(detail=deep.decode()))[0].positions


@given(st.binary(max_size=200))
def test_any_protobuf_is_read_or_refused(data: bytes) -> None:
    try:
        reading_of(cot_proto.parse(data))
    except NotUnderstood:
        return


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_stream_is_cut_the_same_way_however_it_arrives(parts: list[bytes]) -> None:
    data = b"<event" + b"".join(parts) + b"</event>" + event()

    def cut(step: int) -> list[bytes] | str:
        stream = CotStream()
        try:
            return [m for at in range(0, len(data), step) for m in stream.feed(data[at : at + step])]
        except StreamBroken:
            return "broken"

    assert cut(1) == cut(3) == cut(len(data))
    assert cot_stream.MOST_BYTES == 65_536
