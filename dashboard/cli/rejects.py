"""Rows of a table that were refused: written to a file with their reason, to be put right and imported again."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import click

from feeds.inbound.sheets import Row
from feeds.inputs import Problem
from feeds.outbound.tables import BOM, harmless, unguarded

NUMBER_COLUMN = "baris"
REASON_COLUMN = "alasan"
#: Rows that may wait for their answer: more than a batch holds.
MOST_WAITING = 2_000


class Rejects:
    """The file of refused rows, made when there is a first one. Cells come out harmless to spreadsheets."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None
        self._columns: list[str] = []
        self._rows: dict[int, Mapping[str, Any]] = {}

    def __enter__(self) -> "Rejects":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            self._file.close()

    def expect(self, row: Row) -> None:
        """Remembers a row until its answer has come: batches are answered in order, so only the last ones are."""
        self._rows[row.number] = row.cells
        if len(self._rows) > MOST_WAITING:
            del self._rows[next(iter(self._rows))]

    def add(self, number: int, problem: Problem) -> None:
        cells = self._rows.pop(number, {})
        reason = f"{problem.field}: {problem.reason}" + (f" ({problem.value})" if problem.value else "")
        click.echo(f"row {number}: {reason}", err=True)
        if self._file is None:
            self._columns = list(cells)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._file.write(BOM)
            self._write([NUMBER_COLUMN, *self._columns, REASON_COLUMN])
        self._write([number, *(cells.get(name) for name in self._columns), reason])

    def _write(self, cells: list[Any]) -> None:
        assert self._file is not None
        csv.writer(self._file).writerow([harmless(cell) for cell in cells])


def put_right(row: Row) -> Row:
    """A row of a file of refused rows as it was before it was written there; others as they are."""
    if REASON_COLUMN not in row.cells:
        return row
    cells = {
        name: unguarded(cell) for name, cell in row.cells.items() if name not in (REASON_COLUMN, NUMBER_COLUMN)
    }
    return Row(row.number, cells)


def pair(text: str) -> tuple[str, str]:
    """`--map field=column` as a pair."""
    name, equals, column = text.partition("=")
    if not (name and equals and column):
        raise click.BadParameter(f"'{text}' is not FIELD=COLUMN", param_hint="--map")
    return name, column
