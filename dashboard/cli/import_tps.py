"""`siger import tps`: a list of polling stations, checked row by row, compared with what is known, then written.

Only what is new goes into the log, so the same file twice changes nothing. A store that a running Siger holds is
written to as well: its open pages show the new list at once.
"""

import contextlib
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from dashboard.cli.rejects import Rejects, pair, put_right
from dashboard.cli.settings import read
from dashboard.cli.targets import to_log
from dashboard.cli.tps_store import TpsStore
from dashboard.settings import Settings
from feeds.clock import epoch_ms, now_ms
from feeds.events import TpsListed
from feeds.inbound.columns import Columns
from feeds.inbound.reading import NotUnderstood
from feeds.inbound.sheets import Row, TableError, rows_of
from feeds.inbound.tps_rows import FIELDS, Told, told_of
from feeds.inputs import Problem
from feeds.log_errors import LogError
from feeds.placing import Placing
from feeds.tps import Reference
from feeds.tps_list import Tally, TpsList, taken_back
from feeds.tps_place import TpsPlacing
from geo import areas as places
from geo import villages
from geo.locate import locator_of
from geo.reference import figures

SOURCE = "impor:tps"
PROGRESS_EVERY_S = 5.0
NOT_SAID = "(tidak disebut)"
PLACED = {"point": "at a point of their own", "village": "at their village", "area": "at their district's centre"}


@click.command("tps")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--owner", help="Who published it. Needed where it classes or marks stations.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="When it was published. Needed likewise.")
@click.option("--source", default="", help="Where it was published.")
@click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN", help="A field's column.")
@click.option("--sheet", help="The sheet of a workbook [default: its first].")
@click.option("--replace", is_flag=True, help="Take out stations that FILE does not list, in districts it lists.")
@click.option("--undo", is_flag=True, help="Take the last import back, instead of FILE.")
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Where refused rows go [default: FILE.refused.csv]."
)
@click.option("--dry-run", is_flag=True, help="Check every row and say what would happen; store nothing.")
@click.option("--demo", is_flag=True, help="The demonstration's store: its stations are marked SIMULASI.")
@to_log
def tps(
    file: Path | None,
    owner: str | None,
    day: datetime | None,
    source: str,
    columns: tuple[str, ...],
    sheet: str | None,
    replace: bool,
    undo: bool,
    refused: Path | None,
    dry_run: bool,
    demo: bool,
    log_url: str | None,
) -> None:
    """Import polling stations (TPS) from FILE: CSV, XLSX or GeoJSON.

    A known station keeps what FILE does not speak of. Exit status 1 if any row was refused.
    """
    if (file is None) != undo:
        raise click.UsageError("give FILE, or --undo alone")
    settings = read(mode="demo") if demo else read()
    try:
        with contextlib.ExitStack() as stack:
            store = stack.enter_context(TpsStore.opened(settings, log_url))
            if file is None:
                _undo(store, dry_run)
                return
            rejects = stack.enter_context(Rejects(refused or file.with_suffix(f"{file.suffix}.refused.csv")))
            reference = Reference(owner or NOT_SAID, day.date().isoformat() if day else "", source)
            listing = TpsList(store.known(), _placing(settings), reference, f"{now_ms():x}")
            given = dict(pair(text) for text in columns)
            _take_all(listing, rows_of(file, sheet), given, rejects, is_named=bool(owner and day))
            if replace:
                listing.withdraw_unlisted()
            at_ms = epoch_ms(day.replace(tzinfo=UTC)) if day else now_ms()
            changes = listing.changes(at_ms=at_ms, received_ms=now_ms(), source=SOURCE, simulated=demo)
            if not dry_run:
                store.write(changes)
            known = {**store.known(), **{event.district: event for event in changes}}
            _report(listing.tally, known, rejects, dry_run)
    except (TableError, NotUnderstood, LogError) as error:
        raise click.ClickException(str(error)) from error
    sys.exit(1 if listing.tally.refused else 0)


def _placing(settings: Settings) -> TpsPlacing:
    areas = places.load(settings.data_dir)
    return TpsPlacing(Placing(areas, locator_of(areas)), villages.bundled())


def _take_all(
    listing: TpsList, rows: Iterator[Row], given: Mapping[str, str], rejects: Rejects, *, is_named: bool
) -> None:
    columns: Columns | None = None
    told_s = time.monotonic()
    for row in map(put_right, rows):
        columns = columns or Columns.guess(row.cells, given, FIELDS)
        rejects.expect(row)
        try:
            told = told_of(row.cells, columns)
            _check_named(told, is_named)
            listing.take(told)
        except NotUnderstood as error:
            _refuse(listing.tally, row.number, error.problem, rejects)
        if time.monotonic() - told_s >= PROGRESS_EVERY_S:
            told_s = time.monotonic()
            click.echo(f"{listing.tally.rows} rows read", err=True)


def _check_named(told: Told, is_named: bool) -> None:
    said = told.known.get("klass") or told.known.get("flags")
    if said and not is_named:
        raise click.UsageError(
            "FILE classes or marks stations: give --owner and --date, whose word that is and of which day"
        )


def _refuse(tally: Tally, number: int, problem: Problem, rejects: Rejects) -> None:
    tally.refused += 1
    rejects.add(number, problem)


def _undo(store: TpsStore, dry_run: bool) -> None:
    now, before = store.last_import()
    if not now:
        click.echo("there is no import of polling stations to take back")
        return
    if not dry_run:
        store.write(taken_back(now, before, edition=f"{now_ms():x}", received_ms=now_ms(), source=SOURCE))
    was, will = (sum(len(event.stations) for event in listed.values()) for listed in (now, before))
    words = "dry run, nothing stored" if dry_run else "taken back"
    click.echo(f"{words}: {len(now)} districts go from {was} stations to {will}")


def _report(tally: Tally, known: Mapping[str, TpsListed], rejects: Rejects, dry_run: bool) -> None:
    counts = f"new {tally.new}, changed {tally.changed}, unchanged {tally.same}, withdrawn {tally.withdrawn}"
    click.echo(f"{'dry run, nothing stored: ' if dry_run else ''}{counts}, refused {tally.refused}")
    placed = [f"{tally.placed[how]} {words}" for how, words in PLACED.items() if how in tally.placed]
    if placed:
        click.echo(f"placed: {', '.join(placed)}")
    if tally.astray:
        click.echo(f"warning: {tally.astray} lie outside the district that they are listed in, and are marked so")
    if tally.refused:
        click.echo(f"refused rows and reasons: {rejects.path}")
    for line in _beside_kpu(known):
        click.echo(line)


def _beside_kpu(known: Mapping[str, TpsListed]) -> Iterator[str]:
    """How many stations are known beside how many KPU states, for each regency that has any."""
    for area in places.bundled().at("regency"):
        count = sum(len(event.stations) for district, event in known.items() if district.startswith(area.code))
        stated = next(figure.value for figure in figures(area) if figure.key == "tps_2024")
        if count:
            yield f"{area.name}: {count} known, {stated:.0f} stated by KPU (2024-09-22)"
