"""What a viewer chose: the URL carries all of it, restores all of it, and says what it did not know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.panels.chosen import Chosen, read
from feeds import taxonomy as taxonomies
from geo.areas import bundled

AREAS = bundled()
TAXONOMY = taxonomies.bundled()
CODES = [area.code for level in ("regency", "district", "polres", "kodim") for area in AREAS.at(level)]
KINDS = [*TAXONOMY.categories, *TAXONOMY.groups]


def parsed(search: str) -> Chosen:
    return read(search, AREAS, TAXONOMY)


choices = st.builds(
    Chosen,
    area=st.none() | st.sampled_from(CODES),
    categories=st.lists(st.sampled_from(KINDS), unique=True, max_size=6).map(tuple),
    hours=st.none() | st.integers(1, 9999),
    tps=st.booleans(),
    others=st.lists(st.tuples(st.sampled_from(["wall", "scale"]), st.text(min_size=1, max_size=8)), max_size=2).map(
        tuple
    ),
)


@given(choices)
def test_the_url_restores_every_choice(chosen: Chosen) -> None:
    assert parsed(chosen.search()) == chosen


@given(st.text(max_size=200))
def test_no_query_breaks_it(search: str) -> None:
    chosen = parsed(search)
    assert chosen.store(AREAS, TAXONOMY)["unknown"] == list(chosen.unknown)


def test_the_switch_for_polling_stations_is_on_or_off() -> None:
    chosen = parsed("?tps=1&area=1807")
    assert chosen.tps
    assert chosen.changed({"kind": "tps", "value": "1"}, AREAS, TAXONOMY) == Chosen("1807")
    assert parsed("?tps=0") == Chosen()
    assert parsed("?tps=ya").unknown == ("tps=ya",)


def test_the_documented_url() -> None:
    chosen = parsed("?area=1807&category=unjuk_rasa&hours=6")
    assert chosen == Chosen("1807", ("unjuk_rasa",), 6)
    assert chosen.store(AREAS, TAXONOMY) == {
        "area": "1807",
        "regencies": ["1807"],
        "districts": None,
        "chosen": ["unjuk_rasa"],
        "categories": ["unjuk_rasa"],
        "hours": 6,
        "tps": False,
        "unknown": [],
    }


@pytest.mark.parametrize("search", ["?category=banjir,curat", "?category=banjir&category=curat"])
def test_categories_repeat_or_stand_in_one(search: str) -> None:
    assert parsed(search).categories == ("banjir", "curat")


def test_a_kodim_is_its_regencies_and_a_group_its_categories() -> None:
    store = parsed("?area=kodim:0422&category=bencana").store(AREAS, TAXONOMY)
    assert store["regencies"] == ["1804", "1813"]
    assert set(store["categories"]) == {c for c, entry in TAXONOMY.categories.items() if entry.group == "bencana"}


def test_a_district_is_asked_by_district_and_dots_are_forgiven() -> None:
    district = AREAS.at("district")[0]
    dotted = f"{district.code[:2]}.{district.code[2:4]}.{district.code[4:]}"
    store = parsed(f"?area={dotted}").store(AREAS, TAXONOMY)
    assert store["districts"] == [district.code]


def test_the_province_is_no_filter() -> None:
    assert parsed("?area=18") == Chosen()


@pytest.mark.parametrize(
    "wrong", ["area=9999", "category=sihir", "hours=0", "hours=-1", "hours=enam", "hours=99999"]
)
def test_what_nobody_knows_is_named(wrong: str) -> None:
    chosen = parsed("?" + wrong)
    assert chosen.unknown == (wrong,)
    assert chosen.search() == ""


def press(chosen: Chosen, kind: str, value: str) -> Chosen:
    return chosen.changed({"kind": kind, "value": value}, AREAS, TAXONOMY)


def test_a_control_changes_its_own_part_only() -> None:
    chosen = press(press(press(Chosen(), "area", "1806"), "hours", "24"), "category", "curat")
    assert chosen == Chosen("1806", ("curat",), 24)
    assert press(chosen, "area", "") == Chosen(None, ("curat",), 24)
    assert press(chosen, "hours", "") == Chosen("1806", ("curat",), None)


def test_group_buttons_add_up_and_all_of_them_are_none() -> None:
    two = press(press(Chosen(), "group", "bencana"), "group", "lalin")
    assert two.categories == ("bencana", "lalin")
    assert press(two, "group", "bencana").categories == ("lalin",)
    everything = Chosen()
    for group in TAXONOMY.groups:
        everything = press(everything, "group", group)
    assert everything.categories == ()


def test_a_group_takes_the_place_of_a_single_category() -> None:
    assert press(Chosen(categories=("curat",)), "group", "bencana").categories == ("bencana",)


@pytest.mark.parametrize("choice", [{}, {"kind": "others", "value": "x"}, {"kind": "unknown"}, {"value": "1"}])
def test_a_press_that_is_none_changes_nothing(choice: dict[str, str]) -> None:
    assert Chosen("1806").changed(choice, AREAS, TAXONOMY) == Chosen("1806")


def test_a_wrong_press_is_named_and_empties_that_part() -> None:
    chosen = press(Chosen("1806"), "area", "1899")
    assert (chosen.area, chosen.unknown) == (None, ("area=1899",))
