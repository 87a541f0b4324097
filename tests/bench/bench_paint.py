"""Publish-to-paint: from the moment a client sends an incident to the first frame of the page that holds it.

Siger is measured from the start of its `POST /api/v1/incidents` (checked, placed, durably stored); the peers from
their bare `XADD`, which is less work. One page a case, idle otherwise, the same watcher in each.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from redis import Redis

from feeds.embedded import EmbeddedServer
from tests.bench.peers import STREAM
from tests.browser.conftest import FLAGS, chromium_path, free_port, running, wait_for

SAMPLES = 60
WARM_UP = 5
GAP_S = 0.25

#: Looks at the newest rows in every frame; the time of the first frame that holds the awaited title is kept.
WATCH = """(selector) => {
  window.probe = {wanted: null, seen: {}};
  const look = () => {
    const wanted = window.probe.wanted;
    if (wanted && !(wanted in window.probe.seen)) {
      for (const row of document.querySelectorAll(selector)) {
        if (row.textContent.includes(wanted)) { window.probe.seen[wanted] = Date.now(); break; }
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""

Publish = Callable[[str], None]


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, _browser() as new_page:
        cases = {
            "bare loop": _peer("bare", Path(folder) / "bare", new_page),
            "Siger": _siger(Path(folder) / "siger", new_page),
            "Dash interval 1 s": _peer("interval", Path(folder) / "interval", new_page),
        }
    return _table(cases)


def _table(cases: dict[str, list[float]]) -> str:
    base = percentile(cases["bare loop"], 95)
    lines = ["| publish to paint | p50 ms | p95 ms | p95 / bare loop |", "|---|---:|---:|---:|"]
    for name, times in cases.items():
        p50, p95 = percentile(times, 50), percentile(times, 95)
        lines.append(f"| {name} | {p50:.0f} | {p95:.0f} | {p95 / base:.2f} |")
    return "\n".join(lines)


def percentile(values: list[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))]


def _siger(folder: Path, new_page: Callable[[], Page]) -> list[float]:
    with running(folder, "--scenario", "none") as siger:
        page = new_page()
        page.goto(siger.url)
        wait_for(lambda: page.evaluate("window.siger && window.siger.stats().connected"))

        def publish(title: str) -> None:
            siger.post(
                "/api/v1/incidents",
                {
                    "external_id": title,
                    "occurred_at": datetime.now(UTC).isoformat(),
                    "category": "unjuk_rasa",
                    "severity": 5,
                    "title": title,
                    "lon": 105.0,
                    "lat": -5.0,
                },
            )

        return _measure(page, '[data-testid="incident"]', publish)


def _peer(kind: str, folder: Path, new_page: Callable[[], Page]) -> list[float]:
    with EmbeddedServer(folder) as url, _process("tests.bench.peers", kind, url) as port:
        redis = Redis.from_url(url)
        page = new_page()
        wait_for(lambda: _opens(page, port), 20)
        time.sleep(2)
        return _measure(page, ".row", lambda title: redis.xadd(STREAM, {"title": title}))


def _measure(page: Page, selector: str, publish: Publish) -> list[float]:
    page.evaluate(WATCH, selector)
    times: list[float] = []
    pauses = random.Random(1)
    for number in range(WARM_UP + SAMPLES):
        title = f"probe-{number:04d}"
        page.evaluate("(title) => { window.probe.wanted = title; }", title)
        time.sleep(GAP_S * pauses.uniform(0.5, 1.5))
        sent_ms = time.time() * 1000
        publish(title)
        seen_ms = wait_for(lambda title=title: page.evaluate("(t) => window.probe.seen[t]", title), 5)
        if number >= WARM_UP:
            times.append(seen_ms - sent_ms)
    page.close()
    return times


def _opens(page: Page, port: int) -> bool:
    try:
        return page.goto(f"http://127.0.0.1:{port}/") is not None
    except Exception as error:
        if "ERR_CONNECTION" in str(error):
            return False
        raise


@contextmanager
def _process(module: str, kind: str, url: str) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", module, kind, url, str(port)])
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _browser() -> Iterator[Callable[[], Page]]:
    path = chromium_path()
    if path is None:
        raise SystemExit("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield lambda: browser.new_page(viewport={"width": 1920, "height": 1080})
        browser.close()
