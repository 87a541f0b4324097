"""Ways out, judged by programs that are not ours: pytak's reader, takproto, cap-tools and capparser."""

import re
import xml.etree.ElementTree as ET

import cap_tools
import cap_tools.models
import capparser
import pytest
import takproto
from hypothesis import given
from hypothesis import strategies as st
from xsdata.formats.dataclass.parsers import XmlParser

from feeds.clock import epoch_ms, utc_text
from feeds.inbound import cap_index, cot_xml
from feeds.inbound.cot import reading_of
from feeds.inbound.hazards import hazard_of
from feeds.incident import Incident
from feeds.outbound import cap, cot
from feeds.picture import Picture
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled as areas
from tests.feeds.test_picture import K1, acted, moved, reported

NOW_MS = 1_732_665_600_000
HOSTILE = "</event><script>alert(1)</script> & \" ' \x00\x08￾ 𝄞"


def picture(*actions: str, **fields: object) -> Picture:
    made = Picture()
    made.apply("1-0", reported(at_ms=NOW_MS - 60_000, received_ms=NOW_MS - 50_000, **fields))
    for number, action in enumerate(actions, 2):
        made.apply(f"{number}-0", acted(action, received_ms=NOW_MS - 10_000 + number))
    return made


def incident(*actions: str, **fields: object) -> Incident:
    return picture(*actions, **fields).incidents[K1]


def unit_event(simulated: bool = False, **fields: object) -> bytes:
    made = Picture()
    made.apply("1-0", moved("LAMTIM/7", NOW_MS, **fields))
    return cot.unit_event(made.units["LAMTIM/7"], simulated=simulated)


@pytest.mark.parametrize(
    ("kind", "agency", "expected"),
    [
        ("car", "polri", "a-f-G-E-V-C"),
        ("motorcycle", "polri", "a-f-G-E-V-C"),
        ("boat", "polri", "a-f-S-X-L"),
        ("post", "tni", "a-f-G-I"),
        ("foot", "polri", "a-f-G-U-U-L-C"),
        ("foot", "tni", "a-f-G-U-C-I"),
        (None, None, "a-f-G-U"),
    ],
)
def test_units_are_friendly_symbols_of_their_kind(kind: str | None, agency: str | None, expected: str) -> None:
    event = cot_xml.parse(unit_event(kind=kind, agency=agency))
    assert event.type == expected


def test_a_unit_has_its_callsign_course_and_a_stale_time() -> None:
    data = unit_event(callsign="SAMAPTA 3", speed_kmh=36.0, heading_deg=90.0, battery_pct=55.0, accuracy_m=4.0)
    root = ET.fromstring(data)
    assert root.get("stale") == utc_text(NOW_MS + cot.UNIT_STALE_MS)
    event = cot_xml.parse(data)
    assert (event.callsign, event.speed_mps, event.course_deg, event.battery_pct) == ("SAMAPTA 3", 10.0, 90.0, 55.0)
    assert (event.lon, event.lat, event.ce_m) == ("105.000000", "-5.000000", 4.0)
    assert cot_xml.parse(unit_event(callsign="SAMAPTA 3", simulated=True)).callsign == "SIMULASI SAMAPTA 3"


@pytest.mark.parametrize("category", sorted(taxonomy().categories))
def test_no_incident_is_a_hostile_symbol(category: str) -> None:
    event = cot_xml.parse(cot.incident_event(incident(category=category), taxonomy(), NOW_MS, simulated=False))
    assert re.match(r"a-u-X-i", event.type)
    assert (event.category, event.severity) == (category, 3)
    assert reading_of(event).note == "an event that Siger itself sent out"


def test_an_incident_goes_stale_after_a_day_at_its_end_or_when_it_is_closed() -> None:
    def stale(found: Incident) -> str | None:
        return ET.fromstring(cot.incident_event(found, taxonomy(), NOW_MS, simulated=False)).get("stale")

    assert stale(incident()) == utc_text(NOW_MS + cot.INCIDENT_STALE_MS)
    assert stale(incident(expires_ms=NOW_MS + 5_000)) == utc_text(NOW_MS + 5_000)
    assert stale(incident("resolve")) == utc_text(NOW_MS)


