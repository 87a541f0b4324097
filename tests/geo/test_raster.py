import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.raster import crossed

COLUMNS, ROWS = 8, 6
CELLS = [shapely.box(n % COLUMNS, n // COLUMNS, n % COLUMNS + 1, n // COLUMNS + 1) for n in range(COLUMNS * ROWS)]
ends = st.tuples(st.floats(-3, 11), st.floats(-3, 9)) | st.tuples(st.integers(-3, 11), st.integers(-3, 9))


@given(ends, ends)
def test_no_crossed_cell_is_missed(start: tuple[float, float], end: tuple[float, float]) -> None:
    cells, _ = crossed(np.array([start], dtype=float), np.array([end], dtype=float), COLUMNS, ROWS)
    line = shapely.LineString([start, end])
    assert set(np.flatnonzero(shapely.intersects(CELLS, line)).tolist()) <= set(cells.tolist())


def test_a_short_segment_marks_its_own_cell_alone() -> None:
    cells, segments = crossed(np.array([[2.4, 3.4]]), np.array([[2.6, 3.6]]), COLUMNS, ROWS)
    assert cells.tolist() == [3 * COLUMNS + 2]
    assert segments.tolist() == [0]
