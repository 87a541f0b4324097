"""Clusters forming: the space-time permutation scan (Kulldorff 2005), bounded. Pure.

Cylinders of several radii and last hours are laid around recent incidents; one that holds more than its place and
its time alone would bring is a candidate. How surprising the strongest is comes from shuffling the times among the
places: it needs no population, and is not fooled by places where much happens every day, nor by busy days.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feeds.levels.counts import Floats
from geo.measure import great_circle_m

RADII_M = (2_000.0, 5_000.0, 10_000.0)
WINDOWS_H = (2.0, 6.0, 12.0, 24.0)
#: What is usual is learned from so many days, from so many incidents at most; the newest count.
HISTORY_D = 14.0
MOST_CASES = 400
MOST_CENTRES = 100
SHUFFLES = 999
#: Shuffling stops as soon as so many were as strong: it is chance then, whatever the rest would say.
ENOUGH_STRONGER = 10
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Cluster:
    """The strongest cylinder: which cases (numbers), around where, how many were expected, and by what chance."""

    cases: tuple[int, ...]
    lon: float
    lat: float
    radius_m: float
    hours: float
    expected: float
    chance: float


def strongest(lon: Floats, lat: Floats, at_ms: npt.NDArray[np.int64], now_ms: int, least: int) -> Cluster | None:
    """The strongest cluster of at least `least` cases in the last hours, with its chance; None without any."""
    chosen = _chosen(at_ms, now_ms)
    lon, lat, age_h = lon[chosen], lat[chosen], (now_ms - at_ms[chosen]) / _HOUR_MS
    recent = np.flatnonzero(age_h <= max(WINDOWS_H))[:MOST_CENTRES]
    if len(recent) < least:
        return None
    apart_m = great_circle_m(lon[recent][:, None], lat[recent][:, None], lon[None, :], lat[None, :])
    zones = np.concatenate([apart_m <= radius for radius in RADII_M]).astype(np.float64)
    windows = np.array([age_h <= hours for hours in WINDOWS_H], dtype=np.float64)
    strength = _strength(zones, windows, least)
    zone, window = np.unravel_index(int(strength.argmax()), strength.shape)
    if strength[zone, window] <= 0:
        return None
    held = np.flatnonzero((zones[zone] > 0) & (windows[window] > 0))
    centre = recent[zone % len(recent)]
    return Cluster(
        cases=tuple(int(n) for n in chosen[held]),
        lon=float(lon[centre]),
        lat=float(lat[centre]),
        radius_m=RADII_M[zone // len(recent)],
        hours=WINDOWS_H[window],
        expected=float(zones[zone].sum() * windows[window].sum() / len(age_h)),
        chance=_chance(zones, windows, least, float(strength.max())),
    )


def _chosen(at_ms: npt.NDArray[np.int64], now_ms: int) -> npt.NDArray[np.int64]:
    """The newest cases within the history, newest first."""
    order = np.argsort(-at_ms, kind="stable")
    return order[at_ms[order] > now_ms - HISTORY_D * 24 * _HOUR_MS][:MOST_CASES]


def _strength(zones: Floats, windows: Floats, least: int) -> Floats:
    """The log likelihood ratio of every cylinder; 0 where it holds too few or no more than expected."""
    total = zones.shape[1]
    found = zones @ windows.T
    expected = zones.sum(axis=1)[:, None] * windows.sum(axis=1)[None, :] / total
    more = (found >= least) & (found > expected)
    inside = found * np.log(np.where(more, found / np.maximum(expected, 1e-9), 1.0))
    left, usual = total - found, np.maximum(total - expected, 1e-9)
    outside = left * np.log(np.where(more & (left > 0), left / usual, 1.0))
    return np.asarray(np.where(more, inside + outside, 0.0))


def _chance(zones: Floats, windows: Floats, least: int, strength: float) -> float:
    """The share of shuffles that come as strong. The seed is fixed: the same incidents give the same chance."""
    dice = np.random.default_rng(zones.shape[1])
    stronger = 0
    for shuffle in range(1, SHUFFLES + 1):
        mixed = windows[:, dice.permutation(windows.shape[1])]
        stronger += bool(_strength(zones, mixed, least).max() >= strength - 1e-9)
        if stronger >= ENOUGH_STRONGER:
            return (stronger + 1) / (shuffle + 1)
    return (stronger + 1) / (SHUFFLES + 1)
