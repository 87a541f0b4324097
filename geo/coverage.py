"""Turns polygons that were drawn one by one into a coverage: neighbours that share their border exactly.

Boundary files overlap their neighbours and leave gaps because each area was simplified by itself. Here all
borders are cut at each other, every face between them gets one owner, and the faces are put together again.
It refuses to move a line: a repaired border is always one of the lines that the source drew (to 0.1 m).
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import area_km2

# Six decimals (0.11 m) is what the files hold, so what is checked here is what is written and read again.
GRID_DEG = 1e-6

Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Repaired:
    """A coverage in the order of the polygons that went in, and what it took to make it one."""

    geometries: Geometries
    overlap_km2: float  # ground that two or more claimed, now given to one of them
    filled_km2: float  # enclosed gaps that were given to the neighbour with the longest border
    open_gaps_km2: tuple[float, ...]  # enclosed gaps too large to be an accident, left open


def repair(polygons: Sequence[BaseGeometry], *, fill_gaps_km2: float = np.inf) -> Repaired:
    """A valid coverage of `polygons`; gaps above `fill_gaps_km2` stay open (a lake, a forest) and are reported."""
    sources = polygonal(np.asarray(polygons, dtype=object))
    faces = faces_between(shapely.boundary(sources))
    sizes_km2 = area_km2(faces)
    claims = _claims(faces, sources)
    overlaps = np.array([len(claim) > 1 for claim in claims], dtype=bool)
    gaps = np.array([not claim for claim in claims], dtype=bool)
    too_large = gaps & (sizes_km2 > fill_gaps_km2)
    owners = _assign(faces, claims, sources, frozen=too_large)
    return Repaired(
        geometries=dissolve(faces, owners, len(sources)),
        overlap_km2=float(sizes_km2[overlaps].sum()),
        filled_km2=float(sizes_km2[gaps & ~too_large].sum()),
        open_gaps_km2=tuple(sorted((float(size) for size in sizes_km2[too_large]), reverse=True)),
    )


def polygonal(geometries: Geometries) -> Geometries:
    """The same areas, valid and with nothing but polygons in them."""
    valid = shapely.make_valid(geometries, method="structure", keep_collapsed=False)
    return shapely.set_precision(valid, GRID_DEG)


def faces_between(lines: Geometries) -> Geometries:
    """Every face that the lines enclose, after cutting all lines at each other."""
    noded = shapely.union_all(lines, grid_size=GRID_DEG)
    return shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))


def dissolve(parts: Geometries, groups: NDArray[np.intp], count: int) -> Geometries:
    """Parts of a coverage put together by group 0..count-1; group -1 belongs to nobody."""
    merged = np.empty(count, dtype=object)
    for group in range(count):
        merged[group] = shapely.coverage_union_all(parts[groups == group])
    return merged


def dissolve_by(parts: Sequence[BaseGeometry], keys: Sequence[Hashable]) -> dict[Hashable, BaseGeometry]:
    """Parts of a coverage put together by key, keys in order of first appearance."""
    names = list(dict.fromkeys(keys))
    numbers = {name: number for number, name in enumerate(names)}
    groups = np.array([numbers[key] for key in keys], dtype=np.intp)
    return dict(zip(names, dissolve(np.asarray(parts, dtype=object), groups, len(names)), strict=True))


def _claims(faces: Geometries, sources: Geometries) -> list[list[int]]:
    """For each face the sources that it lies in, rising."""
    claims: list[list[int]] = [[] for _ in faces]
    inside = shapely.point_on_surface(faces)
    for face, source in shapely.STRtree(sources).query(inside, predicate="intersects").T.tolist():
        claims[face].append(source)
    return [sorted(claim) for claim in claims]


def _assign(
    faces: Geometries, claims: list[list[int]], sources: Geometries, *, frozen: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """One owner a face: the only claimant, else the claimant (in a gap: anybody) with the longest common border."""
    owners = np.array([claim[0] if len(claim) == 1 else -1 for claim in claims], dtype=np.intp)
    _give_to_the_covered(owners, claims, shapely.area(sources))
    borders = shared_borders(faces)
    waiting = [face for face in np.flatnonzero(owners < 0).tolist() if not frozen[face]]
    while waiting:
        choices = {face: _longest(borders[face], owners, claims[face]) for face in waiting}
        settled = {face: owner for face, owner in choices.items() if owner is not None}
        if not settled:  # an island that several claim and that touches nothing of theirs
            settled = {face: claims[face][0] for face in waiting if claims[face]}
            if not settled:
                break
        for face, owner in settled.items():
            owners[face] = owner
        waiting = [face for face in waiting if face not in settled]
    return owners


def _give_to_the_covered(owners: NDArray[np.intp], claims: list[list[int]], sizes: NDArray[np.float64]) -> None:
    """A source wholly under others (a city drawn over its surroundings) keeps its ground, smallest first."""
    covered = set(range(len(sizes))) - set(owners.tolist())
    for face, claim in enumerate(claims):
        hidden = [source for source in claim if source in covered]
        if len(claim) > 1 and hidden:
            owners[face] = min(hidden, key=lambda source: (sizes[source], source))


def _longest(borders: dict[int, float], owners: NDArray[np.intp], claim: list[int]) -> int | None:
    lengths: dict[int, float] = defaultdict(float)
    for face, length in borders.items():
        owner = int(owners[face])
        if owner >= 0 and (not claim or owner in claim):
            lengths[owner] += length
    return max(lengths, key=lambda owner: (lengths[owner], -owner)) if lengths else None


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
