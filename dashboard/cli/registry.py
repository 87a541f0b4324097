"""How `siger users`, `siger tokens` and `siger audit` reach the access store, whether Siger runs or not."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from dashboard.access.audit import Audit, Deed
from dashboard.access.desk import Access
from dashboard.access.keys import KeyTrouble
from dashboard.access.passwords import WeakPassword
from dashboard.access.register import RegisterError
from dashboard.access.rights import BadGrant
from dashboard.cli.settings import read
from dashboard.cli.store import log_url
from feeds.log import EventLog, LogError
from geo import areas as places
from geo.areas import UnknownArea

T = TypeVar("T")

demo_option = click.option("--demo", is_flag=True, help="The demonstration's store instead of the real one.")


def with_access(demo: bool, job: Callable[[Access], Awaitable[T]]) -> T:
    """Runs `job` on the store. What it refuses is told as the command's error."""
    settings = read(mode="demo" if demo else "serve")
    with log_url(settings) as url:

        async def run() -> T:
            event_log = EventLog.open(url, prefix=settings.log_prefix)
            try:
                return await job(Access(settings, event_log, places.load(settings.data_dir)))
            finally:
                await event_log.close()

        try:
            return asyncio.run(run())
        except (RegisterError, BadGrant, UnknownArea, WeakPassword, KeyTrouble, LogError) as error:
            raise click.ClickException(str(error)) from error


def by_command(action: str, on: str, **detail: object) -> Deed:
    """Somebody at the server's own command line did it."""
    return Deed(f"cli:{getpass.getuser()}", "operator", action, on, origin="cli", detail=detail)


async def note_export(log: EventLog, action: str, on: str, **detail: object) -> None:
    """Writes to the audit what leaves the store, before it does. Raises `LogError`."""
    await Audit(log).record(by_command(action, on, **detail))
