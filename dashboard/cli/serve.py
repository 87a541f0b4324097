"""`siger demo` and `siger serve`: one process with the log, the web server and what runs beside them."""

import asyncio
import contextlib
import gc
import logging
import shutil
import signal
import socket
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path

import click
import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from dashboard.app import Companion, create_app
from dashboard.doorway import DeviceHttp
from dashboard.framed import LiveSocket
from dashboard.house import House
from dashboard.patience import Crowd, check_all, most_connections, patient
from dashboard.settings import Settings
from feeds.embedded import EmbeddedServer
from feeds.log import EventLog

#: A demonstration store that nothing was written to for this long is begun anew: yesterday's play is no news.
DEMO_STORE_FOR_S = 12 * 3600
#: The server ticks ten times a second.
LOOK_EVERY_TICKS = 10
#: Objects made before Python looks for cycles among them. At its own 700 it looks several times in each batch of
#: positions, for nothing: half of what a position costs, and pauses that a viewer sees.
COLLECT_AFTER = 20_000


def run(settings: Settings, companions: Sequence[Companion] = ()) -> None:
    """Runs Siger until it is told to stop. Raises `EmbeddedError` or `TaxonomyError` when it cannot start."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # The web server raises the signal that ended it once more; as an interrupt it lets the log be closed in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        if settings.redis_url is not None:
            url = settings.redis_url.get_secret_value()
            _run(_serve(settings, EventLog.open(url, prefix=settings.log_prefix), companions))
        else:
            _run_embedded(settings, companions)


def _run(work: Coroutine[None, None, None]) -> None:
    gc.set_threshold(COLLECT_AFTER)
    # uvloop where there is one: it takes less time than asyncio's own loop for each request and each frame.
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(work)


def _run_embedded(settings: Settings, companions: Sequence[Companion]) -> None:
    server = EmbeddedServer(settings.store_dir)
    with server:
        _run(_serve_supervised(settings, server, companions))


async def _serve_supervised(settings: Settings, server: EmbeddedServer, companions: Sequence[Companion]) -> None:
    # Not a companion: those wait for the picture, and the picture waits for a log server that may have to be
    # started again first.
    keeper = asyncio.create_task(server.supervise(), name="log server")
    try:
        event_log = EventLog.open(server.url, prefix=settings.log_prefix, room=server.room)
        await _serve(settings, event_log, companions)
    finally:
        keeper.cancel()


class _Server(uvicorn.Server):
    """Says where it answers, once it does, and looks after those who are slow to say what they want."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            click.echo(f"Siger: http://{self.config.host}:{self.config.port}   (wall: /posko, stop: Ctrl-C)")

    async def on_tick(self, counter: int) -> bool:
        if counter % LOOK_EVERY_TICKS == 0:
            check_all(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)


async def _serve(settings: Settings, event_log: EventLog, companions: Sequence[Companion]) -> None:
    app = create_app(settings, event_log, [_keep_for_good, *companions])
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=patient(Crowd(most_connections(settings.connections)), DeviceHttp),
        log_level="warning",
        access_log=False,
        ws=LiveSocket,
        ws_per_message_deflate=False,  # frames are compact; deflating them once a viewer costs the server most
        ws_max_size=64 * 1024,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    await _Server(config).serve()


async def _keep_for_good(_house: House) -> None:
    """What stands once the picture is built stays: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()


def clear_old_demo(store: Path) -> bool:
    """Removes a demonstration store that is too old to be of use. True if there was one."""
    newest = max((path.stat().st_mtime for path in store.rglob("*") if path.is_file()), default=None)
    if newest is None or time.time() - newest < DEMO_STORE_FOR_S:
        return False
    shutil.rmtree(store)
    return True
