"""Where simulated patrols go: the places of each Polres and Kodim, and the straight ways between them on land.

Places are the centres of a jurisdiction's districts, each with a few corners around it (seeded, 300 to 1,200 m off)
so that those on foot have somewhere to go. A way is a straight line that stays inside the jurisdiction's outline:
it crosses no sea, but it follows no road either, and rivers and forests do not stop it. The data have no roads.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.areas import Area, Areas
from geo.measure import great_circle_m

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CORNERS = 4
CORNER_M = (300.0, 1_200.0)
#: A vehicle's next place: among this many of the nearest, at least and at most this far.
CHOICES = 12
DRIVE_M = (1_000.0, 35_000.0)
M_PER_DEG = 111_195.0


@dataclass(frozen=True, slots=True)
class Ways:
    """From each place (row) the places that can be reached; `count` says how many of a row's cells are used."""

    to: Ints
    count: Ints

    def choose(self, places: Ints, chance: Floats) -> Ints:
        """A next place for each of `places`, by `chance` in [0, 1). A place without ways stays where it is."""
        column = np.floor(chance * self.count[places]).astype(np.int64)
        return np.where(self.count[places] > 0, self.to[places, column], places)


@dataclass(frozen=True, slots=True)
class Beats:
    """All places of all jurisdictions in one row, with the ways for vehicles and for those on foot."""

    jurisdictions: tuple[Area, ...]
    lon: Floats
    lat: Floats
    owner: Ints  # index into `jurisdictions`
    drive: Ways
    walk: Ways

    def places_of(self, jurisdiction: int, *, on_foot: bool) -> Ints:
        """A jurisdiction's places from which there is somewhere to go; all of them where there is none."""
        own = np.flatnonzero(self.owner == jurisdiction)
        ways = self.walk if on_foot else self.drive
        useful = own[ways.count[own] > 0]
        return useful if useful.size else own


def draw(areas: Areas, rng: np.random.Generator) -> Beats:
    """The beats of every Polres and Kodim of `areas`."""
    jurisdictions = (*areas.at("polres"), *areas.at("kodim"))
    points: list[Floats] = []
    owner: list[int] = []
    cluster: list[int] = []
    for index, jurisdiction in enumerate(jurisdictions):
        for middle in _centres(areas, jurisdiction):
            found = _on_land(jurisdiction, _corners(middle, rng))
            points.append(found)
            owner.extend([index] * len(found))
            cluster.extend([len(points)] * len(found))
    places = np.vstack(points)
    drive, walk = _ways(jurisdictions, places, np.array(owner), np.array(cluster))
    return Beats(jurisdictions, places[:, 0], places[:, 1], np.array(owner), drive, walk)


def on_land(jurisdiction: Area, start: Floats, end: Floats) -> NDArray[np.bool_]:
    """Which of the straight lines from `start` to `end` (rows of lon, lat) stay inside the jurisdiction."""
    lines = shapely.linestrings(np.stack(np.broadcast_arrays(start, end), axis=1))
    shapely.prepare(jurisdiction.geometry)
    return np.asarray(shapely.covers(jurisdiction.geometry, lines))


def _centres(areas: Areas, jurisdiction: Area) -> list[tuple[float, float]]:
    districts = areas.children(jurisdiction.code)
    return [area.place for area in districts or (areas.get(code) for code in jurisdiction.regencies)]


def _corners(middle: tuple[float, float], rng: np.random.Generator) -> Floats:
    turn = rng.uniform(0, 2 * np.pi, CORNERS)
    away_deg = rng.uniform(*CORNER_M, CORNERS) / M_PER_DEG
    around = np.column_stack([np.sin(turn) / np.cos(np.radians(middle[1])), np.cos(turn)]) * away_deg[:, None]
    return np.vstack([middle, middle + around])


def _on_land(jurisdiction: Area, points: Floats) -> Floats:
    keep = shapely.covers(jurisdiction.geometry, shapely.points(points))
    return points[np.asarray(keep)]


def _ways(jurisdictions: Sequence[Area], places: Floats, owner: Ints, cluster: Ints) -> tuple[Ways, Ways]:
    drive: list[Ints] = []
    walk: list[Ints] = []
    for index, jurisdiction in enumerate(jurisdictions):
        own = np.flatnonzero(owner == index)
        for place in own.tolist():
            away_m = great_circle_m(places[place, 0], places[place, 1], places[own, 0], places[own, 1])
            far = own[(away_m >= DRIVE_M[0]) & (away_m <= DRIVE_M[1]) & (cluster[own] != cluster[place])]
            nearest = far[np.argsort(away_m[np.isin(own, far)])][:CHOICES]
            beside = own[(cluster[own] == cluster[place]) & (own != place)]
            walk.append(_reachable(jurisdiction, places, place, beside))
            found = _reachable(jurisdiction, places, place, nearest)
            drive.append(found if found.size else walk[-1])
    return _padded(drive), _padded(walk)


def _reachable(jurisdiction: Area, places: Floats, place: int, others: Ints) -> Ints:
    return others[on_land(jurisdiction, places[place], places[others])] if others.size else others


def _padded(rows: Sequence[Ints]) -> Ways:
    count = np.array([len(row) for row in rows])
    to = np.zeros((len(rows), max(1, int(count.max(initial=0)))), dtype=np.int64)
    for index, row in enumerate(rows):
        to[index, : len(row)] = row
    return Ways(to, count)
