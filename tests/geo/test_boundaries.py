"""Official files, real and hostile: what is accepted becomes a coverage, what is not is refused with its fix."""

from pathlib import Path

import geopandas
import pytest
import shapely

from geo.areas import Areas, bundled, load
from geo.boundaries import store
from geo.boundaries.codes import bps_districts, bps_regencies, match, plain_code
from geo.boundaries.compare import Located, relocations
from geo.boundaries.errors import (
    NothingToUndo,
    SwappedAxes,
    UnmatchedCodes,
    UnreadableFile,
    WrongCodeSystem,
    WrongPlace,
)
from geo.boundaries.importing import Prepared, install, prepare
from geo.boundaries.read import read
from geo.locate import Locator, locator_of

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
KEMENDAGRI = SHARED / "lampung-boundaries-kemendagri"
BPS = SHARED / "lampung-boundaries-bps2020"
needs_official = pytest.mark.skipif(
    not KEMENDAGRI.exists(), reason="the official sets are not beside this checkout"
)


def frame(level: str = "regency", **columns: list[object]) -> geopandas.GeoDataFrame:
    """The bundled areas as a file that somebody else might have made."""
    areas = bundled().at(level)
    shown = columns or {"kode": [area.code for area in areas], "nama": [area.name for area in areas]}
    return geopandas.GeoDataFrame(shown, geometry=[area.geometry for area in areas], crs="EPSG:4326")


def check(areas: Areas, districts: int) -> None:
    """What must hold of every set: complete, nested, a valid coverage at every detail."""
    assert len(areas.at("regency")) == 15
    assert len(areas.at("district")) == districts
    assert shapely.get_num_interior_rings(shapely.get_parts(areas.get("18").geometry)).sum() == 0
    for detail in ("low", "mid", "high"):
        for level in ("regency", "district"):
            outlines = list(areas.shapes(level, detail).values())
            assert shapely.is_valid(outlines).all()
            assert not shapely.is_empty(outlines).any()
            assert shapely.coverage_is_valid(outlines)
    for regency in areas.at("regency"):
        children = shapely.coverage_union_all([area.geometry for area in areas.children(regency.code)])
        assert shapely.equals(shapely.normalize(children), shapely.normalize(regency.geometry))


@needs_official
def test_the_simplified_kemendagri_layer_is_repaired() -> None:
    prepared = prepare(KEMENDAGRI / "kecamatan_simplified.geojson", "district", bundled())
    report = prepared.report
    assert report.invalid == 11
    assert report.overlap_km2 == pytest.approx(285, abs=1)
    assert report.filled_gaps_km2 == pytest.approx(283, abs=1)
    assert (report.missing, report.added) == ((), ())
    check(prepared.areas, 229)
    assert not any(area.indicative for area in prepared.areas.at("district"))
    assert "note" not in prepared.areas.geojson("district")["features"][0]["properties"]


@needs_official
def test_the_bps_layer_converts_its_codes_and_shares_its_forest_out() -> None:
    prepared = prepare(BPS / "kecamatan.geojson", "district", bundled(), codes="bps")
    report = prepared.report
    assert report.without_district == {"hutan": 6, "pulau": 2, "danau": 1}
    assert report.missing == ("180815",)  # Umpu Semenguk is younger than the file
    assert report.shared_out_km2 > 2_000
    check(prepared.areas, 228)
    assert prepared.areas.source == "HDX-BPS-2020"
    assert "Rawajitu Timur" in prepared.areas.get("180518").aliases
    _agrees_with_the_file(prepared)


def _agrees_with_the_file(prepared: Prepared) -> None:
    """Points in a district of the file are in that district of the set."""
    file = read(BPS / "kecamatan.geojson")
    matched = match(file, "district", "bps")
    locator = Locator(prepared.areas)
    spots = [
        (shapely.point_on_surface(geometry), code)
        for geometry, code in zip(file.geometries, matched.codes, strict=True)
        if code
    ]
    found = locator.places([spot.x for spot, _ in spots], [spot.y for spot, _ in spots])
    assert found.codes("district").tolist() == [code for _, code in spots]


@needs_official
def test_villages_are_dissolved_to_districts() -> None:
    prepared = prepare(KEMENDAGRI / "kelurahan.geojson", "district", bundled())
    assert prepared.report.rows == 2_640
    check(prepared.areas, 229)


@needs_official
def test_part_of_the_province_is_refused(tmp_path: Path) -> None:
    districts = geopandas.read_file(KEMENDAGRI / "kecamatan_simplified.geojson")
    tanggamus = districts[districts.kode.str.startswith("18.06")]
    with pytest.raises(UnmatchedCodes, match=r"nothing for regency 1801, 1802"):
        prepare(_written(tanggamus, tmp_path / "part.geojson"), "district", bundled())


