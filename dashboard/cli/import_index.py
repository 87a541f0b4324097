"""`siger import index`: an official vulnerability classification, with owner and date, as a layer of its own."""

import csv
import io
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from dashboard.cli.settings import read
from feeds.levels.official import LayerError, install, layer_of
from geo.areas import Areas, UnknownArea, load


@click.command("index")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--owner", help="Who published it. Needed for CSV.")
@click.option("--name", help="What it is called. Needed for CSV.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="When it was published. Needed for CSV.")
@click.option("--scale", help="Its classes, lowest first: rendah,sedang,tinggi. Needed for CSV.")
@click.option("--code", help="A short name to store it under.  [default: made from owner, name and year]")
@click.option("--source", default="", help="Where it was published.")
@click.option("--dry-run", is_flag=True, help="Check and report, but store nothing.")
def index(
    file: Path,
    owner: str | None,
    name: str | None,
    day: datetime | None,
    scale: str | None,
    code: str | None,
    source: str,
    dry_run: bool,
) -> None:
    """Take in FILE: CSV with columns area, class and, where published, value, not_class, note; or TOML.

    Areas are Kemendagri codes or names. A layer with the code of an earlier one replaces it.
    """
    settings = read()
    try:
        if file.suffix.lower() == ".toml":
            entry = _from_toml(file)
        elif owner and name and day and scale:
            given = {"owner": owner, "name": name, "date": day.date(), "scale": scale.split(","), "source": source}
            entry = {**given, "code": code or _slug(f"{owner} {name} {day.year}"), "area": _rows(file)}
        else:
            raise click.UsageError("a CSV needs --owner, --name, --date and --scale")
        layer = layer_of(_coded(entry, load(settings.data_dir)))
        click.echo(f"{layer.name}, {layer.owner}, {layer.date}: {len(layer.area)} areas")
        click.echo("nothing stored (--dry-run)" if dry_run else f"stored as {install(layer, settings.data_dir)}")
    except (LayerError, UnknownArea, OSError, UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{file}: {error}") from error


def _from_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LayerError(f"not TOML: {error}") from error


def _rows(file: Path) -> dict[str, dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    if "area" not in (reader.fieldnames or ()):
        raise LayerError(f"columns are {', '.join(reader.fieldnames or ())}; needed are area, class")
    wanted = [name for name in _COLUMNS if name in (reader.fieldnames or ())]
    found: dict[str, dict[str, Any]] = {}
    for row in reader:
        if row["area"] in found:
            raise LayerError(f"line {reader.line_num}: area '{row['area']}' stands there twice")
        found[row["area"] or ""] = {name: row[name].strip() for name in wanted if (row[name] or "").strip()}
    return found


_COLUMNS = ("class", "not_class", "value", "note")


def _coded(entry: dict[str, Any], areas: Areas) -> dict[str, Any]:
    """With areas by code: a name is looked up, an unknown one refused."""
    said_of = entry.get("area", {})
    if not isinstance(said_of, dict):
        raise LayerError("'area' must be a table for each area, such as [area.1806]")
    return {**entry, "area": {_code(area, areas): said for area, said in said_of.items()}}


def _code(text: str, areas: Areas) -> str:
    try:
        return areas.get(text).code
    except UnknownArea:
        named = [area for area in areas.find(text, 5) if area.level in ("province", "regency", "district")]
        exact = [area for area in named if area.name.casefold() == text.strip().casefold()]
        if len(exact) == 1:
            return exact[0].code
        raise


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())[:60]
