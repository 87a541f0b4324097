"""Frames a second of a page under load, for Siger and for whatever is put beside it.

`measure` counts what the screen really got, by `requestAnimationFrame`, on any page. `under_load` runs a Siger
with so many movers beside the same page before anything moves, and makes sure that what it measured was there to be
seen: all movers known, inside the window, moving, and on a picture that is kept to be looked at.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.stations import list_stations
from tests.browser.conftest import FLAGS, Siger, chromium_path, running, wait_for

WINDOW = {"width": 1920, "height": 1080}
SETTLE_S = 3.0
EMPTY_S = 6.0
#: Where the pictures are kept; a folder of the system's for temporary files unless this says otherwise.
SHOTS = Path(os.environ.get("SIGER_BENCH_SHOTS") or Path(tempfile.gettempdir()) / "siger-bench")

_COUNT = """(asked) => new Promise((resolve) => {
  const gaps = [];
  let first = 0, last = 0, long = 0;
  const watcher = new PerformanceObserver((list) => list.getEntries().forEach((task) => (long += task.duration)));
  watcher.observe({ entryTypes: ["longtask"] });
  const beat = (now) => {
    if (last) gaps.push(now - last); else first = now;
    last = now;
    if (now - first < asked) return requestAnimationFrame(beat);
    watcher.disconnect();
    gaps.sort((a, b) => a - b);
    const ms = last - first;
    const p95 = gaps[Math.floor(gaps.length * 0.95)];
    resolve({ fps: (gaps.length * 1000) / ms, p95_gap_ms: p95, long_task_share: long / ms });
  };
  requestAnimationFrame(beat);
})"""

#: Which units the window holds, by themselves or in a group's number, and how many have moved since last asked.
_IN_VIEW = """() => {
  const { inWindow, units } = window.siger.map.mounted().units;
  const before = window.siger.benchPlaces || {};
  const now = (window.siger.benchPlaces = {});
  let moved = 0;
  for (const slot of inWindow.slot.subarray(0, inWindow.count)) {
    now[slot] = units.lonE6[slot] + "," + units.latE6[slot];
    if (before[slot] && before[slot] !== now[slot]) moved++;
  }
  return { in_window: inWindow.count, alone: inWindow.visible.count(), moved };
}"""


@dataclass(frozen=True, slots=True)
class Frames:
    """What a screen got over some seconds."""

    fps: float
    p95_gap_ms: float
    long_task_share: float


@dataclass(frozen=True, slots=True)
class Case:
    """A load to put on a page, and for how long. `each`: every mover is drawn by itself, none in a group."""

    movers: int
    updates_per_s: float
    incidents_per_s: float = 0.0
    seconds: float = 12.0
    each: bool = False
    with_stations: bool = False
    open_incidents: int = 0
    path: str = "/"

    @property
    def name(self) -> str:
        incidents = f", {self.incidents_per_s:g} incidents/s" if self.incidents_per_s else ""
        each = ", each by itself" if self.each else ""
        stations = ", polling stations shown" if self.with_stations else ""
        still = f", {self.open_incidents:,} open" if self.open_incidents else ""
        wall = ", on the wall" if self.path == "/posko" else ""
        return (
            f"{self.movers:,} movers, {self.updates_per_s:,.0f} updates/s{incidents}{still}{each}{stations}{wall}"
        )


@dataclass(frozen=True, slots=True)
class Result:
    """A case beside the same page without movers; `harness_cpu_share` is the feeder's own, of one core."""

    case: Case
    empty: Frames
    loaded: Frames
    in_window: int
    alone: int
    moved: int
    harness_cpu_share: float
    harness_late_s: float
    picture: Path

    @property
    def ratio(self) -> float:
        return self.loaded.fps / self.empty.fps


