"""Points to areas: which district, regency, Polres and Kodim a place lies in.

A border belongs to the area with the lower code, so every point has one answer. A point outside goes to the nearest
area when it is near enough (at sea: territorial waters), and says how far out it is.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.areas import Areas
from geo.jurisdictions import jurisdiction_of
from geo.measure import great_circle_m

OFFSHORE_MAX_M = 22_224.0  # 12 nautical miles: territorial sea


@dataclass(frozen=True, slots=True)
class Place:
    district: str | None
    regency: str | None
    polres: str | None
    kodim: str | None
    offshore_m: float = 0.0  # 0 inside the area, else the distance to it


class Locator:
    """Answers for one set of boundaries."""

    def __init__(self, areas: Areas) -> None:
        self._areas = areas.at("district") or areas.at("regency")
        self._outlines = np.array([area.geometry for area in self._areas], dtype=object)
        shapely.prepare(self._outlines)
        self._tree = shapely.STRtree(self._outlines)
        self._places = [
            Place(
                area.code if area.level == "district" else None,
                area.regencies[0],
                jurisdiction_of("polres", area.regencies[0]),
                jurisdiction_of("kodim", area.regencies[0]),
            )
            for area in self._areas
        ]

    def place(self, lon: float, lat: float) -> Place | None:
        """Where the point lies; None when no area is within the stated distance."""
        point = shapely.Point(lon, lat)
        inside = self._tree.query(point, predicate="intersects")
        if inside.size:
            return self._places[int(inside.min())]
        nearest = int(self._tree.nearest(point))
        (near_lon, near_lat), _ = shapely.get_coordinates(shapely.shortest_line(self._outlines[nearest], point))
        away_m = float(great_circle_m(lon, lat, near_lon, near_lat))
        if away_m > OFFSHORE_MAX_M:
            return None
        found = self._places[nearest]
        return Place(found.district, found.regency, found.polres, found.kodim, away_m)

    def places(self, lons: ArrayLike, lats: ArrayLike) -> list[Place | None]:
        points: NDArray[np.float64] = np.column_stack([lons, lats]).astype(np.float64)
        return [self.place(lon, lat) for lon, lat in points.tolist()]
