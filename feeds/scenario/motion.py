"""How simulated units move: legs between places at a constant speed, stops, the way to an incident and back.

Columns of numpy arrays, one row a unit. A leg is a straight line with a start and an end in space and in time, so
where a unit is at a moment is arithmetic; nothing is stepped along.
"""

from enum import IntEnum

import numpy as np

from feeds.scenario.beats import Beats, Floats, Ints
from feeds.scenario.roster import FOOT, KINDS
from geo.measure import great_circle_m

STOP_MS = (60_000, 420_000)
#: Units set out within this time of the start, each at a moment of its own.
FIRST_STOP_MS = 60_000
#: After a leg a unit stops this often, else it goes on at once; and a stop is a rest this often.
STOP_CHANCE = 0.7
REST_CHANCE = 0.2
HURRY_KMH = (40.0, 60.0)
#: A unit that nobody releases leaves its incident by itself after this long.
STAY_MS = 30 * 60_000
#: How far in the past a leg may begin when a unit is looked at late (it was silent, or the machine slept).
LATE_MS = 15_000
MS_PER_H = 3_600_000.0


class Mode(IntEnum):
    """What a unit is doing; a stop is STANDBY or REST."""

    LEG = 0
    STANDBY = 1
    REST = 2
    RESPOND = 3
    SCENE = 4
    RETURN = 5


class Motion:
    """Where each unit is and where it is going."""

    def __init__(
        self, beats: Beats, jurisdiction: Ints, kind: Ints, rng: np.random.Generator, start_ms: int
    ) -> None:
        n = len(kind)
        self._rng, self._beats, self._kind = rng, beats, kind
        self._on_foot = kind == FOOT
        self._kmh_range = np.array([of.speed_kmh for of in KINDS])
        self._place = np.array([self._first_place(j, k) for j, k in zip(jurisdiction, kind, strict=True)], np.int64)
        self._goal = self._place.copy()
        self._from = self._points(self._place)
        self._to = self._from.copy()
        self._left = self._from.copy()
        self._depart_ms = np.full(n, start_ms, np.int64)
        self._arrive_ms = start_ms + rng.integers(0, FIRST_STOP_MS, n)
        self.mode = np.full(n, Mode.STANDBY, np.int64)
        self.kmh = np.zeros(n)

    def where(self, units: Ints, at_ms: Ints) -> Floats:
        """Lon, lat of each unit (rows) at its moment."""
        took_ms = np.maximum(1, self._arrive_ms[units] - self._depart_ms[units])
        done = np.clip((at_ms - self._depart_ms[units]) / took_ms, 0.0, 1.0)[:, None]
        point: Floats = self._from[units] + (self._to[units] - self._from[units]) * done
        return point

    def heading_deg(self, units: Ints) -> Floats:
        """Course over ground; meaningless while a unit stands."""
        east, north = (self._to[units] - self._from[units]).T
        turn: Floats = np.degrees(np.arctan2(east * np.cos(np.radians(self._from[units][:, 1])), north)) % 360.0
        return turn

    def advance(self, units: Ints, at_ms: Ints) -> Ints:
        """Takes units whose leg or stop is over to what comes next; those that have now come to an incident."""
        over = self._arrive_ms[units] <= at_ms
        units, at_ms = units[over], at_ms[over]
        mode = self.mode[units].copy()
        begin_ms = np.maximum(self._arrive_ms[units], at_ms - LATE_MS)
        self._end_legs(units, mode, begin_ms)
        self._end_returns(units[mode == Mode.RETURN], begin_ms[mode == Mode.RETURN])
        stopped = (mode == Mode.STANDBY) | (mode == Mode.REST)
        self._leave(units[stopped], begin_ms[stopped])
        self.go_back(units[mode == Mode.SCENE], begin_ms[mode == Mode.SCENE])
        come: Ints = units[mode == Mode.RESPOND]
        self._stand(come, begin_ms[mode == Mode.RESPOND], STAY_MS, Mode.SCENE)
        return come

    def respond(self, unit: int, target: Floats, now_ms: int) -> None:
        """Sends one unit straight to `target` (lon, lat) from where it is."""
        row, at_ms = np.array([unit]), np.array([now_ms])
        self._left[row] = self.where(row, at_ms)
        kmh = self._rng.uniform(*HURRY_KMH, 1)
        self._go(row, self._left[row], target[None, :], kmh, at_ms, Mode.RESPOND)

    def go_back(self, units: Ints, at_ms: Ints) -> None:
        """Back to where a unit was sent from; that way is known to be on land."""
        self._go(units, self.where(units, at_ms), self._left[units], self._speed(units), at_ms, Mode.RETURN)

    def _end_legs(self, units: Ints, mode: Ints, begin_ms: Ints) -> None:
        ended = mode == Mode.LEG
        units, begin_ms = units[ended], begin_ms[ended]
        self._place[units] = self._goal[units]
        stops = self._rng.random(units.size) < STOP_CHANCE
        self._leave(units[~stops], begin_ms[~stops])
        self._stop(units[stops], begin_ms[stops])

    def _end_returns(self, units: Ints, begin_ms: Ints) -> None:
        start, goal = self._left[units], self._points(self._goal[units])
        self._go(units, start, goal, self._speed(units), begin_ms, Mode.LEG)

    def _leave(self, units: Ints, begin_ms: Ints) -> None:
        chance = self._rng.random(units.size)
        places = self._place[units]
        walk, drive = self._beats.walk.choose(places, chance), self._beats.drive.choose(places, chance)
        goal = np.where(self._on_foot[units], walk, drive)
        stuck = goal == places
        self._stop(units[stuck], begin_ms[stuck])
        units, goal, begin_ms = units[~stuck], goal[~stuck], begin_ms[~stuck]
        self._goal[units] = goal
        start = self._points(self._place[units])
        self._go(units, start, self._points(goal), self._speed(units), begin_ms, Mode.LEG)

    def _stop(self, units: Ints, begin_ms: Ints) -> None:
        rests = self._rng.random(units.size) < REST_CHANCE
        self._stand(units, begin_ms, self._rng.integers(*STOP_MS, units.size), Mode.STANDBY)
        self.mode[units[rests]] = Mode.REST

    def _stand(self, units: Ints, begin_ms: Ints, stay_ms: Ints | int, mode: Mode) -> None:
        self._from[units] = self._to[units]
        self._depart_ms[units] = begin_ms
        self._arrive_ms[units] = begin_ms + stay_ms
        self.kmh[units] = 0.0
        self.mode[units] = mode

    def _go(self, units: Ints, start: Floats, end: Floats, kmh: Floats, begin_ms: Ints, mode: Mode) -> None:
        away_m = great_circle_m(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
        self._from[units], self._to[units] = start, end
        self._depart_ms[units] = begin_ms
        self._arrive_ms[units] = begin_ms + np.ceil(away_m / 1000 / kmh * MS_PER_H).astype(np.int64)
        self.kmh[units] = kmh
        self.mode[units] = mode

    def _speed(self, units: Ints) -> Floats:
        low, high = self._kmh_range[self._kind[units]].T
        return np.asarray(self._rng.uniform(low, high))

    def _points(self, places: Ints) -> Floats:
        return np.column_stack([self._beats.lon[places], self._beats.lat[places]])

    def _first_place(self, jurisdiction: int, kind: int) -> int:
        return int(self._rng.choice(self._beats.places_of(int(jurisdiction), on_foot=kind == FOOT)))
