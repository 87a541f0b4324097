"""What the model knows of one incident by itself, as the facts of a row: its weight, its areas, its cell."""

import zlib
from dataclasses import dataclass

import numpy as np

from feeds.events import IncidentReported
from feeds.incident import Incident
from feeds.levels.parameters import Parameters
from feeds.levels.weight import Kind, Weight, kind_of, weight_of
from feeds.taxonomy import Taxonomy

#: Reports in one cell of this size (2.2 km) and of one group are near repeats of each other.
CELL_DEG = 0.02


@dataclass(frozen=True, slots=True)
class Spot:
    """Where incidents lie: their regency and district by number, -1 where that is none that is kept."""

    regency: int
    district: int
    areas: tuple[int, ...]  # those of them that are kept, the district last
    codes: frozenset[str]


COLUMNS: dict[str, type] = {
    "base": np.float64,
    "halvings": np.float64,
    "at_ms": np.int64,
    "election": np.bool_,
    "everyday": np.bool_,
    "regency": np.int64,
    "district": np.int64,
    "cell": np.int64,
    "tie": np.int64,
    "live": np.bool_,
}


class Facts:
    """Finds the facts of incidents, the weight of each kind once. Cells are numbered from 0 on."""

    def __init__(self, taxonomy: Taxonomy, parameters: Parameters) -> None:
        self.taxonomy = taxonomy
        self.parameters = parameters
        groups = {group: number for number, group in enumerate(sorted(taxonomy.groups))}
        self._groups = {code: groups[category.group] for code, category in taxonomy.categories.items()}
        self._weights: dict[Kind, Weight] = {}
        self._cells: dict[tuple[int, ...], int] = {}

    @property
    def cells(self) -> int:
        """How many cells have a number: as many as the map has that ever held a report, and rows beside them."""
        return len(self._cells)

    def of(self, row: int, incident: Incident, spot: Spot) -> tuple[object, ...]:
        """The facts of a row that holds this incident, in the order of the columns."""
        weight = self._weight(kind_of(incident))
        return (
            weight.base,
            weight.halvings_per_h,
            incident.report.at_ms,
            weight.election,
            weight.everyday,
            spot.regency,
            spot.district,
            self._cell(row, incident.report, spot),
            zlib.crc32(incident.id.encode()),
            True,
        )

    def _weight(self, kind: Kind) -> Weight:
        known = self._weights.get(kind)
        if known is None:
            known = self._weights[kind] = weight_of(kind, self.taxonomy, self.parameters)
        return known

    def _cell(self, row: int, report: IncidentReported, spot: Spot) -> int:
        """The number of the cell that a report of its group lies in; no cell reaches into another area."""
        # A report placed at its area's centre is near nothing: its cell is its own.
        cell: tuple[int, ...] = (row,)
        if report.located == "point":
            steps = int((report.lon + 180) / CELL_DEG), int((report.lat + 180) / CELL_DEG)
            cell = (spot.areas[-1], self._groups.get(report.category, 0), *steps)
        return self._cells.setdefault(cell, len(self._cells))
