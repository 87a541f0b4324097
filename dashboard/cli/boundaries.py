"""`siger import boundaries`: official boundaries in place of the bundled ones, with a report of what changes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click

from dashboard.cli.relocate import relocate as relocated
from dashboard.cli.settings import read
from geo.areas import load
from geo.boundaries import store
from geo.boundaries.compare import Difference
from geo.boundaries.errors import BoundaryError
from geo.boundaries.importing import Report, install, prepare

RESTART = "A running Siger goes on with the old ones until it is restarted."


@click.command("boundaries")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--level", type=click.Choice(["regency", "district"]), help="What the file's areas are.")
@click.option(
    "--codes",
    type=click.Choice(["kemendagri", "bps"]),
    default="kemendagri",
    show_default=True,
    help="The code system of the file; BPS codes are converted, never guessed.",
)
@click.option("--layer", help="The layer to read, where the file holds several.")
@click.option(
    "--source", help="Who made the file; shown beside the map.  [default: its own 'source' column, or its name]"
)
@click.option(
    "--licence", help="On what terms; shown beside the map  [default: its 'licence' column, else not stated]."
)
@click.option("--dry-run", is_flag=True, help="Check and report, but install nothing.")
@click.option("--relocate", is_flag=True, help="Give past incidents their new areas, as new events; also alone.")
@click.option("--undo", is_flag=True, help="Bring the set before the present one back; needs no FILE.")
def boundaries(
    file: Path | None,
    level: Literal["regency", "district"] | None,
    codes: Literal["kemendagri", "bps"],
    layer: str | None,
    source: str | None,
    licence: str | None,
    dry_run: bool,
    relocate: bool,
    undo: bool,
) -> None:
    """Install official boundaries from FILE: GeoJSON, GeoPackage, Shapefile or GeoParquet."""
    settings = read()
    data_dir = settings.data_dir
    try:
        if undo:
            click.echo(undone(data_dir))
        elif file is not None or not relocate:
            _import(file, level, codes, layer, source, licence, dry_run, data_dir)
    except BoundaryError as error:
        raise click.ClickException(str(error)) from error
    if relocate and not dry_run:
        click.echo(f"{relocated(settings)} past incidents were given other areas, each by an event of its own.")


def _import(
    file: Path | None,
    level: Literal["regency", "district"] | None,
    codes: Literal["kemendagri", "bps"],
    layer: str | None,
    source: str | None,
    licence: str | None,
    dry_run: bool,
    data_dir: Path,
) -> None:
    if file is None or level is None:
        raise click.UsageError("give a FILE and its --level (regency or district), or --undo")
    prepared = prepare(file, level, load(data_dir), codes=codes, layer=layer, source=source, licence=licence)
    for line in described(prepared.report):
        click.echo(line)
    if dry_run:
        click.echo("Nothing was installed (--dry-run).")
        return
    install(data_dir, prepared)
    click.echo(f"Installed in {data_dir}. {RESTART} `siger import boundaries --undo` goes back.")


def undone(data_dir: Path) -> str:
    """Goes one set back and says which one is in force now."""
    after = store.undo(data_dir)
    which = "The bundled boundaries are" if after.current == store.BUNDLED else f"Set {after.current} is"
    return f"{which} in force again. {RESTART}"


def described(report: Report) -> Iterator[str]:
    """The report in lines: what was found, what was done, what changes."""
    yield (
        f"{report.file}: {report.rows} rows ({report.crs}), {report.areas} areas of level {report.level}, "
        f"codes ({report.codes}) from column {report.code_column!r}."
    )
    yield from _left_out(report)
    yield from _repairs(report)
    yield f"{'code':8}{'name':26}{'before km2':>12}{'after km2':>12}{'change':>9}{'same ground':>13}"
    for difference in report.differences:
        yield _row(difference)


def _left_out(report: Report) -> Iterator[str]:
    if report.without_district:
        kinds = ", ".join(f"{count} {kind}" for kind, count in report.without_district.items())
        yield (
            f"Not areas of their own: {kinds}; {report.shared_out_km2:.0f} km2 of forest and islands shared out "
            "among the districts around them."
        )
    if report.elsewhere:
        yield f"Left out: {report.elsewhere} rows that are not in Lampung."
    if report.unknown_codes:
        yield f"Left out: unknown codes {', '.join(report.unknown_codes)}."
    if report.empty_rows:
        yield f"Left out: {report.empty_rows} rows without ground."
    if report.missing:
        yield f"Missing in the file, so not on the map any more: {', '.join(report.missing)}."
    if report.added:
        yield f"New: {', '.join(report.added)}."


def _repairs(report: Report) -> Iterator[str]:
    yield (
        f"Repaired: {report.invalid} crossing outlines, {report.overlap_km2:.1f} km2 claimed twice, "
        f"{report.filled_gaps_km2:.1f} km2 of gaps, {report.crumbs} cut-off pieces."
    )
    if report.open_gaps_km2:
        sizes = ", ".join(f"{size:.0f}" for size in report.open_gaps_km2)
        yield f"Left open, too large to be a fault: gaps of {sizes} km2."


def _row(difference: Difference) -> str:
    before, after, change = difference.before_km2, difference.after_km2, difference.change
    same = difference.kept_km2 / before if before else None
    return (
        f"{difference.code:8}{difference.name[:25]:26}{_number(before):>12}{_number(after):>12}"
        f"{'-' if change is None else f'{change:+.1%}':>9}{'-' if same is None else f'{same:.0%}':>13}"
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
