"""Frames a second and lateness on the screen: worldmap, the usual Dash way and Siger, the same movers on each.

Each page is 1920x1080 in a browser of its own and each server is new. One mover is a probe whose latitude says
which of its reports it is: a report counts as shown in the first frame in which the page knows it or a later one.
All must be inside the window; a picture of each is kept to be looked at.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from playwright.sync_api import Page

from tests.bench.audience import Body, Publisher, Sent, places, siger_point, worldmap_point
from tests.bench.bench_paint import percentile
from tests.bench.frames import SHOTS, WINDOW, Frames, chromium, measure, open_page
from tests.bench.worldmap import VERSIONS, worldmap
from tests.browser.conftest import free_port, running, wait_for

SECONDS = 8.0
EMPTY_S = 4.0
SETTLE_S = 3.0
BATCHES_PER_S = 10

_WATCH = """() => {{
  const seen = (window.benchSeen = {{}});
  const look = () => {{
    const report = {read};
    if (report !== null && !(report in seen)) seen[report] = Date.now();
    requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""


@dataclass(frozen=True, slots=True)
class Stand:
    """A page to measure: where it takes points, and how to ask it for what it knows (JavaScript)."""

    name: str
    page: Page
    port: int
    path: str
    point: Any
    probe: str
    in_window: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page made of its load."""

    name: str
    movers: int
    per_s: int
    empty: Frames
    loaded: Frames
    in_window: int
    late_ms: Sequence[float]
    sent: Sent


def run() -> str:
    shown = [
        _measure(_worldmap, 2_000, 1_000),
        _measure(_worldmap, 5_000, 1_000),
        _measure(_interval, 2_000, 1_000),
        *(_measure(_siger, movers, per_s) for movers, per_s in ((2_000, 1_000), (7_600, 760), (20_000, 2_000))),
    ]
    lines = [
        "| page | movers | updates/s | frames/s empty | frames/s | of empty | p95 gap ms | p50 ms | p95 ms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *map(_row, shown),
        "",
        f"Peers: {VERSIONS}; Dash with a one-second `dcc.Interval` and `dl.GeoJSON`. Pictures: {SHOTS}.",
    ]
    return "\n".join(lines)


def _row(one: Shown) -> str:
    p50, p95 = (percentile(list(one.late_ms), share) for share in (50, 95))
    frames = f"{one.empty.fps:.1f} | {one.loaded.fps:.1f} | {one.loaded.fps / one.empty.fps:.2f}"
    late = f"{one.loaded.p95_gap_ms:.0f} | {p50:.0f} | {p95:.0f}"
    return f"| {one.name} | {one.movers:,} | {one.per_s:,} | {frames} | {late} |"


def _measure(opened: Any, movers: int, per_s: int) -> Shown:
    with opened() as stand:
        page = stand.page
        time.sleep(SETTLE_S)
        empty = measure(page, EMPTY_S)
        sent_ms: list[float] = []
        publisher = Publisher(
            stand.port, stand.path, _body(stand, sent_ms), units=movers, batch=per_s // BATCHES_PER_S, connections=1
        )
        publisher.everybody()
        wait_for(lambda: page.evaluate(stand.in_window) >= 0.99 * movers, 60)
        time.sleep(SETTLE_S)
        page.evaluate(_WATCH.format(read=stand.probe))
        first, sent = len(sent_ms), []
        publishing = threading.Thread(target=lambda: sent.append(publisher.play(per_s, SECONDS)))
        publishing.start()
        loaded = measure(page, SECONDS - 1)
        publishing.join()
        time.sleep(2.0)
        late = _late(sent_ms, first, page.evaluate("window.benchSeen"))
        inside = page.evaluate(stand.in_window)
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"beside-{stand.name}-{movers}.png".lower().replace(" ", "-"))
    if inside < 0.99 * movers or not late:
        raise SystemExit(
            f"{stand.name}: {inside} of {movers} movers are inside the window, {len(late)} reports seen"
        )
    return Shown(stand.name, movers, per_s, empty, loaded, inside, late, sent[0])


def _body(stand: Stand, sent_ms: list[float]) -> Body:
    def body(units: Sequence[int], now_ms: float) -> bytes:
        points = [stand.point(name, lon, lat, now_ms) for name, lon, lat in places(units, now_ms)]
        probe = stand.point("PROBE", 105.0, round(-5 + len(sent_ms) * 1e-4, 4), now_ms)
        sent_ms.append(now_ms)
        return orjson.dumps([*points, probe])

    return body


def _late(sent_ms: Sequence[float], first: int, seen: dict[str, float]) -> list[float]:
    """Milliseconds from each report's sending to the first frame that held it or a later one."""
    found, at_ms = [], None
    for report in range(len(sent_ms) - 1, first - 1, -1):
        at_ms = seen.get(str(report), at_ms)
        if at_ms is not None:
            found.append(at_ms - sent_ms[report])
    return found


@contextmanager
def _siger() -> Iterator[Stand]:
    with (
        tempfile.TemporaryDirectory(prefix="siger-beside-") as folder,
        running(Path(folder), "--scenario", "none") as siger,
        chromium() as browser,
    ):
        page = open_page(browser, siger)
        page.evaluate("siger.map.mounted().units.group(false)")  # each by itself, as the others draw them
        units = "siger.map.mounted().units"
        probe = (
            f"((known) => known.slots.has('PROBE') ? "
            f"Math.round((known.latE6[known.slots.get('PROBE')] + 5e6) / 100) : null)({units}.units)"
        )
        yield Stand(
            "Siger", page, siger.port, "/api/v1/positions", siger_point, probe, f"{units}.inWindow.visible.count()"
        )


@contextmanager
def _worldmap() -> Iterator[Stand]:
    with worldmap() as peer, chromium() as browser:
        page = browser.new_page(viewport=WINDOW)  # type: ignore[arg-type]
        page.goto(peer.page)
        time.sleep(SETTLE_S + 1)
        peer.post({"command": {"lat": -5.0, "lon": 105.0, "zoom": 9}})
        probe = "(markers.PROBE ? Math.round((markers.PROBE.getLatLng().lat + 5) * 1e4) : null)"
        inside = "Object.values(markers).filter((m) => map.getBounds().contains(m.getLatLng())).length"
        yield Stand("worldmap", page, peer.port, "/ingest", worldmap_point, probe, inside)


@contextmanager
def _interval() -> Iterator[Stand]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.peers", "movers", "redis://unused", str(port)])
    try:
        with chromium() as browser:
            page = browser.new_page(viewport=WINDOW)  # type: ignore[arg-type]
            wait_for(lambda: _opens(page, port), 30)
            text = "document.getElementById('probe')?.textContent"
            probe = f"({text} ? Math.round((Number({text}) + 5) * 1e4) : null)"
            inside = "Number(document.getElementById('count')?.textContent || 0)"
            yield Stand("Dash interval", page, port, "/ingest", worldmap_point, probe, inside)
    finally:
        process.kill()
        process.wait(10)


def _opens(page: Page, port: int) -> bool:
    try:
        return page.goto(f"http://127.0.0.1:{port}/") is not None
    except Exception as error:
        if "ERR_CONNECTION" in str(error):
            return False
        raise
