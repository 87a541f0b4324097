import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import bundled
from geo.locate import locator_of
from geo.measure import area_km2, distance_m, great_circle_m
from geo.proximity import border_m, nearest, within, without_unit

lon = st.floats(103.5, 106.2)
lat = st.floats(-6.2, -3.7)


@given(lon, lat, st.lists(st.tuples(lon, lat), max_size=30), st.integers(0, 40), st.floats(0, 200_000))
def test_nearest_equals_sorting_everything(
    at_lon: float, at_lat: float, units: list[tuple[float, float]], k: int, within_m: float
) -> None:
    lons, lats = np.array([unit[0] for unit in units]), np.array([unit[1] for unit in units])
    found, metres = nearest(at_lon, at_lat, lons, lats, k=k, within_m=within_m)
    every_m = great_circle_m(at_lon, at_lat, lons, lats)
    expected = [number for number in np.argsort(every_m, kind="stable").tolist() if every_m[number] <= within_m][:k]
    assert found.tolist() == expected
    assert metres.tolist() == every_m[expected].tolist()


def test_a_unit_without_position_is_never_near() -> None:
    found, _ = nearest(105, -5, [np.nan, 105.1], [np.nan, -5.1], k=5)
    assert found.tolist() == [1]


def test_a_degree_of_latitude_is_111_km() -> None:
    assert distance_m(105, -5, 105, -4) == pytest.approx(111_195, abs=1)
    assert float(great_circle_m(105, -5, 105, -4)) == pytest.approx(distance_m(105, -5, 105, -4))


def test_areas_on_the_ellipsoid_are_as_measured_elsewhere() -> None:
    tanggamus = bundled().get("1806")  # 2,771 km2 in EPSG:32748 before repair
    assert area_km2([tanggamus.geometry])[0] == pytest.approx(2_771, rel=0.005)


def test_units_within_a_kodim() -> None:
    kodim = bundled().get("kodim:0424")
    random = np.random.default_rng(5)
    lons, lats = random.uniform(104, 105.5, 20_000), random.uniform(-6, -5, 20_000)
    assert within(kodim, lons, lats).tolist() == shapely.intersects_xy(kodim.geometry, lons, lats).tolist()


def test_distance_to_the_border_from_both_sides() -> None:
    metro = bundled().get("1872")
    metres = border_m(metro, [metro.label[0], 106.0, np.nan], [metro.label[1], -5.1, np.nan])
    assert 1_000 < metres[0] < 6_000
    assert metres[1] == pytest.approx(70_000, rel=0.1)
    assert np.isnan(metres[2])
    on_border = shapely.get_coordinates(metro.geometry)[:3]
    assert border_m(metro, on_border[:, 0], on_border[:, 1]).max() < 0.01


def test_areas_without_a_unit() -> None:
    areas, locator = bundled(), locator_of(bundled())
    capitals = [area.capital_at for area in areas.at("regency")[1:] if area.capital_at]
    places = locator.places([at[0] for at in capitals], [at[1] for at in capitals])
    assert [area.code for area in without_unit(areas, "regency", places)] == ["1801"]
    assert [area.code for area in without_unit(areas, "kodim", places)] == []  # Pesawaran is in 0421 too
    assert without_unit(areas, "province", places) == ()
    assert len(without_unit(areas, "district", places)) == 229 - 14
