"""The chronology is data with sources: what must hold of it, entry by entry, and what a broken file is told."""

import re

import pytest
from pydantic import ValidationError

from feeds.scenario.chronology import Entry, Scenario, ScenarioError, available, load
from feeds.taxonomy import bundled as bundled_taxonomy
from geo.areas import bundled as bundled_areas

PILKADA = load("pilkada-2024")
#: Names of candidates, parties and results have no place on a shared screen.
NOT_NEUTRAL = re.compile(
    r"arinal|sutono|mirza|jihan|parosil|novriwan|nadirsyah|hasnurin|partai|perolehan suara|suara sah|unggul|menang",
    re.IGNORECASE,
)


def entry(**changes: object) -> dict[str, object]:
    return {
        "id": "satu",
        "date": "2024-11-27",
        "area": "1806",
        "category": "lain",
        "severity": 1,
        "severity_reason": "uji",
        "agency": "polri",
        "title": "Judul",
        "description": "Uraian.",
        "source": "contoh.id",
        **changes,
    }


def scenario(*entries: dict[str, object]) -> Scenario:
    return Scenario.model_validate({"name": "uji", "title": "Uji", "start": "2024-11-01", "entries": entries})


@pytest.mark.parametrize("item", PILKADA.entries, ids=lambda item: item.id)
def test_every_entry_has_place_category_and_source_and_is_neutral(item: Entry) -> None:
    area = bundled_areas().get(item.area)
    assert area.level in ("district", "regency")
    assert item.category in bundled_taxonomy().categories
    assert f"Sumber: {item.source}" in item.text
    assert f"{item.date:%d/%m/%Y}" in item.text
    assert not NOT_NEUTRAL.search(f"{item.title} {item.text}")
    assert len(item.text) <= 5000


def test_an_unknown_hour_is_said_and_a_known_one_shown() -> None:
    assert "Jam kejadian tidak disebut sumber." in Entry.model_validate(entry()).text
    known = Entry.model_validate(entry(time="23.27"))
    assert "Rabu, 27/11/2024 23.27 WIB" in known.text
    assert "tidak disebut" not in known.text


def test_every_regency_has_its_voting_day() -> None:
    voting = [item for item in PILKADA.entries if item.id.startswith("pemungutan-")]
    assert {item.area for item in voting} == {area.code for area in bundled_areas().at("regency")}
    assert len(voting) == 15


def test_the_demonstration_begins_with_something_behind_and_something_ahead() -> None:
    assert PILKADA.backlog
    assert PILKADA.ahead
    assert len(PILKADA.backlog) + len(PILKADA.ahead) == len(PILKADA.entries)


def test_an_unknown_scenario_names_those_there_are() -> None:
    assert "pilkada-2024" in available()
    with pytest.raises(ScenarioError, match="there is no scenario 'pilkda'; there are: pilkada-2024"):
        load("pilkda")


def test_ids_that_occur_twice_and_entries_out_of_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="occur twice: satu"):
        scenario(entry(), entry())
    with pytest.raises(ValidationError, match="'dua' stands after 'satu' but is older"):
        scenario(entry(), entry(id="dua", date="2024-11-26"))


@pytest.mark.parametrize(
    ("field", "value"), [("severity", 9), ("area", "3201"), ("source", ""), ("severity_reason", ""), ("votes", 3)]
)
def test_an_entry_that_does_not_hold_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError, match=field):
        Entry.model_validate(entry(**{field: value}))
