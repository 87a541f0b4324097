"""`siger import incidents`: a spreadsheet or GeoJSON of incidents, checked row by row, then taken in.

The same rules as everywhere: a row goes through the intake or is refused with its reason. The refused ones are
written to a file with their reason beside them, so that somebody can put them right and import that file.
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from dashboard.cli.batching import Batching, Counts
from dashboard.cli.rejects import Rejects, pair, put_right
from dashboard.cli.sending import SendingFailed, Sent, receiver_at
from dashboard.cli.settings import read
from dashboard.cli.targets import to_log, to_server
from feeds import taxonomy as taxonomies
from feeds.clock import now_ms
from feeds.events import IncidentReported
from feeds.inbound.columns import Columns, incident_of
from feeds.inbound.lines import Line
from feeds.inbound.reading import NotUnderstood
from feeds.inbound.sheets import Row, TableError, rows_of
from feeds.inputs import IncidentIn, Problem, problems_of
from feeds.placing import Placing
from feeds.reports import report_of
from geo import areas as places
from geo.locate import locator_of


@click.command("incidents")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="A field's column.")
@click.option("--sheet", help="The sheet of a workbook [default: its first].")
@click.option("--source", default="import", show_default=True, help="Source of rows that name none.")
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Where refused rows go [default: FILE.refused.csv]."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Check every row and say what would happen; store nothing. Whether SOURCE may send it is not asked.",
)
@to_server
@to_log
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
    given = dict(pair(text) for text in columns)
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


class _Checker:
    """Receives as the log would, but stores nothing."""

    def __init__(self, source: str) -> None:
        settings = read()
        areas = places.load(settings.store_dir)
        self._placing = Placing(areas, locator_of(areas))
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
    for row in map(put_right, rows):
        columns = columns or Columns.guess(row.cells, given)
        rejects.expect(row)
        try:
            yield Line(row.number, incident_of(row.cells, columns, areas, taxonomy))
        except NotUnderstood as error:
            yield Line(row.number, None, error.problem)


def _say_progress(counts: Counts) -> None:
    click.echo(f"{counts.lines} rows: {counts}", err=True)
