"""Any heap of polygons becomes a coverage that claims the same ground."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo.coverage import absorb_crumbs, nest, repair
from geo.segments import outer_segments


@st.composite
def heaps(draw: st.DrawFn) -> list[BaseGeometry]:
    def number(low: int, high: int) -> float:
        return draw(st.integers(low, high)) / 100

    shapes: list[BaseGeometry] = []
    for _ in range(draw(st.integers(1, 6))):
        west, south = 105 + number(0, 60), -5 + number(0, 60)
        box = shapely.box(west, south, west + number(5, 40), south + number(5, 40))
        shapes.append(shapely.affinity.rotate(box, draw(st.integers(0, 89))))
    return shapes


@settings(max_examples=60)
@given(heaps())
def test_a_heap_becomes_a_coverage_of_the_same_ground(heap: list[BaseGeometry]) -> None:
    repaired = repair(heap)
    outlines = [outline for outline in repaired.geometries if not outline.is_empty]
    assert shapely.is_valid(outlines).all()
    assert shapely.coverage_is_valid(outlines)
    ground = shapely.union_all(heap)
    filled = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(ground)])
    assert sum(outline.area for outline in outlines) == pytest.approx(filled.area, rel=1e-4)


def test_what_is_a_coverage_already_stays_as_it_is() -> None:
    left, right = shapely.box(105, -5, 105.5, -4.5), shapely.box(105.5, -5, 106, -4.5)
    repaired = repair([left, right])
    assert (repaired.overlap_km2, repaired.filled_km2) == (0, 0)
    assert shapely.equals(repaired.geometries[0], left)
    assert shapely.equals(repaired.geometries[1], right)


def test_an_overlap_goes_to_the_one_it_lies_deeper_in() -> None:
    wide, thin = shapely.box(105, -5, 105.5, -4.5), shapely.box(105.4, -4.9, 106, -4.6)
    repaired = repair([wide, thin])
    assert repaired.overlap_km2 == pytest.approx(0.1 * 0.3 * 111.2**2, rel=0.02)
    assert shapely.equals(repaired.geometries[0] | repaired.geometries[1], wide | thin)


def test_a_city_drawn_over_its_surroundings_keeps_its_ground() -> None:
    country, city = shapely.box(105, -5, 106, -4), shapely.box(105.4, -4.6, 105.6, -4.4)
    repaired = repair([country, city])
    assert shapely.equals(repaired.geometries[1], city)
    assert repaired.geometries[0].area == pytest.approx(1 - 0.04)


def test_a_lake_stays_open_and_is_reported() -> None:
    around = shapely.box(105, -5, 106, -4) - shapely.box(105.4, -4.6, 105.6, -4.4)
    repaired = repair([around], fill_gaps_km2=100)
    assert repaired.open_gaps_km2 == pytest.approx((0.04 * 111.2**2,), rel=0.02)
    assert repaired.geometries[0].area == pytest.approx(0.96)
    assert repair([around]).geometries[0].area == pytest.approx(1.0)


def test_an_outline_that_crosses_itself_is_mended() -> None:
    bow = shapely.Polygon([(105, -5), (106, -4), (106, -5), (105, -4)])
    repaired = repair([bow])
    assert shapely.is_valid(repaired.geometries).all()
    assert repaired.geometries[0].area == pytest.approx(0.5)


def test_nesting_recuts_the_inner_areas() -> None:
    outer = {"1": shapely.box(105, -5, 105.5, -4), "2": shapely.box(105.5, -5, 106, -4)}
    inner = {
        "11": shapely.box(105, -5, 105.6, -4.5),  # reaches into 2
        "12": shapely.box(105, -4.5, 105.4, -4.1),  # leaves a gap in 1
        "21": shapely.box(105.6, -5, 106, -4),
    }
    nested = nest(inner, outer)
    assert shapely.coverage_is_valid(list(nested.values()))
    assert shapely.equals(nested["11"] | nested["12"], outer["1"])
    assert shapely.equals(nested["21"], outer["2"])


def test_a_crumb_goes_to_the_neighbour_around_it_and_an_island_stays() -> None:
    crumb = shapely.box(105.2, -4.8, 105.21, -4.79)
    island = shapely.box(107, -5, 107.01, -4.99)
    outlines = {
        "11": shapely.union_all([shapely.box(106, -5, 106.5, -4.5), crumb, island]),
        "12": shapely.box(105, -5, 105.5, -4.5) - crumb,
    }
    absorbed, moved = absorb_crumbs(outlines, 5)
    assert moved == 1
    assert shapely.equals(absorbed["12"], shapely.box(105, -5, 105.5, -4.5))
    assert absorbed["11"].intersects(island)
    kept, moved = absorb_crumbs({"11": outlines["11"], "22": outlines["12"]}, 5, prefix=1)
    assert moved == 0
    assert shapely.equals(kept["22"], outlines["12"])


def test_outer_segments_are_those_that_stand_once() -> None:
    pair = np.array([shapely.box(105, -5, 105.5, -4.5), shapely.box(105.5, -5, 106, -4.5)], dtype=object)
    segments, owners = outer_segments(pair)
    assert len(segments) == 6
    assert sorted(owners.tolist()) == [0, 0, 0, 1, 1, 1]
