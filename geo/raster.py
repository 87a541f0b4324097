"""Answers "which outline is this point in?" from a fine grid, and asks the outline itself only near a border.

Most points of a province lie far from any border, so most answers are one array look-up. Grid cells that a border
crosses keep the list of outlines that meet there, and those few points are tested exactly. It refuses to
approximate: every answer equals the test against all outlines, a border belonging to the lower index.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.segments import Geometries, border_segments

CELL_DEG = 0.0025  # about 280 m: some 6 % of the points on land fall in a cell with a border
NOBODY = -1
MIXED = -2  # a border runs through the cell

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


class Raster:
    """Outlines 0..n-1 over a box; outside the box there is nobody."""

    def __init__(self, outlines: Geometries, bounds: tuple[float, float, float, float]) -> None:
        self._outlines = outlines
        shapely.prepare(outlines)
        self._west, self._south, east, north = bounds
        self._columns = int((east - self._west) / CELL_DEG) + 1
        self._rows = int((north - self._south) / CELL_DEG) + 1
        cells, owners = self._border_cells()
        self._starts, self._candidates = _group(cells, owners, self._columns * self._rows)
        self._kinds = self._fill(cells)

    def owners(self, lons: Floats, lats: Floats) -> Indices:
        """For each point the lowest outline that it is in or on; NOBODY outside all."""
        column = np.floor((lons - self._west) / CELL_DEG)
        row = np.floor((lats - self._south) / CELL_DEG)
        covered = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        cells = np.where(covered, row * self._columns + column, 0).astype(np.intp)
        found = np.where(covered, self._kinds[cells], NOBODY).astype(np.intp)
        mixed = np.flatnonzero(found == MIXED)
        found[mixed] = self._exact(cells[mixed], lons[mixed], lats[mixed])
        return found

    def owner(self, lon: float, lat: float) -> int:
        """The same for one point, without the cost of arrays."""
        column, row = (lon - self._west) // CELL_DEG, (lat - self._south) // CELL_DEG
        if not (0 <= column < self._columns and 0 <= row < self._rows):
            return NOBODY
        cell = int(row) * self._columns + int(column)
        kind = int(self._kinds[cell])
        if kind != MIXED:
            return kind
        for candidate in self._candidates[self._starts[cell] : self._starts[cell + 1]].tolist():
            if shapely.intersects_xy(self._outlines[candidate], lon, lat):
                return int(candidate)
        return NOBODY

    def _exact(self, cells: Indices, lons: Floats, lats: Floats) -> Indices:
        points, candidates = expand(self._starts, self._candidates, cells)
        order = np.argsort(-candidates, kind="stable")  # highest first, so that the lowest has the last word
        points, candidates = points[order], candidates[order]
        found = np.full(len(cells), NOBODY, dtype=np.intp)
        edges = np.flatnonzero(np.diff(candidates)) + 1
        for asked in np.split(np.arange(len(points)), edges):
            if len(asked):
                candidate = candidates[asked[0]]
                here = points[asked]
                inside = shapely.intersects_xy(self._outlines[candidate], lons[here], lats[here])
                found[here[inside]] = candidate
        return found

    def _border_cells(self) -> tuple[Indices, Indices]:
        """Each cell that a border crosses with each outline that the border belongs to, once."""
        lines, outline_of_line = border_segments(self._outlines)
        grid = (lines - (self._west, self._south, self._west, self._south)) / CELL_DEG
        cells, which = crossed(grid[:, :2], grid[:, 2:], self._columns, self._rows)
        owners = outline_of_line[which]
        pairs = np.unique(cells * len(self._outlines) + owners)
        return pairs // len(self._outlines), pairs % len(self._outlines)

    def _fill(self, border_cells: Indices) -> NDArray[np.int16]:
        """No border between two cells of a row means one owner, so only the first of each run is asked."""
        kinds = np.full(self._columns * self._rows, NOBODY, dtype=np.int16)
        mixed = np.zeros(len(kinds), dtype=bool)
        mixed[border_cells] = True
        row_start = np.arange(len(kinds)) % self._columns == 0
        starts = ~mixed & (row_start | np.roll(mixed, 1))
        first = np.flatnonzero(starts)
        centres = np.column_stack([first % self._columns, first // self._columns]) + 0.5
        points = shapely.points(centres * CELL_DEG + (self._west, self._south))
        answers = np.full(len(first), NOBODY, dtype=np.int16)
        asked, owners = shapely.STRtree(self._outlines).query(points, predicate="intersects")[:, ::-1]
        answers[asked] = owners
        kinds[~mixed] = answers[np.cumsum(starts)[~mixed] - 1]
        kinds[mixed] = MIXED
        return kinds


def crossed(starts: Floats, ends: Floats, columns: int, rows: int) -> tuple[Indices, Indices]:
    """Cells that segments (in cell units) pass through or touch, and the segment of each; never a cell outside."""
    swap = starts[:, 0] > ends[:, 0]
    left, right = np.where(swap[:, None], ends, starts), np.where(swap[:, None], starts, ends)
    first = np.clip(np.floor(left[:, 0] - EDGE), 0, columns).astype(np.intp)
    last = np.clip(np.floor(right[:, 0] + EDGE), -1, columns - 1).astype(np.intp)
    segment, column = _ranges(first, last)
    low, high = _heights(left[segment], right[segment], column)
    first = np.clip(np.floor(low - EDGE), 0, rows).astype(np.intp)
    last = np.clip(np.floor(high + EDGE), -1, rows - 1).astype(np.intp)
    which, row = _ranges(first, last)
    return row * columns + column[which], segment[which]


EDGE = 1e-6  # a border this near to a cell's edge, in cells, is counted in both


def _heights(left: Floats, right: Floats, column: Indices) -> tuple[Floats, Floats]:
    """Lowest and highest point of each segment within its column."""
    width = right[:, 0] - left[:, 0]
    slope = np.divide(right[:, 1] - left[:, 1], width, out=np.zeros_like(width), where=width > EDGE)
    enter = left[:, 1] + slope * np.clip(column - left[:, 0], 0, width)
    leave = left[:, 1] + slope * np.clip(column + 1 - left[:, 0], 0, width)
    steep = width <= EDGE
    enter, leave = np.where(steep, left[:, 1], enter), np.where(steep, right[:, 1], leave)
    return np.minimum(enter, leave), np.maximum(enter, leave)


def _ranges(first: Indices, last: Indices) -> tuple[Indices, Indices]:
    """Every whole number from first to last of each item, and the item."""
    counts = np.maximum(last - first + 1, 0)
    item = np.repeat(np.arange(len(first)), counts)
    offset = np.arange(len(item)) - np.repeat(np.cumsum(counts) - counts, counts)
    return item, first[item] + offset


def _group(keys: Indices, values: Indices, count: int) -> tuple[Indices, Indices]:
    """Values by key 0..count-1 as one array with starts; keys must be sorted."""
    starts = np.zeros(count + 1, dtype=np.intp)
    np.cumsum(np.bincount(keys, minlength=count), out=starts[1:])
    return starts, values


def expand(starts: Indices, values: Indices, keys: Indices) -> tuple[Indices, Indices]:
    """For each key its values: position of the key, value."""
    item, at = _ranges(starts[keys], starts[keys + 1] - 1)
    return item, values[at]
