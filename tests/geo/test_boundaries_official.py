"""The real official files: what is accepted becomes a coverage, and codes are never guessed."""

from pathlib import Path

import geopandas
import pytest
import shapely

from geo.areas import bundled
from geo.boundaries.codes import match
from geo.boundaries.errors import (
    UnmatchedCodes,
    WrongCodeSystem,
)
from geo.boundaries.importing import Prepared, prepare
from geo.boundaries.read import read
from geo.locate import Locator
from tests.geo.boundary_files import BPS, KEMENDAGRI, check, needs_official, written


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
        prepare(written(tanggamus, tmp_path / "part.geojson"), "district", bundled())


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
