"""Lengths and areas on the earth for coordinates in degrees; nothing here knows an area's name."""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG); within 0.3 % of the ellipsoid at these latitudes


def area_km2(geometries: Sequence[BaseGeometry] | NDArray[np.object_]) -> NDArray[np.float64]:
    """Areas on the WGS 84 ellipsoid, by an equal-area projection."""
    flat = _equal_area()

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(flat.transform(points[:, 0], points[:, 1]))

    projected = shapely.transform(np.asarray(geometries, dtype=object), project)
    return np.asarray(shapely.area(projected) / 1e6, dtype=np.float64)


@cache
def _equal_area() -> Transformer:
    return Transformer.from_crs("EPSG:4326", "+proj=cea +lat_ts=-5 +lon_0=105 +ellps=WGS84", always_xy=True)


def great_circle_m(lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike) -> NDArray[np.float64]:
    """Great-circle distances (haversine) between points or arrays of points."""
    lambda_a, phi_a, lambda_b, phi_b = (np.radians(value) for value in (lon_a, lat_a, lon_b, lat_b))
    half = np.sin((phi_b - phi_a) / 2) ** 2 + np.cos(phi_a) * np.cos(phi_b) * np.sin((lambda_b - lambda_a) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half)), dtype=np.float64)


def distance_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """The same for two points, without the cost of arrays."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half = (
        math.sin((phi_b - phi_a) / 2) ** 2
        + math.cos(phi_a) * math.cos(phi_b) * math.sin(math.radians(lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(half))


def label_point(geometry: BaseGeometry) -> tuple[float, float]:
    """Where a name stands: the point farthest from the border (pole of inaccessibility), to about 20 m."""
    radius = shapely.maximum_inscribed_circle(np.array([geometry]), tolerance=0.0002)
    lon, lat = shapely.get_coordinates(radius)[0]
    return round(float(lon), 6), round(float(lat), 6)
