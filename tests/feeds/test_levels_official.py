"""Official layers: as published, never blended; what was not published is said to be missing."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli.import_index import index
from feeds.levels import official
from feeds.levels.official import LayerError, bundled, disagreements, layer_of, load
from geo.areas import bundled as areas

REGENCIES = [area.code for area in areas().at("regency")]


def layer(code: str) -> official.Layer:
    return next(one for one in bundled() if one.code == code)


def test_each_layer_has_owner_date_and_source() -> None:
    assert [(one.code, one.owner, str(one.date)) for one in bundled()] == [
        ("bawaslu-ikp-2024", "Bawaslu", "2022-12-16"),
        ("bawaslu-pilkada-2024", "Bawaslu", "2024-08-26"),
        ("polri-ipkp-2024", "Polri", "2024-11-11"),
        ("polda-tps-2024", "Polda Lampung", "2024-09-18"),
    ]
    assert all(one.source and set(one.area) <= {"18", *REGENCIES} for one in bundled())


def test_ikp_is_as_published() -> None:
    said = layer("bawaslu-ikp-2024").area
    published = {"18": 64.61, "1871": 62.89, "1802": 54.65, "1803": 12.74, "1812": 3.76}
    assert {code: one.value for code, one in said.items() if one.value is not None} == published
    assert [code for code in REGENCIES if said[code].klass == "tinggi"] == ["1802", "1871"]
    assert [code for code in REGENCIES if said[code].klass == "rendah"] == ["1803", "1812"]
    assert sum(said[code].klass == "sedang" for code in REGENCIES) == 11


def test_ikp_values_lie_in_their_published_bands() -> None:
    for code, said in layer("bawaslu-ikp-2024").area.items():
        high, middle = (68.5, 21.7) if code == "18" else (49.33, 13.47)
        if said.value is not None:
            band = "tinggi" if said.value >= high else "sedang" if said.value >= middle else "rendah"
            assert said.klass == band


def test_the_pilkada_map_names_three_and_says_no_more_of_the_others() -> None:
    said = layer("bawaslu-pilkada-2024").area
    assert sorted(code for code in REGENCIES if said[code].klass == "tinggi") == ["1808", "1809", "1813"]
    assert {official.says(said[code]) for code in REGENCIES} == {"tinggi", "bukan tinggi"}


def test_ipkp_says_nothing_about_lampung() -> None:
    assert not layer("polri-ipkp-2024").area


def test_polling_stations_by_class_add_up() -> None:
    said = layer("polda-tps-2024").area
    assert sum(said["18"].count.values()) == said["18"].total == 13_277
    most = {code: said[code].count["sangat rawan"] for code in said if code != "18"}
    assert sum(most.values()) == said["18"].count["sangat rawan"] == 72
    assert {code: n for code, n in most.items() if n} == {"1806": 22, "1813": 20, "1811": 11, "1809": 10, "1805": 9}
    rest = {
        name: said["18"].count[name] - sum(said[c].count.get(name, 0) for c in REGENCIES if c in said)
        for name in ("rawan", "khusus")
    }
    assert rest == {"rawan": 376, "khusus": 9}


def test_the_layers_disagree_about_bandar_lampung_and_lampung_tengah() -> None:
    found = {one.area: (one.one_says, one.other_says) for one in disagreements(bundled(), REGENCIES)}
    assert found["1871"] == found["1802"] == ("tinggi", "bukan tinggi")
    assert "1806" not in found


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"area": {"1871": {"class": "gawat"}}}, "class 'gawat' is not one of rendah, tinggi"),
        ({"owner": ""}, "owner"),
        ({"date": "kemarin"}, "date"),
        ({"colour": "red"}, "colour"),
        ({"area": {"1871": {"count": {"rendah": 1, "tinggi": 1}, "total": 3}}}, "add up to 2, not 3"),
    ],
)
def test_a_layer_that_does_not_hold_says_what_is_wrong(changes: dict[str, object], told: str) -> None:
    entry = {"code": "x-1", "name": "X", "owner": "Y", "date": "2024-01-01", "scale": ["rendah", "tinggi"]}
    with pytest.raises(LayerError) as error:
        layer_of({**entry, **changes})
    assert told in str(error.value)


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, *options: str) -> tuple[int, str]:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "index.csv"
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(index, [str(file), *options])
    return done.exit_code, done.output


OPTIONS = ("--owner", "Kesbangpol", "--name", "Indeks X", "--date", "2025-01-02", "--scale", "rendah,tinggi")


def test_an_imported_layer_stands_beside_the_bundled_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = run(tmp_path, monkeypatch, "area,class,value\n18.71,tinggi,80.5\nTanggamus,rendah,\n", *OPTIONS)
    assert code == 0, told
    layers = load(tmp_path / "data")
    assert len(layers) == len(bundled()) + 1
    new = layers[-1]
    assert (new.code, new.owner) == ("kesbangpol-indeks-x-2025", "Kesbangpol")
    assert new.area["1871"].value == 80.5
    assert new.area["1806"].klass == "rendah"


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("area,class\nAtlantis,tinggi\n", OPTIONS, "Atlantis"),
        ("area,class\n1871,gawat\n", OPTIONS, "gawat"),
        ("area,class\n1871,tinggi\n", (), "--owner"),
        ("kelas\ntinggi\n", OPTIONS, "needed are area"),
        ("area,class\n1871,tinggi\n1871,rendah\n", OPTIONS, "twice"),
    ],
)
def test_an_import_that_does_not_hold_stores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, options: tuple[str, ...], told: str
) -> None:
    code, output = run(tmp_path, monkeypatch, text, *options)
    assert code != 0
    assert told in output
    assert load(tmp_path / "data") == bundled() or len(load(tmp_path / "data")) == len(bundled())


def test_a_table_that_is_no_csv_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = csv.field_size_limit(131_072)  # one for all; the makers of our own data need more
    try:
        code, told = run(tmp_path, monkeypatch, f"area,class\n1871,{'x' * 200_000}\n", *OPTIONS)
    finally:
        csv.field_size_limit(before)
    assert (code, "field larger than field limit" in told) == (1, True)


@pytest.mark.parametrize("area", ["1", "[1, 2]", '"1806"'])
def test_areas_that_are_no_table_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, area: str) -> None:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "index.toml").write_text(f"area = {area}\n", encoding="utf-8")
    done = CliRunner().invoke(index, [str(tmp_path / "index.toml")])
    assert (done.exit_code, "must be a table for each area" in done.output) == (1, True), done.output
