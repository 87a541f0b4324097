"""`siger report`: the daily, weekly and monthly forms, from log and archive."""

import asyncio
import sys
from datetime import date, datetime
from pathlib import Path

import click

from dashboard.cli.registry import note_export
from dashboard.cli.settings import read
from dashboard.cli.store import history_at, log_url
from dashboard.reports.compiling import Asked, Seen
from dashboard.reports.making import FORMATS, Format, compiled, look, written
from dashboard.reports.period import RHYTHMS, Period, Rhythm
from dashboard.settings import Settings
from dashboard.text import LANGUAGES, Language
from feeds import taxonomy as taxonomies
from feeds.clock import now_ms
from feeds.taxonomy import Taxonomy
from geo import areas as places
from geo.areas import PROVINCE, UnknownArea


@click.command("report")
@click.argument("rhythm", type=click.Choice(RHYTHMS))
@click.option(
    "--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="A day (WIB) that the period holds."
)
@click.option("--area", "code", default=PROVINCE, show_default=True, help="A code of any level.")
@click.option("--format", "form_as", type=click.Choice(FORMATS), default="pdf", show_default=True)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="The file to write, '-' for standard output [default: a name of its own here].",
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="id", show_default=True)
@click.option("--demo", is_flag=True, help="The demonstration store instead of the real one.")
def report(
    rhythm: Rhythm, day: datetime, code: str, form_as: Format, out: Path | None, lang: Language, demo: bool
) -> None:
    """Write the form of the day, the week (Monday to Sunday) or the month that --date lies in.

    It counts what happened in the period beside the period before. Restricted reports are left out: forms are
    passed on. A form of a period that still runs says so.
    """
    if not date.min.year < day.year < date.max.year:
        raise click.BadParameter(f"{day.date()}: no calendar has the days around it", param_hint="--date")
    settings = read(mode="demo" if demo else "serve")
    areas = places.load(settings.data_dir)
    try:
        asked = Asked(Period.around(rhythm, day.date()), areas.get(code), now_ms())
        taxonomy = taxonomies.load(settings.taxonomy)
        if asked.period.start_ms > asked.made_ms:
            raise click.BadParameter(f"{day:%Y-%m-%d} has not begun yet", param_hint="--date")
        seen = _seen(settings, taxonomy, asked)
    except UnknownArea as error:
        raise click.ClickException(str(error)) from error
    made = written(compiled(asked, seen, areas, taxonomy, lang), form_as, lang)
    _deliver(made, out or Path(_name(asked, form_as)))


def _seen(settings: Settings, taxonomy: Taxonomy, asked: Asked) -> Seen:
    async def reading(url: str) -> Seen:
        history = history_at(url, settings)
        try:
            seen = await look(history, taxonomy, asked, simulated=settings.mode == "demo")
            period = asked.period
            await note_export(
                history.log, "report", asked.area.code, form=period.rhythm, day=period.first.isoformat()
            )
            return seen
        finally:
            await history.log.close()

    with log_url(settings) as url:
        return asyncio.run(reading(url))


def _deliver(made: bytes, out: Path) -> None:
    if str(out) == "-":
        sys.stdout.buffer.write(made)
        return
    try:
        out.write_bytes(made)
    except OSError as error:
        raise click.ClickException(f"the report cannot be written: {error}") from error
    click.echo(str(out))


def _name(asked: Asked, form_as: Format) -> str:
    area = asked.area.code.replace(":", "-")
    return f"siger-{asked.period.rhythm}-{asked.period.first.isoformat()}-{area}.{form_as}"
