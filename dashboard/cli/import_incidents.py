"""`siger import incidents`: a spreadsheet or GeoJSON of incidents, checked row by row, then taken in.

The same rules as everywhere: a row goes through the intake or is refused with its reason. The refused ones are
written to a file with their reason beside them, so that somebody can put them right and import that file.
"""

import contextlib
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import click
from pydantic import ValidationError

from dashboard.cli.batching import Batching, Counts
from dashboard.cli.sending import SendingFailed, Sent, receiver_at
from dashboard.cli.settings import read
from feeds import taxonomy as taxonomies
from feeds.clock import now_ms
from feeds.events import IncidentReported
from feeds.inbound.columns import Columns, incident_of
from feeds.inbound.lines import Line
from feeds.inbound.reading import NotUnderstood
from feeds.inbound.sheets import Row, TableError, rows_of
from feeds.inputs import IncidentIn, Problem, problems_of
from feeds.outbound.tables import BOM, harmless, unguarded
from feeds.placing import Placing
from feeds.reports import report_of
from geo import areas as places
from geo.locate import Locator

NUMBER_COLUMN = "baris"
REASON_COLUMN = "alasan"
#: Rows that may wait for their answer: more than a batch holds.
MOST_WAITING = 2_000


@click.command("incidents")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="A field's column.")
@click.option("--sheet", help="The sheet of a workbook [default: its first].")
@click.option("--source", default="import", show_default=True, help="Source of rows that name none.")
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Where refused rows go [default: FILE.refused.csv]."
)
@click.option("--dry-run", is_flag=True, help="Check every row and say what would happen; store nothing.")
@click.option("--url", envvar="SIGER_URL", help="A running server, such as http://127.0.0.1:8050.")
@click.option("--token", envvar="SIGER_TOKEN", help="Token for that server; better given as SIGER_TOKEN.")
@click.option("--log", "log_url", metavar="URL", help="A Redis or Valkey to write the log of directly.")
@click.pass_context
def incidents(
    context: click.Context,
    file: Path,
    columns: tuple[str, ...],
    sheet: str | None,
    source: str,
    refused: Path | None,
    dry_run: bool,
    url: str | None,
    token: str | None,
    log_url: str | None,
) -> None:
    """Import incidents from FILE: CSV, XLSX, GeoJSON, or a KoboToolbox or ODK export.

    Exit status 1 if any row was refused.
    """
    given = dict(_pair(text) for text in columns)
    try:
        with contextlib.ExitStack() as stack:
            rejects = stack.enter_context(Rejects(refused or file.with_suffix(f"{file.suffix}.refused.csv")))
            receiver = (
                _Checker(source) if dry_run else stack.enter_context(receiver_at(url, token, log_url, source))
            )
            batching = Batching(receiver, source=source, refuse=rejects.add, progress=_say_progress)
            counts = batching.send(_lines(rows_of(file, sheet), given, rejects))
    except (TableError, NotUnderstood, SendingFailed) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{'dry run, nothing stored: ' if dry_run else ''}{counts}")
    if counts.refused:
        click.echo(f"refused rows and reasons: {rejects.path}")
    context.exit(1 if counts.refused else 0)


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


class _Checker:
    """Receives as the log would, but stores nothing."""

    def __init__(self, source: str) -> None:
        settings = read()
        areas = places.load(settings.store_dir)
        self._placing = Placing(areas, Locator(areas))
        self._taxonomy = taxonomies.load(settings.taxonomy)
        self._source = source
        self._seen: set[tuple[str, str]] = set()

    def incidents(self, items: Any) -> Sent:
        refused: list[tuple[int, Problem]] = []
        new = 0
        for index, item in enumerate(items):
            problems = self._problems(item)
            if problems:
                refused.append((index, problems[0]))
            else:
                key = (item["source"], item["external_id"])
                new += key not in self._seen
                self._seen.add(key)
        return Sent(new, len(items) - len(refused) - new, tuple(refused))

    def positions(self, items: Any) -> Sent:
        raise AssertionError("a table of incidents has no positions")

    def close(self) -> None:
        """Nothing is open."""

    def _problems(self, item: Any) -> list[Problem]:
        try:
            checked = IncidentIn.model_validate(item)
        except ValidationError as error:
            return problems_of(error)
        made = report_of(checked, self._placing, self._taxonomy, self._source, None, now_ms())
        return [] if isinstance(made, IncidentReported) else made


def _lines(rows: Iterator[Row], given: Mapping[str, str], rejects: Rejects) -> Iterator[Line]:
    settings = read()
    areas, taxonomy = places.load(settings.store_dir), taxonomies.load(settings.taxonomy)
    columns: Columns | None = None
    for row in map(_put_right, rows):
        columns = columns or Columns.guess(row.cells, given)
        rejects.expect(row)
        try:
            yield Line(row.number, incident_of(row.cells, columns, areas, taxonomy))
        except NotUnderstood as error:
            yield Line(row.number, None, error.problem)


def _put_right(row: Row) -> Row:
    """A row of a file of refused rows as it was before it was written there; others as they are."""
    if REASON_COLUMN not in row.cells:
        return row
    cells = {
        name: unguarded(cell) for name, cell in row.cells.items() if name not in (REASON_COLUMN, NUMBER_COLUMN)
    }
    return Row(row.number, cells)


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not (name and equals and column):
        raise click.BadParameter(f"'{text}' is not FIELD=COLUMN", param_hint="--map")
    return name, column


def _say_progress(counts: Counts) -> None:
    click.echo(f"{counts.lines} rows: {counts}", err=True)