@needs_official
@pytest.mark.parametrize(
    ("file", "level", "codes"),
    [
        (BPS / "regencies.geojson", "regency", "kemendagri"),
        (BPS / "kecamatan.geojson", "district", "kemendagri"),
        (KEMENDAGRI / "kabupaten_simplified.geojson", "regency", "bps"),
        (KEMENDAGRI / "kecamatan_simplified.geojson", "district", "bps"),
    ],
)
def test_codes_of_the_other_system_are_never_guessed(file: Path, level: str, codes: str) -> None:
    with pytest.raises(WrongCodeSystem, match="--codes bps"):
        prepare(file, level, bundled(), codes=codes)  # type: ignore[arg-type]


@needs_official
def test_official_regencies_recut_the_districts() -> None:
    prepared = prepare(BPS / "regencies.geojson", "regency", bundled(), codes="bps")
    check(prepared.areas, 229)
    assert all(area.indicative for area in prepared.areas.at("district"))
    assert "geoBoundaries" in prepared.areas.source  # the districts are still the bundled ones


@pytest.mark.parametrize(
    ("suffix", "epsg"),
    [
        (".geojson", 4326),
        (".gpkg", 3857),
        (".gpkg", 32748),
        (".shp", 32748),
        (".parquet", 4326),
        (".parquet", 3857),
    ],
)
def test_any_format_and_coordinate_system(tmp_path: Path, suffix: str, epsg: int) -> None:
    path = _written(frame().to_crs(epsg), tmp_path / f"areas{suffix}")
    prepared = prepare(path, "regency", bundled())
    assert len(prepared.areas.at("regency")) == 15
    assert max(abs(difference.change or 0) for difference in prepared.report.differences) < 0.001


def test_swapped_axes_are_refused_with_the_fix(tmp_path: Path) -> None:
    swapped = frame()
    swapped.geometry = shapely.transform(swapped.geometry.to_numpy(), lambda points: points[:, ::-1])
    with pytest.raises(SwappedAxes, match=r"lat, lng.*Swap X and Y"):
        read(_written(swapped, tmp_path / "swapped.geojson"))


def test_another_province_is_refused(tmp_path: Path) -> None:
    java = frame()
    java.geometry = java.geometry.translate(7, -2)
    with pytest.raises(WrongPlace, match="not Lampung"):
        read(_written(java, tmp_path / "java.geojson"))


def test_a_shapefile_without_prj_is_refused(tmp_path: Path) -> None:
    _written(frame(), tmp_path / "areas.shp")
    (tmp_path / "areas.prj").unlink()
    with pytest.raises(UnreadableFile, match=r"no coordinate system.*\.prj"):
        read(tmp_path / "areas.shp")


def test_points_and_nonsense_are_refused(tmp_path: Path) -> None:
    points = frame()
    points.geometry = points.geometry.representative_point()
    with pytest.raises(UnreadableFile, match="Point"):
        read(_written(points, tmp_path / "points.geojson"))
    (tmp_path / "letter.geojson").write_text("Dengan hormat,")
    with pytest.raises(UnreadableFile, match=r"letter\.geojson"):
        read(tmp_path / "letter.geojson")
    with pytest.raises(UnreadableFile, match="does not exist"):
        read(tmp_path / "nothing.geojson")


