"""`siger replay`: the picture of any past moment, from log and archive alone, beside the hash recorded live."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import click

from dashboard.api import shapes
from dashboard.cli.registry import note_export
from dashboard.cli.settings import read
from dashboard.cli.store import history_at, log_url
from dashboard.settings import Settings
from feeds import taxonomy as taxonomies
from feeds.clock import epoch_ms, now_ms, utc_text
from feeds.history import History
from feeds.log_entry import place
from feeds.picture import Picture
from feeds.replay import Replayed, StateHashes, moment_id, replay


class Moment(click.ParamType[int]):
    """A time as RFC 3339 with its offset, such as 2024-11-27T15:00:00+07:00."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                self.fail(f"'{value}' has no offset; Lampung's is +07:00, UTC is Z", param, ctx)
            return epoch_ms(moment)
        except ValueError:
            self.fail(f"'{value}' is not a time; write it like 2024-11-27T15:00:00+07:00", param, ctx)


@click.command("replay")
@click.option("--at", "at_ms", type=Moment(), help="The moment whose picture is wanted.")
@click.option("--from", "from_ms", type=Moment(), help="Instead: list the recorded moments from here ...")
@click.option("--to", "to_ms", type=Moment(), help="... to here, each replayed and compared.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole picture as JSON.")
@click.option("--demo", is_flag=True, help="The demonstration store instead of the real one.")
def replay_command(at_ms: int | None, from_ms: int | None, to_ms: int | None, as_json: bool, demo: bool) -> None:
    """Rebuild the picture of a past moment; exit 1 when it is not the one that was shown then."""
    if (at_ms is None) == (from_ms is None):
        raise click.UsageError("give either --at TIME, or --from TIME and, if not up to now, --to TIME")
    settings = read(mode="demo" if demo else "serve")
    with log_url(settings) as url:
        if at_ms is not None:
            holds = asyncio.run(_at(url, settings, at_ms, as_json))
        else:
            holds = asyncio.run(_between(url, settings, from_ms or 0, to_ms or now_ms()))
    sys.exit(0 if holds else 1)


async def _at(url: str, settings: Settings, at_ms: int, as_json: bool) -> bool:
    async with _opened(url, settings) as (history, picture):
        until = moment_id(at_ms)
        recorded = await StateHashes(history.log).last(until)
        replayed = await replay(history, picture, until, recorded)
        if as_json:
            await note_export(history.log, "replay", utc_text(at_ms))
    shown = _as_json(at_ms, replayed) if as_json else _as_text(at_ms, replayed)
    click.echo(shown)
    return replayed.agrees is not False


async def _between(url: str, settings: Settings, from_ms: int, to_ms: int) -> bool:
    """One pass through the history, compared at every moment that was recorded on the way."""
    holds = True
    async with _opened(url, settings) as (history, picture):
        for recorded in await StateHashes(history.log).between(moment_id(from_ms - 1), moment_id(to_ms)):
            replayed = await replay(history, picture, recorded.id, recorded)
            holds = holds and replayed.agrees is True
            click.echo(_as_text(place(recorded.id)[0], replayed))
    return holds


@contextlib.asynccontextmanager
async def _opened(url: str, settings: Settings) -> AsyncIterator[tuple[History, Picture]]:
    history = history_at(url, settings)
    try:
        yield history, Picture(taxonomies.load(settings.taxonomy))
    finally:
        await history.log.close()


def _as_text(at_ms: int, replayed: Replayed) -> str:
    picture = replayed.picture
    words = {True: "as shown live", False: "NOT AS SHOWN LIVE", None: "nothing recorded to compare with"}
    return (
        f"{utc_text(at_ms)}  entry {picture.last_id}  hash {picture.state_hash()}  {words[replayed.agrees]}  "
        f"({len(picture.incidents)} incidents, {len(picture.units)} units, {replayed.unreadable} unreadable)"
    )


def _as_json(at_ms: int, replayed: Replayed) -> str:
    picture, recorded = replayed.picture, replayed.recorded
    body: dict[str, Any] = {
        "at": utc_text(at_ms),
        "last_event_id": picture.last_id,
        "state_hash": picture.state_hash(),
        "recorded": None
        if recorded is None
        else {"event_id": recorded.id, "state_hash": recorded.hash, "agrees": replayed.agrees},
        "entries": replayed.entries,
        "unreadable": replayed.unreadable,
        "incidents": [shapes.incident(incident) for incident in picture.incidents.values()],
        "units": [shapes.unit_feature(unit, at_ms) for unit in picture.units.values()],
        "levels": [level.event.model_dump(mode="json") for level in picture.levels.values()],
    }
    return json.dumps(body, ensure_ascii=False)