def test_takproto_reads_every_event() -> None:
    events = [
        unit_event(callsign="A"),
        cot.incident_event(incident(), taxonomy(), NOW_MS, simulated=True),
        cot.ping(NOW_MS),
    ]
    for event in events:
        message = takproto.parse_proto(bytes(takproto.xml2proto(event.decode(), takproto.TAKProtoVer.MESH)))
        assert message.cotEvent.uid.startswith("siger.")


@pytest.mark.parametrize("text", [HOSTILE, "]]>", "<!DOCTYPE x>", "&lol;", "\ud800"])
def test_hostile_text_goes_out_as_text(text: str) -> None:
    found = incident(title=text, description=text)
    data = cot.incident_event(found, taxonomy(), NOW_MS, simulated=False)
    assert data.count(b"</event>") == 1
    assert cot_xml.parse(data).callsign
    assert cap_index.parse(alert_of(picture(title=text, description=text)))[0].headline
    listed = cap.index([found], taxonomy(), base_url="http://h/cap", sender="s", now_ms=NOW_MS, simulated=False)
    assert cap_index.parse(listed)[0].headline


def alert_of(made: Picture, simulated: bool = False) -> bytes:
    data = cap.alert(made.history(K1), areas(), taxonomy(), sender="siger@posko", simulated=simulated)
    assert data is not None
    return data


def strictly(data: bytes) -> cap_tools.models.Alert:
    return XmlParser().from_bytes(data, cap_tools.models.Alert)


@pytest.mark.parametrize(
    ("actions", "kind", "urgency"),
    [((), "Alert", "Immediate"), (("verify",), "Update", "Immediate"), (("resolve",), "Cancel", "Past")],
)
def test_two_independent_parsers_read_our_alerts(actions: tuple[str, ...], kind: str, urgency: str) -> None:
    made = picture(*actions, regency="1807", district="180701")
    found = made.incidents[K1]
    data = alert_of(made)
    strict, loose = strictly(data), capparser.parse(stringXML=data.decode())
    assert strict.identifier == loose.identifier[0] == f"{K1}.{found.rev}"
    assert (strict.status.value, strict.msg_type.value) == ("Actual", kind)
    assert (strict.infos[0].urgency.value, strict.infos[0].severity.value) == (urgency, "Moderate")
    assert (
        strict.infos[0].areas[0].area_desc == loose.info[0][0].area[0][0].areaDesc[0] == "Sukadana, Lampung Timur"
    )
    assert [code.value.value for code in strict.infos[0].areas[0].geocodes] == ["180701", "1807"]
    assert epoch_ms(strict.sent.to_datetime()) == found.changed_ms // 1000 * 1000


def test_a_reader_that_follows_keeps_the_last_word_alone() -> None:
    following = cap_tools.AlertState()
    steps: list[str] = []
    for action in ("", "verify", "assign", "resolve"):
        steps += [action] if action else []
        told = strictly(alert_of(picture(*steps)))
        told.references_from_list(told.references_to_list()[-1:])  # cap-tools forgets what was replaced already
        following.ingest(told)
        assert len(following.alerts) == 1
    assert following.alerts[0].msg_type.value == "Cancel"
    assert len(strictly(alert_of(picture(*steps))).references_to_list()) == 3


def test_what_is_simulated_is_an_exercise() -> None:
    data = alert_of(picture(), simulated=True)
    (alert,) = cap_index.parse(data)
    assert (alert.status, alert.headline) == ("Exercise", "SIMULASI: Unjuk rasa di kantor KPU")
    assert hazard_of(alert, areas(), NOW_MS).incidents == ()


def test_one_siger_reads_anothers_feed() -> None:
    made = picture(category="banjir", title="Banjir", regency="1807", district="180701")
    found = made.incidents[K1]
    listed = cap.index([found], taxonomy(), base_url="http://h/cap", sender="s@h", now_ms=NOW_MS, simulated=False)
    (item,) = cap_index.parse(listed)
    assert (item.link, item.headline) == (f"http://h/cap/{K1}", "Banjir")
    (alert,) = cap_index.parse(alert_of(made))
    assert alert.id == item.id
    (hazard,) = hazard_of(alert, areas(), NOW_MS).incidents
    assert (hazard["area"], hazard["category"]) == ("180701", "banjir")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_makes_a_document_that_holds(title: str, description: str) -> None:
    made = picture(title=title or "x", description=description)
    cot_xml.parse(cot.incident_event(made.incidents[K1], taxonomy(), NOW_MS, simulated=False))
    cap_index.parse(alert_of(made))