def test_several_layers_must_be_chosen_from(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    frame().to_file(path, layer="kabupaten")
    frame("district").to_file(path, layer="kecamatan")
    with pytest.raises(UnreadableFile, match="kabupaten, kecamatan"):
        read(path)
    assert len(read(path, "kecamatan").geometries) == 229


def test_a_file_without_codes_names_its_columns(tmp_path: Path) -> None:
    nameless = frame(nama=[area.name for area in bundled().at("regency")])
    with pytest.raises(UnmatchedCodes, match="its columns are nama"):
        prepare(_written(nameless, tmp_path / "nameless.geojson"), "regency", bundled())


def test_a_missing_regency_is_named(tmp_path: Path) -> None:
    path = _written(frame().iloc[:-1], tmp_path / "fourteen.geojson")
    with pytest.raises(UnmatchedCodes, match="1872"):
        prepare(path, "regency", bundled())


def test_a_new_district_is_welcome(tmp_path: Path) -> None:
    areas = bundled().at("district")
    old = bundled().get("180602").geometry
    west, south, east, north = old.bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    rows = [(area.code, area.name, area.geometry) for area in areas if area.code != "180602"]
    rows += [("180602", "Talang Padang", old - half), ("180699", "Talang Baru", old & half)]
    codes, names, outlines = zip(*rows, strict=True)
    made = geopandas.GeoDataFrame({"kode": codes, "nama": names}, geometry=list(outlines), crs=4326)
    prepared = prepare(_written(made, tmp_path / "new.geojson"), "district", bundled())
    assert prepared.report.added == ("180699",)
    assert prepared.areas.get("180699").name == "Talang Baru"
    check(prepared.areas, 230)


def test_an_area_under_another_is_named(tmp_path: Path) -> None:
    twice = frame("district")
    outlines = twice.geometry.to_list()
    outlines[0] = outlines[1]
    twice.geometry = outlines
    with pytest.raises(UnmatchedCodes, match="cover all the ground of 180105"):
        prepare(_written(twice, tmp_path / "twice.geojson"), "district", bundled())


def test_a_district_that_official_regencies_leave_no_ground_is_reported(tmp_path: Path) -> None:
    island = bundled().get("181306")  # Pulau Pisang
    regencies = frame()
    regencies.geometry = shapely.difference(regencies.geometry.to_numpy(), island.geometry.buffer(0.0001))
    prepared = prepare(_written(regencies, tmp_path / "no-island.geojson"), "regency", bundled())
    assert prepared.report.missing == ("181306",)
    assert prepared.areas.name_of("181306") == "181306"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("18.06.01", "180601"),
        ("ID1806", "1806"),
        (1806010.0, "1806010"),
        (180601, "180601"),
        ("Natar", None),
        (None, None),
    ],
)
def test_codes_as_files_write_them(written: object, code: str | None) -> None:
    assert plain_code(written) == code


def test_the_crosswalk_moves_the_eight_colliding_regencies() -> None:
    moved = {bps: code for bps, code in bps_regencies().items() if bps != code}
    assert moved == {
        "1801": "1804", "1802": "1806", "1803": "1801", "1804": "1807",
        "1805": "1802", "1806": "1803", "1807": "1808", "1808": "1805",
    }  # fmt: skip
    assert len(bps_districts()) == len(set(bps_districts().values())) == 228


def test_install_undo_and_again(tmp_path: Path) -> None:
    with pytest.raises(NothingToUndo):
        store.undo(tmp_path)
    assert load(tmp_path) is bundled()
    assert load(None) is bundled()
    first = _install(tmp_path, "first")
    assert load(tmp_path).source == "first; kecamatan: " + bundled().source
    second = _install(tmp_path, "second")
    third = _install(tmp_path, "third")
    assert not first.exists()
    assert second.exists()
    store.undo(tmp_path)
    assert load(tmp_path).source.startswith("second")
    store.undo(tmp_path)
    assert load(tmp_path).source.startswith("third")
    assert store.installed(tmp_path) == third


def test_undo_of_the_first_set_brings_the_bundled_one_back(tmp_path: Path) -> None:
    _install(tmp_path, "first")
    assert store.undo(tmp_path).current == store.BUNDLED
    assert load(tmp_path) is bundled()


def test_a_crash_before_the_last_step_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path, "first")

    def crash(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(store, "_put_in_force", crash)
    with pytest.raises(OSError, match="disk full"):
        _install(tmp_path, "second")
    assert load(tmp_path).source.startswith("first")


def test_what_is_installed_is_read_back_alike(tmp_path: Path) -> None:
    prepared = prepare(_written(frame(), tmp_path / "areas.geojson"), "regency", bundled(), source="s", licence="l")
    install(tmp_path, prepared)
    again = load(tmp_path)
    for level in ("regency", "district", "kodim"):
        for before, after in zip(prepared.areas.at(level), again.at(level), strict=True):
            assert (before.code, before.name, before.label, before.aliases) == (
                after.code,
                after.name,
                after.label,
                after.aliases,
            )
            assert shapely.equals_exact(before.geometry, after.geometry, 1e-9, normalize=True)


def test_relocation_lists_only_what_moves() -> None:
    locator = locator_of(bundled())
    stays = Located("a", 104.6246, -5.4917, "1806", "180601")
    moves = Located("b", 105.26, -5.42, "1801", "180104")
    lost = Located("c", 100.0, -8.0, "1813", "181311")
    found = relocations([stays, moves, lost], locator)
    assert [move.incident for move in found] == ["b", "c"]
    assert found[0].after is not None
    assert found[0].after.regency == "1871"
    assert found[1].after is None


def _install(data_dir: Path, source: str) -> Path:
    path = _written(frame(), data_dir / "areas.geojson")
    return install(data_dir, prepare(path, "regency", bundled(), source=source, licence="none"))


def _written(rows: geopandas.GeoDataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        rows.to_parquet(path)
    else:
        path.unlink(missing_ok=True)
        rows.to_file(path)
    return path
