"""`siger engine`: what one place at a time does, without a web server, for several web processes on one log."""

import asyncio
import contextlib
import logging
import signal

import click

from dashboard import engine
from dashboard.app import end, furnish
from dashboard.cli.settings import read
from dashboard.settings import Settings
from feeds.embedded import EmbeddedServer
from feeds.log import EventLog


@click.command("engine")
@click.option("--demo", is_flag=True, help="The demonstration's log instead of the real one.")
def engine_command(demo: bool) -> None:
    """Compute levels and alarms, notify, take snapshots and archive, whenever no other process does.

    Works on the log at SIGER_REDIS_URL, or on the embedded log of a Siger that runs on the same SIGER_DATA_DIR.
    Several may run: one works, and another takes over within seconds when it is gone.
    """
    settings = read(mode="demo" if demo else "serve")
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    event_log = _log(settings)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(settings, event_log))


def _log(settings: Settings) -> EventLog:
    if settings.redis_url is not None:
        return EventLog.open(settings.redis_url.get_secret_value(), prefix=settings.log_prefix)
    server = EmbeddedServer(settings.store_dir)
    if not server.is_held:
        raise click.ClickException(
            f"no Siger runs on {settings.store_dir}: start one first, or name the log in SIGER_REDIS_URL"
        )
    return EventLog.open(server.url, prefix=settings.log_prefix, room=server.room)


async def _run(settings: Settings, event_log: EventLog) -> None:
    house = furnish(settings, event_log)
    tasks = [
        asyncio.create_task(house.situation.run(), name="situation"),
        asyncio.create_task(house.sources.run(), name="sources"),
        asyncio.create_task(engine.take_part(house), name="engine"),
    ]
    click.echo("Siger's engine runs (stop: Ctrl-C)")
    try:
        await asyncio.gather(*tasks)
    finally:
        await end(tasks)
        await event_log.close()
