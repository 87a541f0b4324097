import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.area import AreaLevel
from geo.areas import bundled


def found(text: str) -> list[str]:
    return [area.code for area in bundled().find(text)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bengkunat", "181311"),  # the register writes Bangkunat
        ("klumbayan", "180617"),
        ("gedong tatan", "180901"),
        ("Sumber Rejo", "180613"),
        ("TKT", "187105"),
        ("tj karang pusat", "187106"),
        ("Tulangbawang", "1805"),
        ("tubaba", "1812"),
        ("lamsel", "1801"),
        ("kota metro", "1872"),
        ("kab. tanggamus", "1806"),
        ("18.06.01", "180601"),
        ("polresta bandar lampung", "polres:bandar-lampung"),
        ("kodim tanggamus", "kodim:0424"),
        ("0411", "kodim:0411"),
        ("liwa", "1804"),
    ],
)
def test_what_officers_type_finds_the_area(typed: str, first: str) -> None:
    assert found(typed)[0] == first


def test_an_abbreviation_finds_all_of_teluk_betung() -> None:
    assert set(found("tlk betung")) == {"187107", "187108", "187109", "187119"}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("rajabasa", {"180116", "187110"}),
        ("pagar dewa", {"180420", "181208"}),
        ("bumi agung", {"180714", "180814"}),
        ("labuhan ratu", {"180721", "187114"}),
    ],
)
def test_a_doubled_name_gives_both_and_the_regency_tells_them_apart(name: str, codes: set[str]) -> None:
    assert set(found(name)[:2]) == codes
    areas = bundled()
    assert len({areas.full_name(code) for code in codes}) == 2
    for code in codes:
        regency = areas.get(code[:4]).name
        assert found(f"{name} {regency}")[0] == code
        assert found(f"{regency} {name}")[0] == code


def test_nothing_is_found_for_nonsense() -> None:
    assert found("zzz") == found("") == found("<img onerror>") == []


@pytest.mark.parametrize("level", ["regency", "district", "polres", "kodim"])
def test_every_area_is_found_by_its_own_full_name(level: AreaLevel) -> None:
    areas = bundled()
    for area in areas.at(level):
        assert areas.find(areas.full_name(area.code), 1) == [area], area.name


@given(st.text(max_size=30))
def test_any_text_may_be_typed(text: str) -> None:
    assert len(bundled().find(text, 5)) <= 5
