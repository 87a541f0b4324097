"""CAP alerts in: BMKG's real nowcasts of 24 September 2026, and what a hostile or careless sender might write."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clock import utc_text
from feeds.events import IncidentReported
from feeds.expiry import ending, overdue
from feeds.inbound import cap_index
from feeds.inbound.bmkg_text import first_moment_ms, names_in
from feeds.inbound.cap import Alert
from feeds.inbound.hazards import districts_of, hazard_of
from feeds.inbound.reading import NotUnderstood
from feeds.incident import fold
from feeds.inputs import ActionIn, IncidentIn
from feeds.placing import Placing
from feeds.reports import report_of
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled as areas
from geo.locate import locator_of

DATA = Path(__file__).parent / "data" / "bmkg"
ALERT = (DATA / "cap-id-CGT20260924002_alert.xml").read_bytes()
INDEX = (DATA / "nowcast-rss-id.trimmed.xml").read_bytes()
AT_MS = 1_790_233_200_000  # 2026-09-24T14:00 WIB, while the warning holds


def lampung() -> Alert:
    (found,) = [a for a in cap_index.parse(INDEX) if "Lampung" in a.headline]
    return found


def an_alert(
    area: str, headline: str = "Hujan lebat di Lampung", status: str = "Actual", kind: str = "Alert"
) -> bytes:
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>X-1</identifier><sender>a@b.id</sender>
<sent>2026-09-24T13:40:00+07:00</sent><status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>
<references>a@b.id,X-0,2026-09-24T12:00:00+07:00</references>
<info><category>Met</category><event>Hujan Lebat</event><urgency>Immediate</urgency><severity>Severe</severity>
<certainty>Observed</certainty><expires>2026-09-24T16:30:00+07:00</expires><headline>{headline}</headline>
<area>{area}</area></info></alert>""".encode()


def test_the_real_alert_is_read() -> None:
    (alert,) = cap_index.parse(ALERT)
    assert alert.id == "2.49.0.1.360.0.2026.09.24.07.75.002"
    assert alert.names == ("DENGILO", "MANANGGU")
    assert [len(polygon) for polygon in alert.polygons][1:3] == [4, 4]
    assert alert.polygons[0][0] == (122.117, 0.919)
    assert utc_text(alert.ends_ms) == "2026-09-24T09:27:00.000Z"
    assert hazard_of(alert, areas(), alert.starts_ms).note == "for another province"


def test_the_real_index_becomes_a_hazard_on_twenty_districts() -> None:
    hazard = hazard_of(lampung(), areas(), AT_MS)
    assert len(hazard.incidents) == 20
    assert hazard.unknown == ()
    assert {incident["area"][:4] for incident in hazard.incidents} == {"1802", "1803", "1808"}
    one = hazard.incidents[0]
    assert (one["category"], one["expires_at"]) == ("cuaca_ekstrem", "2026-09-24T09:30:00.000Z")
    for incident in hazard.incidents:
        IncidentIn.model_validate(incident)


def test_only_lampungs_item_of_the_index_counts() -> None:
    hazards = [hazard_of(alert, areas(), AT_MS - 3600_000) for alert in cap_index.parse(INDEX)]
    assert [len(hazard.incidents) for hazard in hazards] == [0, 0, 20, 0]


def test_the_hazard_is_over_by_itself() -> None:
    item = IncidentIn.model_validate(hazard_of(lampung(), areas(), AT_MS).incidents[0])
    places = Placing(areas(), locator_of(areas()))
    report = report_of(item, places, taxonomy(), "bmkg", None, AT_MS)
    assert isinstance(report, IncidentReported)
    incident = fold([("1-0", report)], taxonomy())
    assert incident is not None
    end_ms = lampung().ends_ms
    assert overdue([incident], end_ms - 1, taxonomy()) == []
    assert overdue([incident], end_ms, taxonomy()) == [incident]
    assert ActionIn.model_validate(ending()).type == "resolve"
    late = hazard_of(lampung(), areas(), end_ms)
    assert (late.note, len(late.incidents)) == ("it is over already", 20), "what was warned of stays on record"


