"""Reports as one line of a text message, typed in the rain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.inbound import sms
from feeds.inbound.reading import Json, NotUnderstood
from feeds.inputs import IncidentIn
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled as areas

NOW_MS = 1_732_665_600_000


def report(text: str, sender: str = "+62811", now_ms: int = NOW_MS, message_id: str = "") -> Json:
    reading = sms.parse(text, sender, areas(), taxonomy(), now_ms=now_ms, message_id=message_id)
    (incident,) = reading.incidents
    IncidentIn.model_validate(incident)
    return incident


def test_the_line_of_the_form_is_understood_to_the_last_word() -> None:
    incident = report("LAP UNRAS SUKADANA 200 KUNING")
    assert (incident["category"], incident["area"]) == ("unjuk_rasa", "180701")
    assert (incident["crowd"], incident["crowd_state"], incident["severity"]) == (200, "kuning", 3)
    assert incident["title"] == "Unjuk rasa di Sukadana"


@pytest.mark.parametrize(
    ("text", "category", "area", "crowd", "severity"),
    [
        ("lap laka kalianda", "laka_lantas", "180106", None, 3),
        ("LAP BEGAL RAJABASA LAMSEL", "curas", "180116", None, 3),
        ("LAP BANJIR LABUHAN RATU LAMTIM 40 ORG. air setinggi lutut", "banjir", "180721", 40, 3),
        ("LAPOR TAWURAN tlk betung slt 50 orang MERAH", "tawuran", "187107", 50, 5),
        ("LAP DEMO LAMTENG 1000 HIJAU", "unjuk_rasa", "1802", 1000, 2),
        ("LAP politik uang KALIYANDA", "politik_uang", "180106", None, 3),
        ("LAP Kebakaran hutan dan lahan di Sukadana", "karhutla", "180701", None, 3),
        ("LAP UNRAS BDL 1.500 MERAH", "unjuk_rasa", "1871", 1500, 5),
        ("LAP. UNRAS SUKADANA ±200 ORG KUNING", "unjuk_rasa", "180701", 200, 3),
        ("LAP: UNRAS, SUKADANA, 200KUNING", "unjuk_rasa", "180701", 200, 3),
        ("LAP#UNRAS#KEC. SUKADANA#200#MERAH", "unjuk_rasa", "180701", 200, 5),
        ("LAP CURANMOR KEC. KEDATON\nmotor hilang di parkiran. 2 pelaku", "curanmor", "187101", None, 3),
    ],
)
def test_shortened_and_misspelt_lines(
    text: str, category: str, area: str, crowd: int | None, severity: int
) -> None:
    incident = report(text)
    assert (incident["category"], incident["area"], incident.get("crowd")) == (category, area, crowd)
    assert incident["severity"] == severity


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("halo", "LAP <kejadian> <tempat>"),
        ("", "LAP <kejadian> <tempat>"),
        ("LAP XX KALIANDA", "kejadian tidak dikenal"),
        ("LAP UNRAS", "tempat tidak disebut"),
        ("LAP UNRAS KUNING", "tempat tidak disebut"),
        ("LAP UNRAS JAKARTA 20", "kecamatan atau kabupaten tidak dikenal"),
        ("LAP BEGAL RAJABASA", "ada di dua kabupaten; tulis"),
    ],
)
def test_what_is_not_understood_is_answered_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        report(text)
    assert says in caught.value.problem.reason


def test_a_gateways_repeat_is_the_same_report_and_another_sender_is_not() -> None:
    first = report("LAP UNRAS SUKADANA 200 KUNING")
    again = report("lap unras  sukadana 200 kuning", now_ms=NOW_MS + 5_000)
    assert first["external_id"] == again["external_id"]
    assert report("LAP UNRAS SUKADANA 200 KUNING", sender="+62812")["external_id"] != first["external_id"]
    assert report("LAP UNRAS SUKADANA 200 KUNING", now_ms=NOW_MS + 3_600_000)["external_id"] != first["external_id"]
    by_id = {
        report("LAP UNRAS SUKADANA", now_ms=NOW_MS + hour, message_id="m1")["external_id"] for hour in (0, 10**8)
    }
    assert len(by_id) == 1


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    for line in (text, f"LAP {text}", f"LAP UNRAS {text}", f"LAP UNRAS SUKADANA {text}"):
        try:
            report(line)
        except NotUnderstood as error:
            told = error.problem
        else:
            continue
        assert told.reason
