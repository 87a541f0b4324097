"""Where a report belongs: a point to its district, regency, Polres and Kodim, or an area's code to its centre."""

from typing import NamedTuple

from feeds.inputs import Problem, excerpt
from geo.areas import Areas, UnknownArea
from geo.jurisdictions import jurisdiction_of
from geo.locate import Locator

#: A report may lie this far outside the province's bounds: coastal waters, roads across the border.
MARGIN_DEG = 0.5


class Placed(NamedTuple):
    """A report's place: degrees, how it was found, and the areas that it lies in (None where in none)."""

    lon: float
    lat: float
    located: str
    regency: str | None
    district: str | None
    polres: str | None
    kodim: str | None


class Placing:
    """Gives places to reports, from one set of boundaries."""

    def __init__(self, areas: Areas, locator: Locator) -> None:
        self.areas = areas
        self.locator = locator
        west, south, east, north = areas.get("18").geometry.bounds
        self.bounds = (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)

    def place(self, lon: float | None, lat: float | None, area: str | None) -> Placed | Problem:
        """The place named by a point or by an area code (not both), or what is wrong with it."""
        if area is not None:
            if lon is not None or lat is not None:
                return Problem("area", excerpt(area), "give either lon and lat, or area, not both")
            return self._in_area(area)
        if lon is None or lat is None:
            missing = "lon" if lon is None else "lat"
            return Problem(
                missing, "(missing)", "give lon and lat in degrees, or area, a district's or regency's code"
            )
        return self._at_point(lon, lat)

    def _at_point(self, lon: float, lat: float) -> Placed | Problem:
        west, south, east, north = self.bounds
        if not west <= lon <= east:
            return Problem("lon", str(lon), self._outside("longitude", west, east, swapped=west <= lat <= east))
        if not south <= lat <= north:
            return Problem("lat", str(lat), self._outside("latitude", south, north, swapped=False))
        lon, lat = round(lon, 6), round(lat, 6)
        place = self.locator.place(lon, lat)
        if place is None:
            return Placed(lon, lat, "point", None, None, None, None)
        return Placed(lon, lat, "point", place.regency, place.district, place.polres, place.kodim)

    def _outside(self, axis: str, low: float, high: float, *, swapped: bool) -> str:
        hint = "; lon and lat look swapped" if swapped else ""
        return f"outside Lampung: {axis} must be between {low:.2f} and {high:.2f} degrees{hint}"

    def _in_area(self, code: str) -> Placed | Problem:
        try:
            area = self.areas.get(code)
        except UnknownArea as error:
            return Problem("area", excerpt(code), str(error))
        if area.level not in ("regency", "district"):
            return Problem("area", excerpt(code), "an incident is placed in a regency or a district, such as 1806")
        lon, lat = area.place
        regency = area.regencies[0]
        return Placed(
            lon=round(lon, 6),
            lat=round(lat, 6),
            located="area",
            regency=regency,
            district=area.code if area.level == "district" else None,
            polres=jurisdiction_of("polres", regency),
            kodim=jurisdiction_of("kodim", regency),
        )