def test_a_polygon_counts_for_the_districts_that_it_covers() -> None:
    area = areas().get("180309")
    west, south, east, north = area.geometry.bounds
    ring = f"{south},{west} {south},{east} {north},{east} {north},{west} {south},{west}"
    (alert,) = cap_index.parse(an_alert(f"<areaDesc>Lampung</areaDesc><polygon>{ring}</polygon>"))
    found, unknown = districts_of(alert, areas())
    assert "180309" in {a.code for a in found}
    assert len(found) < 12
    assert unknown == ("Lampung",)
    lon, lat = area.label
    (alert,) = cap_index.parse(an_alert(f"<areaDesc>Lampung</areaDesc><circle>{lat},{lon} 3.0</circle>"))
    assert "180309" in {a.code for a in districts_of(alert, areas())[0]}


def test_an_alert_of_several_parts_and_languages_says_each_once_in_indonesian() -> None:
    corners = "-5.55,104.55 -5.55,104.70 -5.40,104.70 -5.55,104.55"
    square = f"<areaDesc>Tanggamus</areaDesc><polygon>{corners}</polygon>"
    round_ = "<areaDesc>Bandar Lampung; x</areaDesc><circle>-5.43,105.26 5</circle>"
    one = an_alert(square).decode()
    info = one[one.index("<info>") : one.index("</alert>")]
    told = [("en-US", "Heavy rain", square), ("id-ID", "Hujan lebat", square), ("id-ID", "Angin kencang", round_)]
    infos = [
        info.replace("<info>", f"<info><language>{language}</language>")
        .replace("Hujan Lebat", event)
        .replace(square, area)
        for language, event, area in told
    ]
    alerts = cap_index.parse(one.replace(info, "".join(infos)).encode())
    assert [alert.event for alert in alerts] == ["Hujan lebat", "Angin kencang"]
    rain, wind = (hazard_of(alert, areas(), AT_MS).incidents for alert in alerts)
    assert {incident["area"][:4] for incident in rain} == {"1806"}
    assert all(len(incident["area"]) == 6 for incident in (*rain, *wind)), "a shape says more than a regency's name"
    assert {incident["area"][:4] for incident in wind} >= {"1871"}
    names = [incident["external_id"] for incident in (*rain, *wind)]
    assert len(set(names)) == len(names)
    assert all(name.startswith("X-1/") for name in names), "so that a replacement ends every part"


@pytest.mark.parametrize(
    ("old", "new", "note", "ended"),
    [
        ("<msgType>Alert", "<msgType>Cancel", "a cancellation", ("X-0",)),
        ("<msgType>Alert", "<msgType>Ack", "an answer to another alert", ()),
        ("<urgency>", "<responseType>AllClear</responseType><urgency>", "an all-clear", ("X-0",)),
    ],
)
@pytest.mark.parametrize("bare", [False, True])
def test_what_is_no_warning_makes_none(old: str, new: str, note: str, ended: tuple[str, ...], bare: bool) -> None:
    text = an_alert("<areaDesc>Kotabumi</areaDesc>").decode().replace(old, new)
    if bare and "AllClear" not in new:
        text = text[: text.index("<info>")] + "</alert>"
    (alert,) = cap_index.parse(text.encode())
    hazard = hazard_of(alert, areas(), AT_MS)
    assert (hazard.incidents, hazard.note, hazard.ended) == ((), note, ended)


def test_nobody_ends_the_warning_of_another_sender() -> None:
    text = an_alert("<areaDesc>Kotabumi</areaDesc>", kind="Cancel").decode()
    (alert,) = cap_index.parse(text.replace("<sender>a@b.id", "<sender>evil@b.id").encode())
    assert hazard_of(alert, areas(), AT_MS).ended == ()


