"""The peers beside which publish-to-paint is measured: the bare loop, and the usual Dash way.

    python -m tests.bench.peers bare|interval|plain|movers REDIS_URL PORT

The bare loop is the least that any live page does: one stream, one socket, one DOM append. The usual Dash way is a
`dcc.Interval` of one second whose callback reads the stream and sets a `dl.GeoJSON` and a list. Plain is Dash with
a map and the regencies on it, without anything that lives: how soon such a page can stand at all. Movers is the
usual Dash way for units: all that was posted, once a second, in one `dl.GeoJSON`; it keeps them in memory.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import dash
import dash_leaflet as dl
import uvicorn
from dash import Input, Output, dcc, html
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse

from geo import areas

STREAM = "bench"
PAGE = """<!DOCTYPE html><title>bare</title><ul id="list"></ul><script>
const socket = new WebSocket(`ws://${location.host}/feed`);
socket.onmessage = (message) => {
  const row = document.createElement("li");
  row.className = "row";
  row.textContent = message.data;
  document.getElementById("list").prepend(row);
};
</script>"""


def bare(url: str) -> FastAPI:
    redis = Redis.from_url(url)
    sockets: set[WebSocket] = set()

    async def pump() -> None:
        last = "$"
        while True:
            found: Any = await redis.xread({STREAM: last}, block=1_000)
            for _, rows in found or []:
                for entry_id, fields in rows:
                    last = entry_id
                    for socket in list(sockets):
                        await socket.send_text(fields[b"title"].decode())

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(pump())
        yield
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE)

    @app.websocket("/feed")
    async def feed(socket: WebSocket) -> None:
        await socket.accept()
        sockets.add(socket)
        with suppress(WebSocketDisconnect):  # a page that is closed
            while True:
                await socket.receive_text()
        sockets.discard(socket)

    return app


def interval(url: str) -> FastAPI:
    redis = Redis.from_url(url)
    server = FastAPI()
    app = dash.Dash("interval", server=server)
    app.layout = html.Div(
        [
            dcc.Interval(id="tick", interval=1_000),
            dl.Map([dl.GeoJSON(id="points")], center=[-5, 105], zoom=8, style={"height": "600px"}),
            html.Ul(id="list"),
        ]
    )

    @app.callback(Output("points", "data"), Output("list", "children"), Input("tick", "n_intervals"))
    async def refresh(_ticks: int | None) -> tuple[object, object]:
        rows: Any = await redis.xrevrange(STREAM, count=50)
        titles = [fields[b"title"].decode() for _, fields in rows]
        features = [
            {
                "type": "Feature",
                "properties": {"title": title},
                "geometry": {"type": "Point", "coordinates": [105 + index / 100, -5]},
            }
            for index, title in enumerate(titles)
        ]
        points = {"type": "FeatureCollection", "features": features}
        return points, [html.Li(title, className="row") for title in titles]

    return server


def movers(_url: str) -> FastAPI:
    places: dict[str, tuple[float, float]] = {}
    server = FastAPI()

    @server.post("/ingest", status_code=204)
    async def ingest(points: list[dict[str, Any]]) -> None:
        places.update((point["name"], (point["lon"], point["lat"])) for point in points)

    app = dash.Dash("movers", server=server)
    app.layout = html.Div(
        [
            dcc.Interval(id="tick", interval=1_000),
            dl.Map([dl.GeoJSON(id="points")], center=[-5, 105], zoom=9, style={"height": "1000px"}),
            html.Span(id="probe"),
            html.Span(id="count"),
        ]
    )

    @app.callback(
        Output("points", "data"),
        Output("probe", "children"),
        Output("count", "children"),
        Input("tick", "n_intervals"),
    )
    async def refresh(_ticks: int | None) -> tuple[object, object, object]:
        features = [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": place}}
            for place in places.values()
        ]
        probe = places.get("PROBE")
        return {"type": "FeatureCollection", "features": features}, probe and probe[1], len(features)

    return server


def plain(_url: str) -> FastAPI:
    server = FastAPI()
    server.add_middleware(GZipMiddleware, minimum_size=1_000)
    app = dash.Dash("plain", server=server)
    regencies = dl.GeoJSON(data=areas.load().geojson("regency"))
    app.layout = dl.Map([regencies], center=[-5, 105], zoom=8, style={"height": "1000px"})
    return server


if __name__ == "__main__":
    kind, redis_url, port = sys.argv[1:4]
    pages = {"bare": bare, "interval": interval, "plain": plain, "movers": movers}
    uvicorn.run(pages[kind](redis_url), port=int(port), log_level="warning")
