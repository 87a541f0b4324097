"""`siger publish`: a file or standard input to a running server or straight to the log, line by line.

The file may be larger than memory: lines are read, sent in batches and forgotten. What is refused is printed with
its line's number and the reason, and costs the other lines nothing.
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

import click

from dashboard.cli.batching import Batching, Box, Counts
from dashboard.cli.sending import SendingFailed, receiver_at
from dashboard.cli.targets import to_log, to_server
from feeds.inbound import bmkg_catalogue, gpx, lines
from feeds.inbound.lines import HeaderError, Line
from feeds.inbound.reading import NotUnderstood
from feeds.inputs import Problem

FORMATS = ("ndjson", "csv", "gpx", "bmkg")
SUFFIXES = {".csv": "csv", ".tsv": "csv", ".gpx": "gpx"}


def _numbers(
    count: int, _context: click.Context, option: click.Parameter, text: str | None
) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) != count:
        raise click.BadParameter(f"'{text}' is not {option.metavar}: {count} numbers with commas between them")
    return found


def _moment(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    if text is None:
        return None
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment
    raise click.BadParameter(f"'{text}' is not a time with its offset, such as 2024-11-27T08:00:00+07:00")


def _columns(_context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for pair in pairs:
        name, equals, column = pair.partition("=")
        if not (name and equals and column):
            raise click.BadParameter(f"'{pair}' is not FIELD=COLUMN")
        columns[name] = column
    return columns


@click.command("publish")
@click.argument("file", type=click.File("rb"), default="-")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="What FILE is [default: by its name, else ndjson]."
)
@to_server
@to_log
@click.option("--demo", is_flag=True, help="The demonstration's log instead of the real one.")
@click.option("--source", default="publish", show_default=True, help="Source of lines that name none.")
@click.option(
    "--map", "columns", multiple=True, callback=_columns, metavar="FIELD=COLUMN", help="CSV: a field's column."
)
@click.option(
    "--within", callback=partial(_numbers, 4), metavar="W,S,E,N", help="Skip what lies outside these degrees."
)
@click.option("--unit", help="GPX: the unit whose track it is.")
@click.option("--move-to", callback=partial(_numbers, 2), metavar="LON,LAT", help="GPX: move the whole track here.")
@click.option("--begin", callback=_moment, metavar="TIME", help="GPX: let the track begin at this time.")
@click.pass_context
def publish(
    context: click.Context,
    file: IO[bytes],
    form: str | None,
    url: str | None,
    token: str | None,
    log_url: str | None,
    demo: bool,
    source: str,
    columns: dict[str, str],
    within: Box | None,
    unit: str | None,
    move_to: tuple[float, float] | None,
    begin: datetime | None,
) -> None:
    """Publish incidents and positions, one a line, from FILE or standard input.

    NDJSON or CSV (its header names the fields; a line with a unit and no title is a position), a GPX track, or
    BMKG's earthquake catalogue. Goes to the server at --url, to the log at --log or SIGER_REDIS_URL, or to the log
    in SIGER_DATA_DIR. A track that is moved in place or time counts as simulated: it goes to a server that plays a
    demonstration, or with --demo to the demonstration's log.

    Prints the refused lines with their reasons, then the counts. Exit status 1 if any line was refused.
    """
    if url and log_url:
        raise click.UsageError("--url and --log are two ways to the same; give one")
    if url and demo:
        raise click.UsageError("a server knows by itself whether it is a demonstration; --demo is for a log")
    name = str(getattr(file, "name", "<stdin>"))
    form = form or SUFFIXES.get(Path(name).suffix.lower(), "ndjson")
    move = gpx.Move(move_to, begin) if move_to or begin else None
    found = _lines(file, form, columns, unit, move)
    with receiver_at(url, token, log_url, source, demo=demo) as receiver:
        batching = Batching(
            receiver, source=source, refuse=partial(_say_refused, form), progress=_say_progress, within=within
        )
        try:
            counts = batching.send(found)
        except HeaderError as error:
            raise click.ClickException(f"{name}: {error}") from error
        except SendingFailed as error:
            click.echo(str(batching.counts))
            raise click.ClickException(f"{error}. The rest was not sent.") from error
    click.echo(str(counts))
    context.exit(1 if counts.refused else 0)


def _lines(
    file: IO[bytes], form: str, columns: dict[str, str], unit: str | None, move: gpx.Move | None
) -> Iterator[Line]:
    if columns and form != "csv":
        raise click.UsageError(f"--map is for CSV; this is {form}")
    if (unit or move) and form != "gpx":
        raise click.UsageError(f"--unit, --move-to and --begin are for GPX; this is {form}")
    if form == "csv":
        return lines.rows(file, columns)
    if form == "bmkg":
        return (_catalogue(line) for line in lines.rows(file))
    if form == "gpx":
        if not unit:
            raise click.UsageError("a GPX track says nothing of who made it: give --unit")
        return gpx.positions(file, unit, move)
    return lines.ndjson(file)


def _catalogue(line: Line) -> Line:
    if line.item is None:
        return line
    try:
        return Line(line.number, bmkg_catalogue.incident(line.item))
    except NotUnderstood as error:
        return Line(line.number, None, error.problem)


def _say_refused(form: str, line_number: int, problem: Problem) -> None:
    what = "point" if form == "gpx" else "line"
    got = f" (got {problem.value})" if problem.value else ""
    click.echo(f"{what} {line_number}: {problem.field}: {problem.reason}{got}")


def _say_progress(counts: Counts) -> None:
    click.echo(f"{counts.lines} lines: {counts}", err=True)
