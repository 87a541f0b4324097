"""The lines of a level's explanation and the alarms, in the page's language as far as that is known."""

from typing import Any

import pytest

from dashboard import view
from dashboard.access.rights import Reach, Scope
from dashboard.text import Language, messages
from dashboard.text.names import names
from dashboard.view import View, Whereabouts
from dashboard.wire import alarm_json
from feeds import taxonomy as taxonomies
from feeds.clock import now_ms
from feeds.events import AlarmRaised, Reason
from feeds.levels import words
from feeds.picture import Picture
from geo.areas import bundled
from tests.js.node import needs_node, run

INCIDENT = {
    "id": "K1",
    "title": "Massa di depan kantor KPU",
    "category": "unjuk_rasa",
    "status": "ditangani",
    "verification": "verified",
    "occurred_ms": 1_732_500_000_000,  # 25/11/2024 09.00 WIB
}
LINE = Reason(text="Unjuk rasa: …", points=3, event_id="1-0", incident="K1", what="incident")
ALARM = {"at_ms": 0, "received_ms": 0, "source": "siger:alarms", "alarm": "a", "area": "1871", "text": "Teks"}


def told(path: str, what: Any, lang: Language = "en") -> str:
    asked = {
        "text": {"lang": lang, "messages": dict(messages(lang))},
        "names": names(bundled(), taxonomies.bundled(), lang),
        "incidents": [INCIDENT],
        "calls": [(f"told.{path}", [what])],
    }
    (answer,) = run("call.js", asked)
    return str(answer)


@needs_node
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LINE, "Massa di depan kantor KPU, 25/11/2024 09:00 WIB, verified"),
        (LINE.model_copy(update={"incident": "K2"}), "Unjuk rasa: …"),
        (Reason(text="?", points=1, what="rest", of="1"), "1 other, smaller incident"),
        (Reason(text="?", points=1, what="rest", of="4"), "4 other, smaller incidents"),
        (Reason(text="?", points=1, what="spill", of="Metro"), "Spill from Metro, a neighbouring area"),
        (Reason(text="?", points=-1, what="usual"), "Small incidents that are usual in this area"),
        (Reason(text="?", points=1, what="elsewhere"), "Reports outside your areas"),
        (Reason(text="Rencana: …", points=1, what="plan"), "Rencana: …"),
        (Reason(text="Lama", points=1), "Lama"),
    ],
)
def test_a_line_is_said_in_english(line: Reason, said: str) -> None:
    assert said in told("reason", line.model_dump())
    assert told("reason", line.model_dump(), "id") == line.text


@needs_node
@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"what": "rise", "level": 2, "before": 1, "reason": Reason(text="?", points=1, what="usual")},
            "Bandar Lampung rose from Watch to At risk: Small incidents that are usual in this area",
        ),
        (
            {"what": "rise", "level": 2, "before": 1, "reason": LINE},
            "Bandar Lampung rose from Watch to At risk: "
            "Demonstration: Massa di depan kantor KPU, 25/11/2024 09:00 WIB",
        ),
        (
            {"what": "uncovered", "level": 3, "minutes": 20},
            "Bandar Lampung, High risk, without a unit for 20 minutes",
        ),
        (
            {"what": "cluster", "crowding": {"count": 7, "expected": 1.25, "hours": 1.5, "radius_m": 2_500}},
            "7 incidents in 1.5 h within 2.5 km around Bandar Lampung; 1.3 are usual",
        ),
        ({"what": "rise", "level": 2}, "Teks"),
        ({"what": "uncovered", "level": 2}, "Teks"),
        ({"what": "cluster"}, "Teks"),
    ],
)
def test_an_alarm_is_said_in_english(facts: dict[str, Any], said: str) -> None:
    alarm = alarm_json(AlarmRaised.model_validate(ALARM | facts))
    assert told("alarm", alarm) == said
    assert told("alarm", alarm, "id") == "Teks"


def test_the_table_says_in_indonesian_what_the_levels_say() -> None:
    table = messages("id")
    assert table["reason.spill"].format(name="Metro") == words.spill("Metro")
    assert table["reason.rest"].format(n=4) == words.rest(4)
    assert table["reason.usual"] == words.USUAL
    assert table["reason.elsewhere"] == view.ELSEWHERE


def test_who_does_not_see_all_that_is_behind_an_alarm_learns_nothing_of_it_in_any_language() -> None:
    picture = Picture()
    secret = Reason(text="Nama korban", points=9, incident="K9", event_id="1-0", what="incident")
    facts = {"what": "rise", "level": 2, "before": 0, "reason": secret, "incidents": ("K9",), "at_ms": now_ms()}
    picture.apply("1-0", AlarmRaised.model_validate(ALARM | facts))
    scope = Scope(Reach(everywhere=True), frozenset({"normal"}), personal=True)
    (alarm,) = View(picture, scope, Whereabouts(None)).alarms().values()
    bare = AlarmRaised.model_validate(ALARM | {"what": "rise", "level": 2, "at_ms": facts["at_ms"]})
    assert alarm_json(alarm) == alarm_json(bare) | {"text": view.ELSEWHERE}
