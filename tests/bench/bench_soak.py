"""Whether the browser stays well: twelve hours' updates in two minutes; heap, nodes and listeners on the way.

The officers' page with everything open that stays open on a desk: the list of units, a unit's card, all trails, the
diagnostics, one incident after another. Units move, incidents come and are closed. The first half fills what is
bounded (trails, caches of texts, lists); from then on nothing may grow but what the picture itself holds.

`SIGER_BENCH_SOAK=full` is the whole operation instead: 7,600 units, 10,000 open incidents and all polling stations.
"""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.bench.frames import Case, chromium, feeder, go, knows, open_page, report
from tests.bench.stations import list_stations
from tests.browser.conftest import Siger, running, wait_for

SECONDS = float(os.environ.get("SIGER_BENCH_SOAK_S", "120"))
FULL = os.environ.get("SIGER_BENCH_SOAK", "") == "full"
#: 400 patrols that report every 30 s send 576,000 positions in twelve hours; the whole operation runs five times as
#: fast as it does.
LOAD = (
    Case(7_600, 3_800, incidents_per_s=5.0, open_incidents=10_000, with_stations=True)
    if FULL
    else Case(400, 4_800, incidents_per_s=1.0)
)
#: So many of those that came while looking stay open.
KEPT_OPEN = 20
LOOKS = 6
MOST_HEAP_MB = 150
#: What the heap may grow by over the second half: a collector keeps a little for itself.
FLAT_MB = 5


@dataclass(frozen=True, slots=True)
class Look:
    """The page at a moment, after its garbage was collected; `heap_mb` with what its typed arrays hold."""

    at_s: float
    heap_mb: float
    nodes: int
    listeners: int
    incidents: int


def run() -> str:
    with (
        tempfile.TemporaryDirectory(prefix="siger-soak-") as folder,
        running(Path(folder), "--scenario", "none") as siger,
        chromium() as browser,
        feeder(siger, LOAD, SECONDS) as process,
    ):
        stations = list_stations(siger) if LOAD.with_stations else 0
        page = open_page(browser, siger, "/?tps=1" if stations else "/")
        _open_everything(page)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        go(process)
        looks = list(_watch(page, session, siger))
        sent = report(process)
        _check(looks, page)
        page.close()
    return _table(looks, sent)


def _open_everything(page: Page) -> None:
    wait_for(lambda: knows(page, LOAD.movers, LOAD.open_incidents), 30)
    page.keyboard.press("d")
    page.locator("[data-testid='unit-list'] summary").click()
    page.locator("[data-testid='unit']").first.click()
    page.locator("[data-testid='units-trails']").click()


def _watch(page: Page, session: CDPSession, siger: Siger) -> Any:
    began = time.monotonic()
    for number in range(LOOKS):
        _until(began + SECONDS * (number + 1) / (LOOKS + 1), page, siger)
        yield _look(page, session, time.monotonic() - began)


def _until(moment: float, page: Page, siger: Siger) -> None:
    """Closes what is open meanwhile, and looks at another incident now and then, as a duty officer does."""
    while time.monotonic() < moment:
        rows = page.locator("[data-testid='incident']")
        if rows.count():
            rows.first.click()
        is_open = siger.get("/api/v1/picture")["counts"]["incidents_open"]
        for feature in siger.get("/api/v1/incidents?status=open&limit=200")["features"]:
            if is_open <= LOAD.open_incidents + KEPT_OPEN:
                break
            is_open -= 1
            siger.post(f"/api/v1/incidents/{feature['id']}/events", {"type": "reject", "note": "uji"})
        time.sleep(min(2.0, max(0.0, moment - time.monotonic())))


def _look(page: Page, session: CDPSession, at_s: float) -> Look:
    session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    incidents = page.evaluate("siger.stats().incidents")
    usage = session.send("Runtime.getHeapUsage")
    heap = found["JSHeapUsedSize"] + usage["embedderHeapUsedSize"] + usage["backingStorageSize"]
    return Look(at_s, heap / 1e6, int(found["Nodes"]), int(found["JSEventListeners"]), int(incidents))


def _check(looks: list[Look], page: Page) -> None:
    """Ends the run where something grew that may not, or where nothing was really shown."""
    stats = page.evaluate("siger.stats()")
    if not stats["connected"] or stats["units"] != LOAD.movers:
        raise SystemExit(f"the page did not follow: {stats}")
    middle, last = looks[LOOKS // 2 - 1], looks[-1]
    # An incident in the picture is an object of about two kilobytes and lines of the hash.
    allowed = FLAT_MB + (last.incidents - middle.incidents) * 0.004
    if last.heap_mb - middle.heap_mb > allowed or last.heap_mb > MOST_HEAP_MB:
        raise SystemExit(f"the heap grew from {middle.heap_mb:.1f} to {last.heap_mb:.1f} MB in half the run")
    if last.nodes > middle.nodes * 1.1 or last.listeners > middle.listeners * 1.1:
        raise SystemExit(f"the page grew: {middle} to {last}")


def _table(looks: list[Look], sent: dict[str, Any]) -> str:
    lines = ["| after s | heap MB | DOM nodes | listeners | incidents |", "|---:|---:|---:|---:|---:|"]
    for one in looks:
        lines.append(
            f"| {one.at_s:.0f} | {one.heap_mb:.1f} | {one.nodes:,} | {one.listeners:,} | {one.incidents} |"
        )
    total = f"{sent['positions']:,} positions and {sent['incidents']:,} incidents in {SECONDS:.0f} s"
    return "\n".join([*lines, "", total])
