"""`siger backup` and `siger restore`: the whole store in one file, and back, proven equal."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from dashboard.cli.registry import note_export
from dashboard.cli.settings import read
from dashboard.cli.store import history_at, log_url
from dashboard.settings import Settings
from feeds import taxonomy as taxonomies
from feeds.backup import BackupError, Manifest, back_up, restore
from feeds.log_errors import LogError

_Job = Callable[..., Awaitable[Manifest]]

demo_option = click.option("--demo", is_flag=True, help="The demonstration store instead of the real one.")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@demo_option
def backup_command(file: Path, demo: bool) -> None:
    """Write the whole store to FILE, while Siger runs or not.

    Secret keys (SIGER_KEYS_DIR) are not in it: keep a copy of them somewhere else.
    """
    settings = _settings(demo)
    if file.exists():
        raise click.ClickException(f"{file} exists already: choose another name")
    with log_url(settings) as url:
        manifest = asyncio.run(_with_history(back_up, file, url, settings, first="backup"))
    _say("backed up", manifest)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@demo_option
def restore_command(file: Path, demo: bool) -> None:
    """Put the store in FILE into this, empty, data directory, and prove that it shows the same."""
    settings = _settings(demo)
    with log_url(settings, alone=True) as url:
        manifest = asyncio.run(_with_history(restore, file, url, settings, then="restore"))
    _say("restored and proven equal", manifest)


def _settings(demo: bool) -> Settings:
    return read(mode="demo" if demo else "serve")


async def _with_history(
    job: _Job, file: Path, url: str, settings: Settings, *, first: str = "", then: str = ""
) -> Manifest:
    """Does the job; `first` and `then` are what the audit is told before and after."""
    history = history_at(url, settings)
    folders = {"archive": settings.store_dir / "archive", "boundaries": settings.data_dir / "boundaries"}
    try:
        if first:
            await note_export(history.log, first, file.name)
        done = await job(file=file, history=history, folders=folders, taxonomy=taxonomies.load(settings.taxonomy))
        if then:
            await note_export(history.log, then, file.name, last_id=done.last_id)
        return done
    except (BackupError, LogError, OSError) as error:
        raise click.ClickException(str(error)) from error
    finally:
        await history.log.close()


def _say(what: str, manifest: Manifest) -> None:
    click.echo(
        f"{what}: {manifest.entries} log entries up to {manifest.last_id}, {len(manifest.digests)} parts, "
        f"state hash {manifest.state_hash}"
    )
