"""The nearest area to a point outside all of them, and how far it is: boats, piers, and islands not on the map.

The outer border is cut into segments; for every grid cell near it the segments that can be nearest to any
point of the cell are listed once, and only those are measured.
"""

import math

import numpy as np
import shapely

from geo.measure import distance_m, great_circle_m
from geo.raster import Floats, Indices, expand
from geo.segments import GRID_DEG, Geometries, outer_segments

CELL_DEG = 0.01
METRES_PER_DEG = 111_195.0  # on the sphere that great_circle_m measures on


class Coast:
    """The outer border of a coverage; answers up to `reach_m` from it."""

    def __init__(self, outlines: Geometries, reach_m: float) -> None:
        segments, self._owners = outer_segments(outlines)
        lats = segments[:, 1::2] * GRID_DEG
        self._squeeze = math.cos(math.radians(float(lats.mean())))  # so that a degree is as long both ways
        self._reach_m = reach_m
        ends = (segments * GRID_DEG * (self._squeeze, 1, self._squeeze, 1)).T
        self._segments: Floats = np.vstack([ends[:2], ends[2:] - ends[:2]])  # x, y, dx, dy; one row each
        self._lengths: Floats = (self._segments[2:] ** 2).sum(axis=0)
        self._plain: list[list[float]] = self._segments.T.tolist()
        reach = reach_m / METRES_PER_DEG + CELL_DEG
        west, south = np.minimum(ends[:2], ends[2:]).min(axis=1) - reach
        east, north = np.maximum(ends[:2], ends[2:]).max(axis=1) + reach
        self._west, self._south = float(west), float(south)
        self._columns, self._rows = int((east - west) / CELL_DEG) + 1, int((north - south) / CELL_DEG) + 1
        self._starts, self._near = self._candidates(reach)

    def nearest(self, lons: Floats, lats: Floats) -> tuple[Indices, Floats]:
        """For each point the index of the nearest outline and the distance in metres; -1 and inf out of reach."""
        x = lons * self._squeeze
        point, segment = expand(self._starts, self._near, self._cells(x, lats))
        best, share = self._closest(x[point], lats[point], segment, point)
        which, segment = point[best], segment[best]
        spot = self._segments[:2, segment] + share * self._segments[2:, segment]
        metres = great_circle_m(lons[which], lats[which], spot[0] / self._squeeze, spot[1])
        within = metres <= self._reach_m
        owners = np.full(len(lons), -1, dtype=np.intp)
        away_m = np.full(len(lons), np.inf)
        owners[which[within]] = self._owners[segment[within]]
        away_m[which[within]] = metres[within]
        return owners, away_m

    def nearest_one(self, lon: float, lat: float) -> tuple[int, float]:
        """The same for one point, without the cost of arrays."""
        x = lon * self._squeeze
        column, row = (x - self._west) // CELL_DEG, (lat - self._south) // CELL_DEG
        if not (0 <= column < self._columns and 0 <= row < self._rows):
            return -1, math.inf
        cell = int(row) * self._columns + int(column)
        ways = [
            self._way(x, lat, segment)
            for segment in self._near[self._starts[cell] : self._starts[cell + 1]].tolist()
        ]
        if not ways:
            return -1, math.inf
        _, segment, near_x, near_lat = min(ways)
        away_m = distance_m(lon, lat, near_x / self._squeeze, near_lat)
        return (int(self._owners[segment]), away_m) if away_m <= self._reach_m else (-1, math.inf)

    def _way(self, x: float, y: float, segment: int) -> tuple[float, int, float, float]:
        start_x, start_y, along_x, along_y = self._plain[segment]
        length = along_x * along_x + along_y * along_y
        share = min(max(((x - start_x) * along_x + (y - start_y) * along_y) / length, 0.0), 1.0)
        near_x, near_y = start_x + share * along_x, start_y + share * along_y
        return (x - near_x) ** 2 + (y - near_y) ** 2, segment, near_x, near_y

    def _closest(self, x: Floats, y: Floats, segment: Indices, point: Indices) -> tuple[Indices, Floats]:
        """Per point (its pairs stand together) the pair with the shortest way, and the share of its segment."""
        if not len(point):
            return np.zeros(0, dtype=np.intp), np.zeros(0)
        start_x, start_y, along_x, along_y = (values[segment] for values in self._segments)
        x, y = x - start_x, y - start_y
        share = np.clip((x * along_x + y * along_y) / self._lengths[segment], 0, 1)
        away = (x - share * along_x) ** 2 + (y - share * along_y) ** 2
        first = np.flatnonzero(np.diff(point, prepend=-1))
        shortest = np.repeat(np.minimum.reduceat(away, first), np.diff(first, append=len(point)))
        hits = np.flatnonzero(away == shortest)
        best = hits[np.diff(point[hits], prepend=-1) != 0]
        return best, share[best]

    def _cells(self, x: Floats, lats: Floats) -> Indices:
        """The cell of each point; points outside the grid share a last, empty cell."""
        column = np.floor((x - self._west) / CELL_DEG)
        row = np.floor((lats - self._south) / CELL_DEG)
        covered = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        cell = np.where(covered, row * self._columns + column, self._columns * self._rows)
        return cell.astype(np.intp)

    def _candidates(self, reach: float) -> tuple[Indices, Indices]:
        """Segments by cell. Any point of a cell is within r of its centre, so what is nearest to the point is at
        most 2 r farther from the centre than what is nearest to the centre."""
        count = self._columns * self._rows
        number = np.arange(count)
        centres = np.column_stack([number % self._columns, number // self._columns]) + 0.5
        points = np.asarray(shapely.points(centres * CELL_DEG + (self._west, self._south)))
        start, along = self._segments[:2].T, self._segments[2:].T
        lines = np.asarray(shapely.linestrings(np.stack([start, start + along], axis=1)))
        tree = shapely.STRtree(lines)
        (cells, _), away = tree.query_nearest(points, reach, return_distance=True, all_matches=False)
        slack = math.sqrt(2) * CELL_DEG
        cell, segment = tree.query(points[cells], predicate="dwithin", distance=away + slack)
        order = np.lexsort((segment, cells[cell]))
        starts = np.zeros(count + 2, dtype=np.intp)
        np.cumsum(np.bincount(cells[cell], minlength=count + 1), out=starts[1:])
        return starts, segment[order].astype(np.intp)
