"""`siger demo` and `siger serve`: one process with the log, the web server and what runs beside them."""

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import click
import uvicorn

from dashboard.app import Companion, create_app
from dashboard.settings import Settings
from feeds.embedded import EmbeddedError, EmbeddedServer
from feeds.log import EventLog

#: A demonstration store that nothing was written to for this long is begun anew: yesterday's play is no news.
DEMO_STORE_FOR_S = 12 * 3600
MOST_HEADER_BYTES = 16 * 1024


def run(settings: Settings, companions: Sequence[Companion] = ()) -> None:
    """Runs Siger until it is told to stop. Raises `click.ClickException` saying why it cannot start."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with _log_url(settings) as url:
        asyncio.run(_serve(settings, url, companions))


@contextlib.contextmanager
def _log_url(settings: Settings):  # type: ignore[no-untyped-def]  # a context manager of str
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value()
        return
    settings.store_dir.mkdir(parents=True, exist_ok=True)
    server = EmbeddedServer(settings.store_dir)
    try:
        url = server.start()
    except EmbeddedError as error:
        raise click.ClickException(str(error)) from error
    try:
        yield url
    finally:
        server.stop()


async def _serve(settings: Settings, url: str, companions: Sequence[Companion]) -> None:
    app = create_app(settings, EventLog.open(url, prefix=settings.log_prefix), companions)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # frames are compact; deflating them once a viewer costs the server most
        ws_max_size=64 * 1024,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    announcing = asyncio.create_task(_announce(server, settings))
    await serving
    announcing.cancel()


async def _announce(server: uvicorn.Server, settings: Settings) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    click.echo(f"Siger: http://{settings.host}:{settings.port}   (wall: /posko, stop: Ctrl-C)")


def clear_old_demo(store: Path) -> bool:
    """Removes a demonstration store that is too old to be of use. True if there was one."""
    newest = max((path.stat().st_mtime for path in store.rglob("*") if path.is_file()), default=None)
    if newest is None or time.time() - newest < DEMO_STORE_FOR_S:
        return False
    shutil.rmtree(store)
    return True
