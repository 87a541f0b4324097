"""Villages by code and name: namesakes are never guessed, and the register's points lie where its codes say."""

from geo.areas import bundled as areas
from geo.locate import locator_of
from geo.villages import Village, Villages, bundled


def test_every_village_lies_in_a_district_and_eleven_have_no_point() -> None:
    every = bundled().of("18")
    assert len(every) == 2651
    assert {village.district for village in every} <= {area.code for area in areas().at("district")}
    assert sum(village.point is None for village in every) == 11


def test_points_lie_in_their_own_regency() -> None:
    placed = [village for village in bundled().of("18") if village.point]
    lon, lat = zip(*(village.point for village in placed if village.point), strict=True)
    found = locator_of(areas()).places(lon, lat).codes("regency")
    right = sum(village.code[:4] == code for village, code in zip(placed, found, strict=True))
    assert right / len(placed) > 0.95


def test_a_slip_is_forgiven_where_only_one_name_is_as_near() -> None:
    names = {
        "1806011001": "Negeri Ratu",
        "1806011002": "Negeri Batu",
        "1806011003": "Kuripan",
        "1806021001": "Kuripan",
    }
    here = Villages(Village(code, name, None) for code, name in names.items())
    assert here.named("kuripann", "180601") == here.get("1806011003")
    assert here.named("Negeri Datu", "180601") is None
    assert here.named("NEGERI  RATU", "180601") == here.get("1806011001")
    assert here.named("", "180601") is None
    numbered = bundled().of("187115")
    assert [bundled().named(village.name, "187115") for village in numbered] == numbered
    assert [village.code for village in here.everywhere("Kuripan", "1806")] == ["1806011003", "1806021001"]
