"""Which simulated units there are: how many for each Polres and Kodim, what they are called and how they move.

Callsigns have the form that Polres and Kodim use ("Patroli 07 Polres Tanggamus", "Ton 2 Kodim 0422"); the units
themselves are invented. Boats are left out: there are no water routes in the data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from feeds.events import Agency, UnitKind
from geo.areas import Area, Areas

#: The share of police; the rest is army. In the Pilkada of 2024 it was 7,600 against 2,259.
POLRI_SHARE = 0.77


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of unit moves, and how many people it is."""

    name: UnitKind
    speed_kmh: tuple[float, float]
    strength: int


KINDS = (Kind("car", (20, 60), 4), Kind("motorcycle", (25, 50), 2), Kind("foot", (4, 6), 6))
FOOT = 2
#: How likely each of `KINDS` is, by force.
MIX = {"polri": (0.45, 0.40, 0.15), "tni": (0.35, 0.45, 0.20)}


@dataclass(frozen=True, slots=True)
class Roster:
    """Columns of the same length, one row a unit."""

    ids: tuple[str, ...]
    callsigns: tuple[str, ...]
    agencies: tuple[Agency, ...]
    kind: NDArray[np.int64]  # index into KINDS
    jurisdiction: NDArray[np.int64]  # index into the jurisdictions given


def enlist(jurisdictions: Sequence[Area], areas: Areas, n: int, rng: np.random.Generator) -> Roster:
    """`n` units, shared out by the number of districts that each jurisdiction has."""
    sizes = _share_out(jurisdictions, areas, n)
    names = [_names(area, size) for area, size in zip(jurisdictions, sizes, strict=True)]
    agencies = [_agency(area) for area, size in zip(jurisdictions, sizes, strict=True) for _ in range(size)]
    kinds = [rng.choice(len(KINDS), p=MIX[agency]) for agency in agencies]
    return Roster(
        tuple(unit for pairs in names for unit, _ in pairs),
        tuple(callsign for pairs in names for _, callsign in pairs),
        tuple(agencies),
        np.array(kinds, dtype=np.int64),
        np.repeat(np.arange(len(jurisdictions)), sizes),
    )


def _share_out(jurisdictions: Sequence[Area], areas: Areas, n: int) -> list[int]:
    districts = np.array([max(1, len(areas.children(area.code))) for area in jurisdictions], dtype=np.float64)
    police = np.array([area.level == "polres" for area in jurisdictions])
    wish = np.zeros(len(jurisdictions))
    for force, share in ((police, POLRI_SHARE), (~police, 1 - POLRI_SHARE)):
        wish[force] = n * share * districts[force] / districts[force].sum()
    sizes = np.floor(wish).astype(int)
    # Largest remainders, so that the sizes add up to n.
    for index in np.argsort(sizes - wish, kind="stable")[: n - sizes.sum()]:
        sizes[index] += 1
    return [int(size) for size in sizes]


def _agency(area: Area) -> Agency:
    return "polri" if area.level == "polres" else "tni"


def _names(area: Area, size: int) -> list[tuple[str, str]]:
    """Ids and callsigns of a jurisdiction's units, numbered from 1."""
    width = max(2, len(str(size)))
    force, _, name = area.code.partition(":")
    numbers = range(1, size + 1)
    if force == "kodim":
        return [(f"sim-kodim-{name}-{i:0{width}}", f"Ton {i} Kodim {name}") for i in numbers]
    return [(f"sim-polres-{name}-{i:0{width}}", f"Patroli {i:0{width}} {area.name}") for i in numbers]
