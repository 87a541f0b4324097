"""Who is near: nearest units to a point, units within an area, distance to a border, areas without a unit.

Distances are great-circle metres "as the crow flies", never travel time: roads are not known here. A unit whose
position is unknown has nan for it and is never near to anything.
"""

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.areas import Area, AreaLevel, Areas
from geo.locate import Places
from geo.measure import great_circle_m

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


def nearest(
    lon: float, lat: float, lons: ArrayLike, lats: ArrayLike, *, k: int, within_m: float = np.inf
) -> tuple[Indices, Floats]:
    """Positions in the arrays of the k nearest units, nearest first, and their distances."""
    metres = great_circle_m(lon, lat, lons, lats)
    candidates = np.flatnonzero(metres <= within_m)  # nan compares false
    if len(candidates) > k > 0:
        limit_m = np.partition(metres[candidates], k - 1)[k - 1]
        candidates = candidates[metres[candidates] <= limit_m]
    order = np.argsort(metres[candidates], kind="stable")[: max(k, 0)]
    return candidates[order], metres[candidates[order]]


def within(area: Area, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.bool_]:
    """Which units are in an area or on its border, by its outline."""
    lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    west, south, east, north = area.geometry.bounds
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    near = np.flatnonzero(inside)
    shapely.prepare(area.geometry)
    inside[near] = shapely.intersects_xy(area.geometry, lon[near], lat[near])
    return np.asarray(inside, dtype=np.bool_)


def border_m(area: Area, lons: ArrayLike, lats: ArrayLike) -> Floats:
    """Distance from each point to the area's border, from inside as from outside."""
    lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    squeeze = np.array([np.cos(np.radians(area.label[1])), 1.0])  # so that a degree is as long both ways
    border = shapely.transform(area.geometry.boundary, lambda points: points * squeeze)
    shapely.prepare(border)
    metres = np.full(len(lon), np.nan)
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    points = np.column_stack([lon[known], lat[known]])
    ways = shapely.shortest_line(border, shapely.points(points * squeeze))
    spots = shapely.get_coordinates(ways)[::2] / squeeze
    metres[known] = great_circle_m(points[:, 0], points[:, 1], spots[:, 0], spots[:, 1])
    return metres


def without_unit(areas: Areas, level: AreaLevel, places: Places) -> tuple[Area, ...]:
    """Areas of a level in which none of the located units is; a unit offshore counts for its area."""
    if level == "province":
        return () if (places.index >= 0).any() else areas.at(level)
    held = set(places.codes(level).tolist())
    return tuple(area for area in areas.at(level) if area.code not in held)
