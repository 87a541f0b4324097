"""`create_app`: the only place that wires Siger together. Importing it starts nothing.

Long-lived things start and stop with the app's lifespan and nowhere else: following the log, the ticks of the live
feed, the levels feed, and whatever else a command hands in (`companions`: the demonstration feed, say).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from dash import Dash
from fastapi import FastAPI, WebSocket
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from dashboard import engine, live, protocols
from dashboard.access import doors
from dashboard.access.callbacks import Callback
from dashboard.access.desk import Access
from dashboard.access.gate import Gate, admission_of
from dashboard.access.headers import security_headers
from dashboard.api import (
    alarms,
    areas,
    basemap,
    curves,
    forecast,
    health,
    incidents,
    levels,
    openapi,
    positions,
    problems,
    reading,
    refused,
    sources,
    tps,
)
from dashboard.basemap import host as basemap_host
from dashboard.doorway import DeviceDoor
from dashboard.express import Express
from dashboard.house import House, house_of
from dashboard.hub import Hub
from dashboard.pages import shell
from dashboard.settings import Settings
from dashboard.situation import Situation
from dashboard.text import script
from feeds import taxonomy as taxonomies
from feeds.archive import Archive
from feeds.history import History
from feeds.intake import Intake
from feeds.levels.engine import LevelsFeed
from feeds.levels.ground import Ground
from feeds.log import EventLog
from feeds.picture import Picture
from feeds.placing import Placing
from feeds.refused import RefusedStore
from feeds.registry import Registry
from feeds.sources import Sources
from feeds.upkeep import record_what_is_shown
from geo import areas as places
from geo.locate import locator_of

ASSETS = Path(__file__).parents[1] / "assets"
GEO_DATA = Path(places.__file__).parent / "data"
#: Answers smaller than this cost more to compress than to send.
SMALLEST_TO_COMPRESS = 1_000
#: The ways in that may be asked a thousand times a second.
EXPRESS = {"/api/v1/incidents": incidents.report, "/api/v1/positions": positions.report}
#: A task that has not ended this long after it was cancelled is cancelled again.
CANCEL_AGAIN_S = 0.2

Companion = Callable[[House], Awaitable[None]]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

log = logging.getLogger(__name__)


class _Siger(FastAPI):
    """What stands `outside` comes before the frameworks' own middleware.

    Dash's reads whole bodies before anybody is asked, and what the express lane answers needs none of it.
    """

    outside: Sequence[Middleware] = ()

    def build_middleware_stack(self) -> ASGIApp:
        app = super().build_middleware_stack()
        for layer, args, named in reversed(self.outside):
            app = layer(app, *args, **named)
        return app


def create_app(settings: Settings, event_log: EventLog, companions: Sequence[Companion] = ()) -> FastAPI:
    """The whole application on one event log. `companions` run beside it once the picture is built."""
    house = furnish(settings, event_log)
    app = _Siger(
        title="Siger",
        version=version("siger"),
        description="A live map of security and public order in Lampung.",
        lifespan=_lifespan(house, [*protocols.companions(settings), *companions]),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        # Siger's own figures are at /metrics; asking at each request whether somebody wants others has its price.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.house = house
    app.add_middleware(GZipMiddleware, minimum_size=SMALLEST_TO_COMPRESS, compresslevel=5)
    problems.register(app)
    openapi.register(app)
    # curves before levels: else "curves" would be taken for an area's code
    for part in (
        areas,
        alarms,
        basemap,
        incidents,
        positions,
        curves,
        levels,
        forecast,
        reading,
        refused,
        sources,
        health,
        tps,
        doors,
    ):
        app.include_router(part.router)
    for router in protocols.ROUTERS:
        app.include_router(router)
    _add_live(app)
    _add_files(app, settings)
    dash = _add_pages(app, house)
    app.outside = (
        Middleware(DeviceDoor),  # outside the gate: it only says where a device meant to go, and as whom
        Middleware(
            Gate,
            access=house.access,
            # The hashes of the inline scripts that Dash's pages need.
            headers=_headers(list(dash.csp_hashes()), settings),
            callbacks={output: Callback.of(known) for output, known in dash.callback_map.items()},
        ),
        Middleware(Express, endpoints=EXPRESS, smallest_to_compress=SMALLEST_TO_COMPRESS),
    )
    return app


def _headers(scripts: Sequence[str], settings: Settings) -> dict[str, str]:
    https = (settings.public_url or "").startswith("https://")
    return security_headers(scripts, https=https, tile_host=basemap_host(settings.basemap))


def furnish(settings: Settings, event_log: EventLog) -> House:
    """The parts of one Siger, not yet running."""
    known = places.load(settings.data_dir)
    taxonomy = taxonomies.load(settings.taxonomy)
    picture = Picture(taxonomy)
    history = History(event_log, Archive(settings.archive_dir))
    situation = Situation(history, picture)
    simulated = settings.mode == "demo"
    hub = Hub(picture, situation.log_state, simulated=simulated, locator=locator_of(known))
    assessing = LevelsFeed(picture, event_log, _ground(known), taxonomy, simulated=simulated)
    situation.listen(assessing.note)
    access = Access(settings, event_log, known)
    heard = Sources(event_log)
    registry = Registry(picture, known, situation.caught_up, closed=settings.sources == "registered")
    situation.listen(lambda changes: registry.note(changes.orders))
    placing = Placing(known, locator_of(known))
    intake = Intake(event_log, placing, taxonomy, simulated=simulated, registry=registry, note=heard.note)
    return House(
        settings,
        known,
        taxonomy,
        event_log,
        picture,
        intake,
        situation,
        hub,
        assessing,
        access,
        heard,
        registry,
        RefusedStore(event_log),
    )


# Apps on the same boundaries share it.
_ground = lru_cache(maxsize=2)(Ground.of)


def _lifespan(house: House, companions: Sequence[Companion]) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        house.situation.listen(house.hub.note)
        tasks = [
            asyncio.create_task(house.situation.run(), name="situation"),
            asyncio.create_task(house.hub.tick(), name="ticks"),
            asyncio.create_task(_records(house), name="records"),
            asyncio.create_task(_engine(house), name="engine"),
            *(asyncio.create_task(_companion(house, companion)) for companion in companions),
        ]
        for task in tasks:
            task.add_done_callback(_say_if_died)
        try:
            yield
        finally:
            await end(tasks)
            await house.log.close()

    return lifespan


async def end(tasks: Iterable["asyncio.Task[None]"]) -> None:
    """Cancels the tasks until they have ended.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which redis-py uses for every command, loses a
    cancellation that comes in the moment of its answer (cpython issue 86296), and the task would go on for ever.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)


