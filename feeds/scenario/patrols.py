"""Simulated patrols: who reports what when, and who goes to an incident.

What is simulated, and what is not:

- Units drive or walk in straight lines between the places of their own Polres or Kodim (`beats`) at a speed that is
  plausible for their kind, and stop in between (`motion`). The lines stay on land but follow no roads.
- A unit reports every 5 to 15 s at its own rhythm. Now and then one falls silent for some minutes while it goes on
  moving, so that ageing data can be seen.
- A unit sent to an incident goes straight there from where it is (only if that line is on land), stays until it is
  released, and goes back to its way. It takes as long as the distance takes: nothing jumps.
- There are no boats, no traffic, no fatigue, and no orders but `send` and `release`.

A step costs what the units that are due cost. The same seed and the same calls give the same patrols.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from feeds.clock import utc_text
from feeds.scenario.beats import Floats, Ints, draw, on_land
from feeds.scenario.motion import LATE_MS, Mode, Motion
from feeds.scenario.roster import FOOT, KINDS, enlist
from geo.areas import Areas
from geo.measure import great_circle_m

MOST_UNITS = 20_000
REPORT_EVERY_MS = (5_000, 15_000)
#: A report is the last one for a while this often: at any time about one unit in fifty is silent.
SILENT_CHANCE = 0.0006
SILENT_MS = (180_000, 600_000)
#: A unit says its callsign, force, kind and strength in its first report and then in every so many.
FACTS_EVERY = 40
#: Of the free units, this many of the nearest are asked whether their way is on land.
NEAREST = 12

STATES = {
    Mode.LEG: "patroli",
    Mode.STANDBY: "siaga",
    Mode.REST: "istirahat",
    Mode.RESPOND: "menuju",
    Mode.SCENE: "di_tkp",
    Mode.RETURN: "patroli",
}


class Patrols:
    """`n` simulated units: `step` gives the positions due; `send` and `release` are the only orders."""

    def __init__(self, areas: Areas, n: int, seed: int = 0, *, start_ms: int = 0) -> None:
        if not 0 <= n <= MOST_UNITS:
            raise ValueError(f"{n} units asked for; there can be 0 to {MOST_UNITS}")
        rng = np.random.default_rng(seed)
        beats = draw(areas, rng)
        self._rng = rng
        self._jurisdictions = beats.jurisdictions
        self.roster = enlist(beats.jurisdictions, areas, n, rng)
        self._index = {unit: index for index, unit in enumerate(self.roster.ids)}
        self._motion = Motion(beats, self.roster.jurisdiction, self.roster.kind, rng, start_ms)
        self._every_ms = rng.integers(*REPORT_EVERY_MS, n, endpoint=True)
        self._next_ms = start_ms + (rng.random(n) * self._every_ms).astype(np.int64)
        self._reports = np.zeros(n, np.int64)
        self._silent = np.zeros(n, np.bool_)
        self._arrived: list[str] = []

    def __len__(self) -> int:
        return len(self.roster.ids)

    def step(self, now_ms: int) -> list[dict[str, Any]]:
        """The positions that have become due by `now_ms`, each as observed at its own moment."""
        due = np.flatnonzero(self._next_ms <= now_ms)
        at_ms = np.maximum(self._next_ms[due], now_ms - LATE_MS)
        come = self._motion.advance(due, at_ms)
        self._arrived.extend(self.roster.ids[unit] for unit in come)
        positions = self._positions(due, at_ms)
        self._plan_next(due, at_ms)
        return positions

    def send(self, lon: float, lat: float, regency: str, now_ms: int, count: int = 1) -> list[str]:
        """Sends up to `count` of the nearest free units whose way is on land; their ids, nearest first."""
        free = self._free(regency)
        target = np.array([lon, lat])
        here = self._motion.where(free, np.full(free.size, now_ms))
        away_m = great_circle_m(here[:, 0], here[:, 1], lon, lat)
        nearest = np.argsort(away_m, kind="stable")[:NEAREST]
        able = [row for row in nearest if self._straight_there(int(free[row]), here[row], target)][:count]
        for row in able:
            self._motion.respond(int(free[row]), target, now_ms)
        return [self.roster.ids[free[row]] for row in able]

    def arrivals(self) -> list[str]:
        """The units that have come to their incident since this was last asked."""
        arrived, self._arrived = self._arrived, []
        return arrived

    def release(self, units: Sequence[str], now_ms: int) -> None:
        """Lets units go back to their way; one that is not responding (any more) is left alone."""
        rows = np.array([self._index[unit] for unit in units], np.int64)
        rows = rows[np.isin(self._motion.mode[rows], (Mode.RESPOND, Mode.SCENE))]
        self._motion.go_back(rows, np.full(rows.size, now_ms))

    def _free(self, regency: str) -> Ints:
        covering = [i for i, area in enumerate(self._jurisdictions) if regency in area.regencies]
        roaming = np.isin(self._motion.mode, (Mode.LEG, Mode.STANDBY)) & ~self._silent
        ours = np.isin(self.roster.jurisdiction, covering) & (self.roster.kind != FOOT)
        return np.flatnonzero(ours & roaming)

    def _straight_there(self, unit: int, here: Floats, target: Floats) -> bool:
        area = self._jurisdictions[self.roster.jurisdiction[unit]]
        return bool(on_land(area, here[None, :], target[None, :])[0])

    def _positions(self, due: Ints, at_ms: Ints) -> list[dict[str, Any]]:
        where = self._motion.where(due, at_ms).round(6).tolist()
        kmh = self._motion.kmh[due].round(1).tolist()
        heading = self._motion.heading_deg(due).round().tolist()
        mode = self._motion.mode[due].tolist()
        rows = zip(due.tolist(), at_ms.tolist(), where, kmh, heading, mode, strict=True)
        return [self._position(*row) for row in rows]

    def _position(
        self, unit: int, at_ms: int, where: list[float], kmh: float, heading: float, mode: int
    ) -> dict[str, Any]:
        position: dict[str, Any] = {
            "unit": self.roster.ids[unit],
            "observed_at": utc_text(at_ms),
            "lon": where[0],
            "lat": where[1],
            "speed_kmh": kmh,
            "state": STATES[Mode(mode)],
            "simulated": True,
        }
        if kmh > 0:
            position["heading_deg"] = heading % 360
        if self._reports[unit] % FACTS_EVERY == 0:
            position |= self._facts(unit)
        return position

    def _facts(self, unit: int) -> dict[str, Any]:
        kind = KINDS[self.roster.kind[unit]]
        return {
            "callsign": self.roster.callsigns[unit],
            "agency": self.roster.agencies[unit],
            "kind": kind.name,
            "strength": kind.strength,
        }

    def _plan_next(self, due: Ints, at_ms: Ints) -> None:
        self._reports[due] += 1
        responding = np.isin(self._motion.mode[due], (Mode.RESPOND, Mode.SCENE))
        silent = (self._rng.random(due.size) < SILENT_CHANCE) & ~responding
        pause_ms = np.where(silent, self._rng.integers(*SILENT_MS, due.size), self._every_ms[due])
        self._next_ms[due] = at_ms + pause_ms
        self._silent[due] = silent
