"""Facts about many rows as columns that grow. They are written many rows at a time: one by one costs the most."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]

NO_ROWS: Rows = np.zeros(0, np.int64)


class Columns:
    """One array for each name, as long as there are rows or longer."""

    def __init__(self, kinds: Mapping[str, type]) -> None:
        self._columns: dict[str, npt.NDArray[Any]] = {name: np.zeros(64, kind) for name, kind in kinds.items()}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._columns[name]

    def make_room(self, rows: int) -> None:
        """Sees to it that there are at least so many rows."""
        for name, column in self._columns.items():
            if rows > len(column):
                more = np.zeros(max(rows - len(column), len(column)), column.dtype)
                self._columns[name] = np.concatenate([column, more])

    def write(self, rows: Sequence[int], facts: Sequence[tuple[object, ...]]) -> None:
        """Writes these rows, each with its facts in the order of the columns."""
        if not rows:
            return
        places = np.array(rows)
        for column, values in zip(self._columns.values(), zip(*facts, strict=True), strict=True):
            column[places] = values


def seats(numbers: Rows, most: int) -> Rows:
    """For each number (under `most`) the index of one equal to it, the same for all of those. Nothing is sorted."""
    taken: Rows = np.empty(most, np.int64)
    taken[numbers] = np.arange(len(numbers))
    return taken[numbers]


def foremost(points: Rows, ties: npt.NDArray[Any], rows: Rows, most: int, few: int) -> Rows:
    """Indices of the `most` with the most points; of equal ones those that come first by their row's tie.

    With them come others that equal the last one, unless that makes more than `few`. In no order.
    """
    least = np.partition(points, -most)[-most]
    found = np.flatnonzero(points >= least)
    if len(found) <= few:
        return found
    above, level = found[points[found] > least], found[points[found] == least]
    missing = most - len(above)
    return np.concatenate([above, level[np.argpartition(ties[rows[level]], missing - 1)[:missing]]])
