"""Points to areas: which district, regency, Polres and Kodim a place lies in.

A border belongs to the area with the lower code, so every point has one answer. A point outside the province goes
to the nearest area when it is near enough, and says how far out it is: boats and small islands up to the limit of
the territorial sea, neighbouring land only as far as an indicative border may be wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.areas import Area, Areas
from geo.coast import Coast
from geo.jurisdictions import jurisdiction_of
from geo.raster import NOBODY, Indices, Raster

OFFSHORE_MAX_M = 22_224.0  # 12 nautical miles: the territorial sea
OVERLAND_MAX_M = 2_000.0  # the bundled borders were thinned: official ones run up to about this far from them
MARGIN_DEG = 0.25  # the grid reaches this far out, more than OFFSHORE_MAX_M
BATCH = 65536  # points at a time: the working arrays stay in the processor's cache

GROUND = Path(__file__).parent / "data" / "ground.geojson"


@dataclass(frozen=True, slots=True)
class Place:
    district: str | None
    regency: str | None
    polres: str | None
    kodim: str | None
    offshore_m: float = 0.0  # 0 inside the area, else the distance to it


@dataclass(frozen=True, slots=True)
class Places:
    """Answers for many points at once; reading one gives the same `Place` that asking for it alone would."""

    areas: tuple[Place, ...]  # each district's own place
    index: Indices  # of each point's district in `areas`, -1 for none
    offshore_m: NDArray[np.float64]  # 0 inside, inf where there is none

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, number: int) -> Place | None:
        which = int(self.index[number])
        return None if which < 0 else _at(self.areas[which], float(self.offshore_m[number]))

    def __iter__(self) -> Iterator[Place | None]:
        return (self[number] for number in range(len(self)))

    def codes(self, level: str) -> NDArray[np.object_]:
        """The code of each point at "district", "regency", "polres" or "kodim"; None outside."""
        names = np.array([getattr(place, level) for place in self.areas] + [None], dtype=object)
        return names[self.index]


class Locator:
    """Answers for one set of boundaries."""

    def __init__(self, areas: Areas) -> None:
        finest = areas.at("district") or areas.at("regency")
        self._outlines = np.array([area.geometry for area in finest], dtype=object)
        self._places = tuple(_place(area) for area in finest)
        self._neighbours = len(finest)  # the raster's index of land that is not ours
        west, south, east, north = shapely.total_bounds(self._outlines).tolist()
        box = (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
        self._shore = Coast(self._outlines, OFFSHORE_MAX_M)
        self._frontier = Coast(self._outlines, OVERLAND_MAX_M)
        self._raster = Raster(np.append(self._outlines, [_ground()]), box)

    def place(self, lon: float, lat: float) -> Place | None:
        """Where the point lies; None when no area is within the stated distance."""
        inside = self._raster.owner(lon, lat)
        if 0 <= inside < self._neighbours:
            return self._places[inside]
        border = self._shore if inside == NOBODY else self._frontier
        nearest, away_m = border.nearest_one(lon, lat)
        return _at(self._places[nearest], away_m) if nearest >= 0 else None

    def places(self, lons: ArrayLike, lats: ArrayLike) -> Places:
        """The same for arrays of points."""
        lon, lat = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        index = self._raster.owners(lon, lat)
        offshore_m = np.zeros(len(index))
        for here, border in ((NOBODY, self._shore), (self._neighbours, self._frontier)):
            outside = np.flatnonzero(index == here)
            for start in range(0, len(outside), BATCH):
                part = outside[start : start + BATCH]
                index[part], offshore_m[part] = border.nearest(lon[part], lat[part])
        return Places(self._places, index, offshore_m)


@lru_cache(maxsize=2)
def locator_of(areas: Areas) -> Locator:
    """The one locator of these boundaries: building another takes half a second."""
    return Locator(areas)


def _place(area: Area) -> Place:
    regency = area.regencies[0]
    district = area.code if area.level == "district" else None
    return Place(district, regency, jurisdiction_of("polres", regency), jurisdiction_of("kodim", regency))


def _at(place: Place, offshore_m: float) -> Place:
    return replace(place, offshore_m=offshore_m) if offshore_m else place


def _ground() -> shapely.Geometry:
    (feature,) = orjson.loads(GROUND.read_bytes())["features"]
    return shapely.geometry.shape(feature["geometry"])
