"""The single border segments of outlines, and who shares them.

In a coverage every inner segment stands twice, once on each side; everything here follows from counting.
"""

from collections import defaultdict

import numpy as np
import shapely
from numpy.typing import NDArray

# Six decimals (0.11 m) is what the files hold, so what is checked here is what is written and read again.
GRID_DEG = 1e-6

Geometries = NDArray[np.object_]


def shared_borders(faces: Geometries) -> list[dict[int, float]]:
    """For each face its neighbours and the length in degrees of the border with each; faces must be noded."""
    segments, face_of_segment = _segments(faces)
    order = np.lexsort(segments.T)
    twins = np.flatnonzero((segments[order][1:] == segments[order][:-1]).all(axis=1))
    lengths = np.hypot(*(segments[:, :2] - segments[:, 2:]).T) * GRID_DEG
    borders: list[dict[int, float]] = [defaultdict(float) for _ in faces]
    for first, second in zip(order[twins].tolist(), order[twins + 1].tolist(), strict=True):
        left, right = int(face_of_segment[first]), int(face_of_segment[second])
        borders[left][right] += float(lengths[first])
        borders[right][left] += float(lengths[first])
    return borders


def outer_segments(outlines: Geometries) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """Segments that only one outline of the coverage has, as x, y, x, y in units of the grid, and that outline."""
    segments, outline_of_segment = _segments(outlines)
    distinct, first, count = np.unique(segments, axis=0, return_index=True, return_counts=True)
    return distinct[count == 1], outline_of_segment[first[count == 1]]


def _segments(faces: Geometries) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
    """All border segments in units of the grid, lower end first so that twins are equal, and the face of each."""
    points, face_of_segment = border_segments(faces)
    starts, ends = np.split(np.rint(points / GRID_DEG).astype(np.int64), 2, axis=1)
    swap = (starts[:, 0] > ends[:, 0]) | ((starts[:, 0] == ends[:, 0]) & (starts[:, 1] > ends[:, 1]))
    segments = np.where(swap[:, None], np.hstack([ends, starts]), np.hstack([starts, ends]))
    return segments, face_of_segment


def border_segments(outlines: Geometries) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Every segment of every ring as x, y, x, y, and the outline that it belongs to."""
    parts, outline_of_part = shapely.get_parts(outlines, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)  # passes over multipolygons, hence the parts
    points, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    same_ring = ring_of_point[1:] == ring_of_point[:-1]
    segments = np.hstack([points[:-1][same_ring], points[1:][same_ring]])
    return segments, outline_of_part[part_of_ring[ring_of_point[:-1][same_ring]]]