def test_a_private_alert_is_a_restricted_report_and_a_district_is_found_behind_its_kind() -> None:
    text = an_alert("<areaDesc>Kecamatan Sukadana, Kabupaten Lampung Timur</areaDesc>").decode()
    (alert,) = cap_index.parse(text.replace("<scope>Public", "<scope>Private").encode())
    (incident,) = hazard_of(alert, areas(), AT_MS).incidents
    assert (incident["area"], incident["sensitivity"]) == ("180701", "restricted")


def test_a_name_of_two_regencies_goes_where_the_other_names_lie() -> None:
    alone = districts_of(cap_index.parse(an_alert("<areaDesc>Rajabasa</areaDesc>"))[0], areas())[0]
    assert len({a.code[:4] for a in alone}) == 2
    names = "<areaDesc>Rajabasa</areaDesc></area><area><areaDesc>Kalianda</areaDesc>"
    both = districts_of(cap_index.parse(an_alert(names))[0], areas())[0]
    assert {a.code[:4] for a in both} == {"1801"}


@pytest.mark.parametrize(
    ("status", "kind", "incidents"),
    [
        ("Actual", "Alert", 1),
        ("Actual", "Update", 1),
        ("Exercise", "Alert", 0),
        ("Test", "Alert", 0),
        ("Actual", "Cancel", 0),
    ],
)
def test_tests_make_nothing_and_cancellations_end_what_was(status: str, kind: str, incidents: int) -> None:
    (alert,) = cap_index.parse(an_alert("<areaDesc>Kalianda</areaDesc>", status=status, kind=kind))
    hazard = hazard_of(alert, areas(), AT_MS)
    assert len(hazard.incidents) == incidents
    assert hazard.ended == (("X-0",) if status == "Actual" else ())


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("pada 24 September 2026, 13:50 WIB di", "2026-09-24T06:50:00.000Z"),
        ("hingga 1 Mei 2026, 00.15 WITA.", "2026-04-30T16:15:00.000Z"),
        ("24 Agt 2026 pukul 13:50 WIT", None),
        ("24 Agustus 2026 pukul 13:50 WIT", "2026-08-24T04:50:00.000Z"),
        ("31 Februari 2026, 13:50 WIB", None),
        ("99 Smarch 2026, 13:50 WIB", None),
    ],
)
def test_written_times(text: str, utc: str | None) -> None:
    found = first_moment_ms(text)
    assert (None if found is None else utc_text(found)) == utc


def test_names_may_hold_a_full_stop() -> None:
    assert names_in("khususnya di BTS. ULU, MESUJI RAYA.\n Kondisi ini") == ("BTS. ULU", "MESUJI RAYA")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><rss/>", "(document)"),
        (b"<html/>", "(document)"),
        (b"x" * (2**20 + 1), "(document)"),
        (an_alert("<areaDesc>a</areaDesc><polygon>1,2 3</polygon>"), "polygon"),
        (an_alert("<areaDesc>a</areaDesc><circle>1,2 x</circle>"), "circle"),
        (an_alert("").replace(b"2026-09-24T16:30:00+07:00", b"soon"), "expires"),
        (an_alert("").replace(b"<sender>a@b.id</sender>", b""), "sender"),
        (b"<rss><item><title>x</title></item></rss>", "pubDate"),
        (b"<rss>" + b"<item/>" * 501 + b"</rss>", "item"),
    ],
)
def test_what_does_not_hold_is_refused_by_name(data: bytes, field: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        cap_index.parse(data)
    assert caught.value.problem.field == field


@given(st.integers(0, len(ALERT) - 1), st.binary(max_size=6))
def test_a_mutated_alert_is_read_or_refused(at: int, put: bytes) -> None:
    try:
        alerts = cap_index.parse(ALERT[:at] + put + ALERT[at + len(put) :])
    except NotUnderstood:
        return
    for alert in alerts:
        hazard_of(alert, areas(), AT_MS)
