"""Turns polygons that were drawn one by one into a coverage: neighbours that share their border exactly.

Boundary files overlap their neighbours and leave gaps because each area was simplified by itself. Here all
borders are cut at each other, every face between them gets one owner, and the faces are put together again.
It refuses to move a line: a repaired border is always one of the lines that the source drew (to 0.1 m).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import area_km2
from geo.segments import GRID_DEG, Geometries, shared_borders


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
    owners = _sole_owners(claims)
    _give_to_the_covered(owners, claims, shapely.area(sources))
    _assign(owners, faces, claims, frozen=too_large)
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


def dissolve_by(parts: Sequence[BaseGeometry], keys: Sequence[str]) -> dict[str, BaseGeometry]:
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


def nest(inner: Mapping[str, BaseGeometry], outer: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """The inner areas recut so that each lies in the outer area whose code its own begins with, leaving no gap."""
    insides = polygonal(np.array(list(inner.values()), dtype=object))
    outsides = polygonal(np.array(list(outer.values()), dtype=object))
    faces = faces_between(np.append(shapely.boundary(insides), shapely.boundary(outsides)))
    codes, homes = list(inner), list(outer)
    members = {home: [number for number, code in enumerate(codes) if code.startswith(home)] for home in homes}
    claims: list[list[int]] = [[] for _ in faces]
    nobody = np.ones(len(faces), dtype=bool)
    for face, (within, around) in enumerate(zip(_claims(faces, insides), _claims(faces, outsides), strict=True)):
        if around:
            mine = members[homes[around[0]]]
            claims[face] = [number for number in within if number in mine] or mine
            nobody[face] = False
    owners = _sole_owners(claims)
    _assign(owners, faces, claims, frozen=nobody)
    return dict(zip(codes, dissolve(faces, owners, len(codes)), strict=True))


def absorb_crumbs(
    outlines: Mapping[str, BaseGeometry], below_km2: float, *, prefix: int = 0
) -> tuple[dict[str, BaseGeometry], int]:
    """Pieces cut off from the rest of their area and smaller than this, given to the neighbour around them that
    shares the first `prefix` letters of their code; islands stay. Also how many there were."""
    pieces = [(code, part) for code, outline in outlines.items() for part in shapely.get_parts(outline)]
    parts = np.array([part for _, part in pieces], dtype=object)
    sizes_km2 = area_km2(parts)
    largest = {code: max(sizes_km2[n] for n, (owner, _) in enumerate(pieces) if owner == code) for code in outlines}
    owners = [code for code, _ in pieces]
    for number, borders in enumerate(shared_borders(parts)):
        code = pieces[number][0]
        near = {other: length for other, length in borders.items() if pieces[other][0][:prefix] == code[:prefix]}
        if near and sizes_km2[number] < min(below_km2, largest[code]):
            owners[number] = pieces[max(near, key=lambda other: near[other])][0]
    moved = sum(owner != code for owner, (code, _) in zip(owners, pieces, strict=True))
    merged = dissolve_by(list(parts), owners)
    return {code: merged[code] for code in outlines}, moved


def _sole_owners(claims: list[list[int]]) -> NDArray[np.intp]:
    return np.array([claim[0] if len(claim) == 1 else -1 for claim in claims], dtype=np.intp)


def _assign(
    owners: NDArray[np.intp], faces: Geometries, claims: list[list[int]], *, frozen: NDArray[np.bool_]
) -> None:
    """Gives each open face to the claimant (in a gap: anybody) that has the longest common border with it."""
    borders = shared_borders(faces)
    waiting = [face for face in np.flatnonzero(owners < 0).tolist() if not frozen[face]]
    while waiting:
        choices = {face: _longest(borders[face], owners, claims[face]) for face in waiting}
        settled = {face: owner for face, owner in choices.items() if owner is not None}
        if not settled:  # islands that several claim and that touch nothing of theirs
            settled = {face: claims[face][0] for face in waiting if claims[face]}
            if not settled:
                break
        for face, owner in settled.items():
            owners[face] = owner
        waiting = [face for face in waiting if face not in settled]


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
