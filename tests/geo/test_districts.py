"""The bundled districts: complete, nested, and as right as their docstring says."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely

from geo.areas import Detail, bundled

OFFICIAL = Path(__file__).parents[2].parent / "shared/data/lampung-boundaries-kemendagri/kelurahan.geojson"


def test_229_districts_marked_indicative() -> None:
    districts = bundled().at("district")
    assert len(districts) == 229
    assert all(district.indicative for district in districts)
    served = bundled().geojson("district")["features"]
    assert {feature["properties"]["note"] for feature in served} == {"batas indikatif"}


@pytest.mark.parametrize("detail", ["low", "mid", "high"])
def test_districts_nest_exactly_at_every_detail(detail: Detail) -> None:
    areas = bundled()
    districts, regencies = areas.shapes("district", detail), areas.shapes("regency", detail)
    for code, outline in regencies.items():
        children = shapely.coverage_union_all([districts[area.code] for area in areas.children(code)])
        assert shapely.equals(shapely.normalize(children), shapely.normalize(outline))


def test_the_two_files_nest_as_well_as_what_is_served() -> None:
    for regency in bundled().at("regency"):
        children = shapely.coverage_union_all([area.geometry for area in bundled().children(regency.code)])
        assert shapely.equals(shapely.normalize(children), shapely.normalize(regency.geometry)), regency.code


def test_simplified_layers_are_smaller() -> None:
    vertices = [
        sum(shapely.get_num_coordinates(list(bundled().shapes("district", detail).values())))
        for detail in ("low", "mid", "high")
    ]
    assert vertices[0] < 0.75 * vertices[1] < vertices[2]


def test_every_centre_is_inside_its_district() -> None:
    for district in bundled().at("district"):
        assert district.centre is not None
        assert shapely.contains_xy(district.geometry, *district.centre), district.code


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official village layer is not beside this checkout")
def test_held_out_points_fall_in_the_right_district_as_often_as_stated() -> None:
    villages = geopandas.read_file(OFFICIAL, columns=["kode"])
    outlines = shapely.simplify(villages.geometry.to_numpy(), 0.0005)
    random = np.random.default_rng(18)
    west, south, east, north = villages.total_bounds
    points = shapely.points(random.uniform(west, east, 20_000), random.uniform(south, north, 20_000))
    assert isinstance(points, np.ndarray)
    point, village = shapely.STRtree(outlines).query(points, predicate="intersects")
    truth = villages["kode"].str.replace(".", "").str[:6].to_numpy()[village]
    districts = bundled().at("district")
    outlines_by_code = {district.code: district.geometry for district in districts}
    right = [shapely.intersects(outlines_by_code[code], points[at]) for at, code in zip(point, truth, strict=True)]
    assert len(right) > 5_000
    assert np.mean(right) > 0.84