async def _engine(house: House) -> None:
    await (engine.look_on(house) if house.settings.engine == "apart" else engine.take_part(house))


async def _records(house: House) -> None:
    await house.situation.caught_up.wait()
    async with asyncio.TaskGroup() as group:
        group.create_task(record_what_is_shown(house.situation.history, house.picture))
        group.create_task(house.sources.run())


async def _companion(house: House, companion: Companion) -> None:
    await house.situation.caught_up.wait()
    await companion(house)


def _say_if_died(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and task.exception() is not None:
        log.critical("%s stopped", task.get_name(), exc_info=task.exception())


def _add_live(app: FastAPI) -> None:
    @app.websocket("/live")
    async def live_feed(socket: WebSocket) -> None:
        house = house_of(socket)
        await live.serve(socket, house.hub, house.access, admission_of(socket))


def _add_files(app: FastAPI, settings: Settings) -> None:
    @app.get("/text.js", include_in_schema=False)
    async def texts(request: Request) -> Response:
        chosen = request.query_params.get("lang") or request.cookies.get("siger_lang") or settings.language
        return Response(script("en" if chosen == "en" else "id"), media_type="text/javascript")

    app.mount("/geo", StaticFiles(directory=GEO_DATA), name="geo")


def _add_pages(app: FastAPI, house: House) -> Dash:
    # Dash asks for an absolute folder: a relative one is resolved against the package of the name it is given.
    dash = Dash(
        "siger",
        server=app,
        assets_folder=str(ASSETS),
        title="Siger",
        update_title="",
        serve_locally=True,
        suppress_callback_exceptions=True,
    )
    shell.register(dash, house.areas, house.taxonomy, house.settings)
    # Else its pages open a socket of their own for callbacks, which Siger does not use and the gate keeps shut.
    dash.backend.websocket_capability = False
    # Dash 4.4 does this at the first request to "/" or its own routes alone: were /posko asked for first, that page
    # would come without our assets.
    dash._setup_server()
    return dash
