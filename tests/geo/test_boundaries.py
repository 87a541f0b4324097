"""Files as they come, hostile ones too: accepted as a coverage, or refused with what would mend them."""

from pathlib import Path

import geopandas
import pytest
import shapely

from geo.areas import bundled
from geo.boundaries.codes import bps_districts, bps_regencies, plain_code
from geo.boundaries.errors import (
    SwappedAxes,
    UnmatchedCodes,
    UnreadableFile,
    WrongPlace,
)
from geo.boundaries.importing import prepare
from geo.boundaries.read import read
from tests.geo.boundary_files import check, frame, written


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
    path = written(frame().to_crs(epsg), tmp_path / f"areas{suffix}")
    prepared = prepare(path, "regency", bundled())
    assert len(prepared.areas.at("regency")) == 15
    assert max(abs(difference.change or 0) for difference in prepared.report.differences) < 0.001


def test_swapped_axes_are_refused_with_the_fix(tmp_path: Path) -> None:
    swapped = frame()
    swapped.geometry = shapely.transform(swapped.geometry.to_numpy(), lambda points: points[:, ::-1])
    with pytest.raises(SwappedAxes, match=r"lat, lng.*Swap X and Y"):
        read(written(swapped, tmp_path / "swapped.geojson"))


def test_another_province_is_refused(tmp_path: Path) -> None:
    java = frame()
    java.geometry = java.geometry.translate(7, -2)
    with pytest.raises(WrongPlace, match="not Lampung"):
        read(written(java, tmp_path / "java.geojson"))


def test_a_shapefile_without_prj_is_refused(tmp_path: Path) -> None:
    written(frame(), tmp_path / "areas.shp")
    (tmp_path / "areas.prj").unlink()
    with pytest.raises(UnreadableFile, match=r"no coordinate system.*\.prj"):
        read(tmp_path / "areas.shp")


def test_points_and_nonsense_are_refused(tmp_path: Path) -> None:
    points = frame()
    points.geometry = points.geometry.representative_point()
    with pytest.raises(UnreadableFile, match="Point"):
        read(written(points, tmp_path / "points.geojson"))
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
        prepare(written(nameless, tmp_path / "nameless.geojson"), "regency", bundled())


def test_a_missing_regency_is_named(tmp_path: Path) -> None:
    path = written(frame().iloc[:-1], tmp_path / "fourteen.geojson")
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
    prepared = prepare(written(made, tmp_path / "new.geojson"), "district", bundled())
    assert prepared.report.added == ("180699",)
    assert prepared.areas.get("180699").name == "Talang Baru"
    check(prepared.areas, 230)


def test_an_area_under_another_is_named(tmp_path: Path) -> None:
    twice = frame("district")
    outlines = twice.geometry.to_list()
    outlines[0] = outlines[1]
    twice.geometry = outlines
    with pytest.raises(UnmatchedCodes, match="cover all the ground of 180105"):
        prepare(written(twice, tmp_path / "twice.geojson"), "district", bundled())


def test_a_district_that_official_regencies_leave_no_ground_is_reported(tmp_path: Path) -> None:
    island = bundled().get("181306")  # Pulau Pisang
    regencies = frame()
    regencies.geometry = shapely.difference(regencies.geometry.to_numpy(), island.geometry.buffer(0.0001))
    prepared = prepare(written(regencies, tmp_path / "no-island.geojson"), "regency", bundled())
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
