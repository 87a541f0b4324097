"""Load for benchmarks: so many movers, position updates a second and incidents a second, for so long and no longer.

Made for measuring, not for looking at: places are anywhere on Lampung's land and incidents mean nothing. Everything
says `simulated: true`. Counts are exact: a second of load is `updates_per_s` positions and `incidents_per_s`
incidents, evenly spaced, in turn over the movers; the same arguments give the same load. Nothing here waits: who
plays a load keeps its time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from feeds.clock import utc_text
from geo.areas import Areas

MOST_MOVERS = 50_000
MOST_PER_S = 100_000
LONGEST_S = 24 * 3600
TICKS_PER_S = 10
SOURCE = "beban"
KMH = 40.0
#: A mover turns back at this distance from its home, so that it stays in the province.
REACH_DEG = 0.01
DEG_PER_KM = 1 / 111.195

CATEGORIES = ("unjuk_rasa", "laka_lantas", "curat", "gangguan_ketertiban", "banjir")


@dataclass(frozen=True, slots=True)
class Load:
    """What to make, and its bounds."""

    movers: int
    updates_per_s: float
    incidents_per_s: float
    duration_s: float
    seed: int = 0

    def __post_init__(self) -> None:
        _within("movers", self.movers, 1, MOST_MOVERS)
        _within("updates_per_s", self.updates_per_s, 0, MOST_PER_S)
        _within("incidents_per_s", self.incidents_per_s, 0, MOST_PER_S)
        _within("duration_s", self.duration_s, 0, LONGEST_S)


@dataclass(frozen=True, slots=True)
class Tick:
    """What falls due at a moment, in the shapes that the intake takes."""

    at_ms: int
    incidents: list[dict[str, Any]]
    positions: list[dict[str, Any]]


def ticks(load: Load, areas: Areas, start_ms: int) -> Iterator[Tick]:
    """The load from `start_ms` on, ten ticks a second."""
    homes = _homes(areas, max(load.movers, 1), load.seed)
    run = f"{start_ms:x}"
    incidents = positions = 0
    for tick in range(1, round(load.duration_s * TICKS_PER_S) + 1):
        at_ms = start_ms + tick * 1000 // TICKS_PER_S
        until_i = int(load.incidents_per_s * tick / TICKS_PER_S)
        until_p = int(load.updates_per_s * tick / TICKS_PER_S)
        yield Tick(
            at_ms,
            [_incident(i, run, homes, at_ms) for i in range(incidents, until_i)],
            [_position(i % load.movers, homes, at_ms - start_ms, at_ms) for i in range(positions, until_p)],
        )
        incidents, positions = until_i, until_p


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} = {value:g}: must be {least:g} to {most:g}")


def _homes(areas: Areas, n: int, seed: int) -> NDArray[np.float64]:
    """`n` points on land, at least the reach of a mover away from the coast."""
    inland = areas.get("18").geometry.buffer(-1.5 * REACH_DEG)
    shapely.prepare(inland)
    rng = np.random.default_rng(seed)
    west, south, east, north = inland.bounds
    found: list[NDArray[np.float64]] = []
    while sum(map(len, found)) < n:
        points = rng.uniform((west, south), (east, north), (2 * n, 2))
        found.append(points[shapely.contains_xy(inland, points)])
    return np.concatenate(found)[:n]


def _position(mover: int, homes: NDArray[np.float64], since_ms: int, at_ms: int) -> dict[str, Any]:
    # To and fro along one line through home, each mover at its own angle and phase.
    turn = mover * 2.399963  # the golden angle: neighbours in the row go different ways
    gone_deg = KMH * DEG_PER_KM * since_ms / 3_600_000 + mover * 0.003
    lap = gone_deg % (4 * REACH_DEG)
    away_deg = abs(lap - 2 * REACH_DEG) - REACH_DEG
    forth = lap > 2 * REACH_DEG
    lon, lat = homes[mover]
    return {
        "unit": f"beban-{mover:05d}",
        "callsign": f"Beban {mover:05d}",
        "agency": "polri" if mover % 4 else "tni",
        "kind": "car",
        "observed_at": utc_text(at_ms),
        "lon": round(float(lon) + away_deg * float(np.sin(turn)), 6),
        "lat": round(float(lat) + away_deg * float(np.cos(turn)), 6),
        "speed_kmh": KMH,
        "heading_deg": round(float(np.degrees(turn)) + (0 if forth else 180)) % 360,
        "state": "patroli",
        "simulated": True,
    }


def _incident(number: int, run: str, homes: NDArray[np.float64], at_ms: int) -> dict[str, Any]:
    lon, lat = homes[number % len(homes)]
    return {
        "external_id": f"beban-{run}-{number}",
        "occurred_at": utc_text(at_ms),
        "category": CATEGORIES[number % len(CATEGORIES)],
        "severity": 1 + number % 5,
        "title": f"Beban uji {number}",
        "lon": round(float(lon), 6),
        "lat": round(float(lat), 6),
        "simulated": True,
    }
