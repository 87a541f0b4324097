"""`siger sources`: who may send what for which areas. A running Siger goes by each change at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, get_args

import click

from dashboard.access.audit import Audit
from dashboard.cli.registry import by_command, demo_option
from dashboard.cli.settings import read
from dashboard.cli.store import history_at, log_url
from dashboard.cli.users import area_option
from dashboard.settings import Settings
from feeds import taxonomy as taxonomies
from feeds.clock import now_ms, utc_text
from feeds.events import Sends, SourceRegistered
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.intake import Refused
from feeds.log_errors import LogError
from feeds.registry import registration
from feeds.sources import SourceReport, Sources
from geo import areas as places
from geo.areas import UnknownArea

T = TypeVar("T")
Known = dict[str, SourceRegistered]

why_option = click.option("--why", required=True, help="The reason, for the log and the audit.")


@click.group("sources")
def sources() -> None:
    """Who may send what, for which areas, and how often it should be heard."""


@sources.command("set")
@click.argument("name")
@click.option("--title", help="How the screens call it, such as 'Kodim 0427'.")
@click.option("--sends", multiple=True, type=click.Choice(get_args(Sends)), help="What it may send [default: all].")
@area_option
@click.option("--sender", "senders", multiple=True, metavar="TOKEN", help="Who may speak under this name.")
@click.option("--every", "every_s", type=click.IntRange(1), metavar="SECONDS", help="How often it should be heard.")
@click.option("--note", help="Whom to call when it is silent, say.")
@why_option
@demo_option
def set_source(name: str, why: str, demo: bool, **given: Any) -> None:
    """Register a source, or change what is given of one. An empty limit ('--area ""') is taken away."""
    changes = {field: _limits(value) for field, value in given.items() if value not in (None, ())}
    _write(name, demo, lambda known: {**_as_given(known), **changes, "why": why})
    click.echo(f"{name} is registered.")


@sources.command()
@click.argument("name")
@why_option
@demo_option
def disable(name: str, why: str, demo: bool) -> None:
    """Take nothing from a source any more; what it sent stays."""
    _write(name, demo, lambda known: {**_as_given(known), "enabled": False, "why": why})
    click.echo(f"{name} is disabled.")


@sources.command()
@click.argument("name")
@why_option
@demo_option
def enable(name: str, why: str, demo: bool) -> None:
    """Take a source's reports in again."""
    _write(name, demo, lambda known: {**_as_given(known), "enabled": True, "why": why})
    click.echo(f"{name} is enabled.")


@sources.command("list")
@demo_option
def list_sources(demo: bool) -> None:
    """List every source: state, when last heard, accepted, refused, a minute, what it may."""

    async def job(history: History, known: Known, _settings: Settings) -> list[SourceReport]:
        return await Sources(history.log).all(known)

    for one in _with_store(demo, job):
        heard = utc_text(one.last_ms) if one.last_ms else "never"
        counts = (str(one.accepted), str(one.refused), f"{one.per_minute:g}")
        click.echo("\t".join((one.name, one.state or "-", heard, *counts, _may(one.registration))))


def _may(known: SourceRegistered | None) -> str:
    if known is None:
        return "not registered"
    if not known.enabled:
        return f"disabled by {known.actor}: {known.why}"
    parts = {"sends": known.sends, "areas": known.areas, "senders": known.senders}
    told = [f"{noun} {','.join(limits)}" for noun, limits in parts.items() if limits]
    return "; ".join([*told, *([f"every {known.every_s} s"] if known.every_s else [])]) or "no limit"


def _limits(value: Any) -> Any:
    return tuple(word for word in value if word) if isinstance(value, tuple) else value


def _as_given(known: SourceRegistered | None) -> dict[str, Any]:
    fields = {"title", "sends", "areas", "senders", "every_s", "enabled", "note"}
    return known.model_dump(include=fields) if known is not None else {}


def _write(name: str, demo: bool, item: Callable[[SourceRegistered | None], dict[str, Any]]) -> None:
    async def job(history: History, known: Known, settings: Settings) -> None:
        deed = by_command("source.register", name[:80])
        event = registration(
            name,
            item(known.get(name)),
            places.load(settings.data_dir),
            now_ms(),
            actor=deed.who,
            source="cli",
            simulated=demo,
        )
        await history.log.append([event], witness=Audit(history.log).witness(deed)([event]))

    _with_store(demo, job)


def _with_store(demo: bool, job: Callable[[History, Known, Settings], Awaitable[T]]) -> T:
    settings = read(mode="demo" if demo else "serve")
    with log_url(settings) as url:

        async def run() -> T:
            history = history_at(url, settings)
            try:
                picture = await FastStart(history, taxonomies.load(settings.taxonomy)).picture_up_to()
                return await job(history, picture.registrations(), settings)
            finally:
                await history.log.close()

        try:
            return asyncio.run(run())
        except (LogError, UnknownArea, Refused) as error:
            raise click.ClickException(str(error)) from error
