from geo.areas import bundled
from geo.jurisdictions import KODIM, POLRES, jurisdiction_of
from geo.polsek import polsek
from geo.reference import figures, race_2024


def test_six_kodim_have_two_regencies() -> None:
    assert sorted(kodim.code for kodim in KODIM if len(kodim.regencies) == 2) == [
        f"kodim:{number}" for number in ("0411", "0412", "0421", "0422", "0424", "0426")
    ]
    assert len(KODIM) == 9
    assert len(POLRES) == 15


def test_every_regency_has_a_polres_and_a_kodim() -> None:
    for regency in bundled().at("regency"):
        for force in ("polres", "kodim"):
            code = jurisdiction_of(force, regency.code)
            assert code is not None
            assert regency.code in bundled().get(code).regencies


def test_splits_that_break_a_time_series_are_noted() -> None:
    for code in ("polres:pesisir-barat", "polres:lampung-barat", "polres:pringsewu", "polres:tulang-bawang-barat"):
        assert bundled().get(code).notes


def test_the_polsek_list_counts_as_its_source_does() -> None:
    listed = [unit for unit in polsek() if unit.as_written]
    assert sum(unit.kind != "polsubsektor" for unit in listed) == 138
    assert sum(unit.kind == "polsubsektor" for unit in listed) == 31
    assert sum(unit.investigates is False for unit in polsek()) == 16
    assert {unit.polres for unit in polsek()} == {area.code for area in bundled().at("polres")}
    assert len(polsek("polres:lampung-timur")) == 26


def test_voters_add_up_and_polling_stations_stay_one_short() -> None:
    def total(key: str) -> float:
        return sum(
            figure.value for area in bundled().at("regency") for figure in figures(area) if figure.key == key
        )

    province = {figure.key: figure for figure in figures(bundled().get("18"))}
    assert total("dpt_2024") == province["dpt_2024"].value == 6_515_869
    assert (total("tps_2024"), province["tps_2024"].value) == (13_281, 13_282)
    assert "13.281" in province["tps_2024"].note
    assert total("population") == province["population"].value == 9_144_263
    assert total("districts") == 229
    assert total("pairs_2024") == 34  # and two for governor: 36


def test_every_figure_has_a_source_and_a_date() -> None:
    for level in ("province", "regency", "polres", "kodim"):
        for area in bundled().at(level):
            for figure in figures(area):
                assert figure.source, area.code
                assert figure.as_of[:2] == "20", area.code


def test_sums_for_a_kodim_are_marked_as_computed() -> None:
    numbers = {figure.key: figure for figure in figures(bundled().get("kodim:0424"))}
    assert numbers["dpt_2024"].value == 453_261 + 321_976
    assert numbers["dpt_2024"].computed
    assert "pairs_2024" not in numbers


def test_two_races_had_an_empty_box() -> None:
    empty = [area.code for area in bundled().at("regency") if race_2024(area.code) == "kotak kosong"]
    assert empty == ["1804", "1812"]
