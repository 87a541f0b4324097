import pytest
import shapely

from geo.areas import Areas, Detail, UnknownArea, bundled


@pytest.fixture(scope="module")
def areas() -> Areas:
    return bundled()


def test_the_province_is_15_regencies_15_polres_and_9_kodim(areas: Areas) -> None:
    assert [len(areas.at(level)) for level in ("province", "regency", "polres", "kodim")] == [1, 15, 15, 9]


def test_regencies_meet_without_gap_or_overlap(areas: Areas) -> None:
    outlines = [area.geometry for area in areas.at("regency")]
    assert shapely.is_valid(outlines).all()
    assert shapely.coverage_is_valid(outlines)
    province = shapely.get_parts(areas.get("18").geometry)
    assert shapely.get_num_interior_rings(province).sum() == 0


def test_every_label_stands_in_its_own_area(areas: Areas) -> None:
    for level in ("province", "regency", "district", "polres", "kodim"):
        for area in areas.at(level):
            assert shapely.contains_xy(area.geometry, *area.label), area.code


def test_every_capital_stands_in_its_own_regency(areas: Areas) -> None:
    for area in areas.at("regency"):
        assert area.capital is not None
        assert area.capital_at is not None
        assert shapely.contains_xy(area.geometry, *area.capital_at), area.code


@pytest.mark.parametrize("written", ["1806", "18.06", " 18.06 "])
def test_a_code_may_be_written_with_dots(areas: Areas, written: str) -> None:
    assert areas.get(written).name == "Tanggamus"


@pytest.mark.parametrize("written", ["polres:tanggamus", "POLRES:Tanggamus"])
def test_police_codes_forgive_case(areas: Areas, written: str) -> None:
    assert areas.get(written).regencies == ("1806",)


def test_an_unknown_code_names_what_is_close(areas: Areas) -> None:
    with pytest.raises(UnknownArea, match=r"'polres:tangamus'.*polres:tanggamus"):
        areas.get("polres:tangamus")


def test_kodim_and_polres_each_cover_the_province_once(areas: Areas) -> None:
    for level in ("polres", "kodim"):
        members = sorted(code for area in areas.at(level) for code in area.regencies)
        assert members == [area.code for area in areas.at("regency")]


def test_one_step_in(areas: Areas) -> None:
    assert len(areas.children("18")) == 15
    assert len(areas.children("1806")) == 20
    assert len(areas.children("kodim:0424")) == 20 + 9
    assert areas.children("180601") == ()


def test_an_incident_known_by_its_area_alone_stands_inside_it(areas: Areas) -> None:
    for level in ("regency", "district", "kodim"):
        for area in areas.at(level):
            assert shapely.contains_xy(area.geometry, *area.place), area.code


@pytest.mark.parametrize(
    ("code", "regency", "district", "inside"),
    [
        ("18", "1806", None, True),
        ("1806", "1806", "180601", True),
        ("1806", None, "180601", True),
        ("1806", "1807", None, False),
        ("180601", "1806", "180601", True),
        ("180601", "1806", None, False),
        ("kodim:0424", "1810", None, True),
        ("kodim:0424", "1809", None, False),
        ("polres:pringsewu", "1810", "181001", True),
        ("18", None, None, False),
    ],
)
def test_covers(areas: Areas, code: str, regency: str | None, district: str | None, inside: bool) -> None:
    assert areas.covers(code, regency=regency, district=district) is inside


@pytest.mark.parametrize("detail", ["low", "mid", "high"])
def test_what_is_served_is_a_coverage_with_its_licence(areas: Areas, detail: Detail) -> None:
    for level in ("regency", "district", "kodim"):
        served = areas.geojson(level, detail)
        outlines = [shapely.geometry.shape(feature["geometry"]) for feature in served["features"]]
        assert "geoBoundaries" in served["source"]
        assert served["licence"] == "CC BY 4.0"
        assert shapely.coverage_is_valid(outlines)
        assert shapely.is_valid(outlines).all()