def measure(page: Page, seconds: float) -> Frames:
    """The frames that a page got in the next `seconds`."""
    return Frames(**page.evaluate(_COUNT, seconds * 1000))


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with the flags of the browser tests."""
    path = chromium_path()
    if path is None:
        raise SystemExit("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def feeder(siger: Siger, case: Case, seconds: float) -> Iterator["subprocess.Popen[str]"]:
    """The load in a process of its own: primed on entry, started by `go`, its report read by `report`."""
    figures = (case.movers, case.updates_per_s, case.incidents_per_s, seconds, case.open_incidents)
    command = [sys.executable, "-m", "tests.bench.feeder", siger.url, *map(str, figures)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if _line(process) != "primed":
            raise SystemExit("the feeder could not place its movers; its error stands above")
        yield process
    finally:
        process.kill()
        process.wait(10)


def go(process: "subprocess.Popen[str]") -> None:
    """Lets a primed feeder's load begin."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def report(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What a feeder says of itself at its end."""
    line = _line(process)
    if not line:
        raise SystemExit("the feeder ended without its report; its error stands above")
    found: dict[str, Any] = json.loads(line)
    return found


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def open_page(browser: Browser, siger: Siger, path: str = "/") -> Page:
    """A page of Siger, connected and with its areas drawn."""
    page = browser.new_page(viewport=WINDOW)  # type: ignore[arg-type]
    page.goto(siger.url + path)
    wait_for(lambda: page.evaluate("Boolean(window.siger?.stats?.().connected && siger.map.mounted())"), 30)
    wait_for(lambda: page.evaluate("siger.areas.regencies.size > 0 && siger.areas.districts.size > 0"), 30)
    return page


def under_load(browser: Browser, case: Case) -> Result:
    """One case on a Siger of its own, beside the same page before its movers come."""
    with (
        tempfile.TemporaryDirectory(prefix="siger-frames-") as folder,
        running(Path(folder), "--scenario", "none") as siger,
    ):
        stations = list_stations(siger) if case.with_stations else 0
        page = open_page(browser, siger, f"{case.path}?tps=1" if stations else case.path)
        try:
            page.evaluate(f"siger.map.mounted().units.group({str(not case.each).lower()})")
            if stations:
                wait_for(lambda: page.evaluate("siger.tps.data?.count") == stations, 30)
            time.sleep(SETTLE_S)
            empty = measure(page, EMPTY_S)
            return _loaded(page, siger, case, empty)
        finally:
            page.close()


def knows(page: Page, units: int, incidents: int) -> bool:
    """Whether a page shows at least so many."""
    stats = page.evaluate("window.siger.stats()")
    return bool(stats["units"] >= units and stats["incidents"] >= incidents)


def _loaded(page: Page, siger: Siger, case: Case, empty: Frames) -> Result:
    with feeder(siger, case, case.seconds + 2 * SETTLE_S) as process:
        wait_for(lambda: knows(page, case.movers, case.open_incidents), 30)
        time.sleep(SETTLE_S)
        page.evaluate(_IN_VIEW)
        go(process)
        time.sleep(SETTLE_S)
        loaded = measure(page, case.seconds)
        seen = page.evaluate(_IN_VIEW)
        picture = _picture(page, case)
        own = report(process)
    check(case, seen, own)
    counts = (seen["in_window"], seen["alone"], seen["moved"])
    return Result(case, empty, loaded, *counts, own["cpu_share"], own["late_s"], picture)


def check(case: Case, seen: dict[str, int], own: dict[str, Any]) -> None:
    """Ends the run where the load was not what it says: nothing measured then is worth a line."""
    updated = min(case.movers, case.updates_per_s * case.seconds)
    if seen["in_window"] < 0.99 * case.movers:
        raise SystemExit(f"{case.name}: only {seen['in_window']} of {case.movers} movers are inside the window")
    if seen["moved"] < 0.9 * updated:
        raise SystemExit(f"{case.name}: only {seen['moved']} movers have moved, {updated:.0f} should have")
    if own["late_s"] > 1.0:
        raise SystemExit(f"{case.name}: the feeder was {own['late_s']:.1f} s late; the load was less than it says")


def _picture(page: Page, case: Case) -> Path:
    SHOTS.mkdir(parents=True, exist_ok=True)
    marked = f"{'-each' if case.each else ''}{'-tps' if case.with_stations else ''}"
    marked += f"{'-open' if case.open_incidents else ''}{'-wall' if case.path == '/posko' else ''}"
    path = SHOTS / f"frames-{case.movers}{marked}.png"
    page.screenshot(path=path)
    return path
