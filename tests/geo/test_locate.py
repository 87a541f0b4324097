"""Every answer is checked against the test with all outlines, on the kinds of points that go wrong."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.areas import bundled
from geo.locate import OFFSHORE_MAX_M, OVERLAND_MAX_M, Locator, Place, locator_of
from geo.measure import distance_m

DISTRICTS = bundled().at("district")
OUTLINES = np.array([district.geometry for district in DISTRICTS], dtype=object)
WEST, SOUTH, EAST, NORTH = bundled().get("18").geometry.bounds


@pytest.fixture(scope="module")
def locator() -> Locator:
    return locator_of(bundled())


def brute(lon: float, lat: float) -> str | None:
    hits = np.flatnonzero(shapely.intersects_xy(OUTLINES, lon, lat))
    return DISTRICTS[hits[0]].code if len(hits) else None


def test_a_point_finds_its_district_and_who_is_responsible(locator: Locator) -> None:
    assert locator.place(104.6246, -5.4917) == Place("180601", "1806", "polres:tanggamus", "kodim:0424")


def test_random_points_equal_brute_force(locator: Locator) -> None:
    random = np.random.default_rng(3)
    lons, lats = random.uniform(WEST, EAST, 10_000), random.uniform(SOUTH, NORTH, 10_000)
    found = locator.places(lons, lats)
    for number, (lon, lat) in enumerate(zip(lons.tolist(), lats.tolist(), strict=True)):
        inside = found.codes("district")[number] if found.offshore_m[number] == 0 else None
        if inside != brute(lon, lat):
            pytest.fail(f"{lon}, {lat}: {inside} instead of {brute(lon, lat)}")


def test_points_on_borders_belong_to_the_lower_code(locator: Locator) -> None:
    corners = shapely.get_coordinates(OUTLINES)[::7]
    found = locator.places(corners[:, 0], corners[:, 1])
    assert (found.offshore_m == 0).all()
    assert found.codes("district").tolist() == [brute(lon, lat) for lon, lat in corners.tolist()]


def test_islands_belong_to_a_district(locator: Locator) -> None:
    islands = [part for outline in OUTLINES for part in shapely.get_parts(outline)]
    small = sorted(islands, key=shapely.area)[:40]
    for island in small:
        spot = island.representative_point()
        assert locator.place(spot.x, spot.y) is not None
        assert locator.place(spot.x, spot.y).offshore_m == 0  # type: ignore[union-attr]


def test_a_boat_off_the_coast_goes_to_the_nearest_district_and_says_so(locator: Locator) -> None:
    place = locator.place(105.30, -5.60)  # Teluk Lampung
    assert place is not None
    point = shapely.Point(105.30, -5.60)
    nearest = min(DISTRICTS, key=lambda district: district.geometry.distance(point))
    shore = shapely.get_coordinates(shapely.shortest_line(nearest.geometry, point))[0]
    assert place.district == nearest.code
    assert place.offshore_m == pytest.approx(distance_m(105.30, -5.60, *shore.tolist()), abs=50)
    assert 0 < place.offshore_m < OFFSHORE_MAX_M


@pytest.mark.parametrize(
    ("lon", "lat", "where"),
    [
        (103.0, -6.5, "the Indian Ocean"),
        (106.8, -6.2, "Jakarta"),
        (104.75, -2.99, "Palembang"),
        (104.2, -4.3, "Baturaja's side of the border"),
        (-105.2, 5.4, "swapped and mirrored"),
    ],
)
def test_too_far_is_nowhere(locator: Locator, lon: float, lat: float, where: str) -> None:
    assert locator.place(lon, lat) is None, where
    assert locator.places([lon], [lat])[0] is None, where


def test_neighbouring_land_counts_only_as_far_as_borders_err(locator: Locator) -> None:
    outer = shapely.get_coordinates(shapely.LineString([(104.6, -4.0), (104.6, -4.6)]).segmentize(0.002))
    found = locator.places(outer[:, 0], outer[:, 1])
    away_m = found.offshore_m[(found.index >= 0) & (found.offshore_m > 0)]
    assert len(away_m) > 0
    assert away_m.max() <= OVERLAND_MAX_M


@given(st.floats(WEST - 1, EAST + 1), st.floats(SOUTH - 1, NORTH + 1))
def test_one_point_and_many_give_the_same(lon: float, lat: float) -> None:
    alone, among = _LOCATOR.place(lon, lat), _LOCATOR.places([lon, 105.0], [lat, -5.0])[0]
    assert (alone is None) == (among is None)
    if alone and among:
        assert alone.district == among.district
        assert alone.offshore_m == pytest.approx(among.offshore_m, abs=1e-6)


_LOCATOR = locator_of(bundled())


def test_a_point_is_measured_against_a_few_segments_of_the_border_alone(locator: Locator) -> None:
    for border in (locator._shore, locator._frontier):
        assert len(border._lengths) > 600
        assert np.diff(border._starts).max() < 40
