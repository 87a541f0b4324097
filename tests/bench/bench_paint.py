"""Publish-to-paint: from the moment a client sends an incident to the first frame of the page that holds it.

Siger is measured from the start of its `POST /api/v1/incidents` (checked, placed, durably stored); the peers from
their bare `XADD`, which is less work. One page at a time, idle otherwise, the same watcher in each; the cases take
turns, so that what else the machine does meets them alike.
"""

import itertools
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from redis import Redis

from feeds.embedded import EmbeddedServer
from tests.bench.peers import STREAM
from tests.browser.conftest import FLAGS, Siger, chromium_path, free_port, running, wait_for

ROUNDS = 4
SAMPLES = 20
WARM_UP = 3
GAP_S = 0.25
SETTLE_S = 2.0

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


@dataclass(frozen=True, slots=True)
class Case:
    """A running server: how its page is opened, where its rows are, and how a title is sent to it."""

    open: Callable[[Page], None]
    rows: str
    publish: Callable[[str], object]
    load: Callable[[], AbstractContextManager[object]] = nullcontext


Load = Callable[[Siger], AbstractContextManager[object]]


def run() -> str:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        new_page = stack.enter_context(pages())
        cases = {
            "bare loop": stack.enter_context(peer("bare", folder / "bare")),
            "Siger": stack.enter_context(siger(folder / "siger")),
            "Dash interval 1 s": stack.enter_context(peer("interval", folder / "interval")),
        }
        return table(in_rounds(ROUNDS, cases, new_page))


def in_rounds(rounds: int, cases: Mapping[str, Case], new_page: Callable[[], Page]) -> dict[str, list[float]]:
    """Milliseconds from publish to paint by case: the cases take turns, on a new page each time."""
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            times[name] += measure(case, new_page())
    return times


def table(cases: dict[str, list[float]]) -> str:
    base = percentile(cases["bare loop"], 95)
    lines = ["| publish to paint | p50 ms | p95 ms | p95 / bare loop |", "|---|---:|---:|---:|"]
    for name, times in cases.items():
        p50, p95 = percentile(times, 50), percentile(times, 95)
        lines.append(f"| {name} | {p50:.0f} | {p95:.0f} | {p95 / base:.2f} |")
    return "\n".join(lines)


def percentile(values: list[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))]


@contextmanager
def siger(folder: Path, load: Load | None = None) -> Iterator[Case]:
    """A Siger of its own; with a load it is put on it while it is measured."""
    with running(folder, "--scenario", "none") as siger:

        def open_page(page: Page) -> None:
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

        yield Case(open_page, '[data-testid="incident"]', publish, lambda: load(siger) if load else nullcontext())


@contextmanager
def peer(kind: str, folder: Path) -> Iterator[Case]:
    with EmbeddedServer(folder) as url, _process("tests.bench.peers", kind, url) as port:
        redis = Redis.from_url(url)
        yield Case(
            lambda page: wait_for(lambda: _opens(page, port), 20),
            ".row",
            lambda title: redis.xadd(STREAM, {"title": title}),
        )


def measure(case: Case, page: Page) -> list[float]:
    """Milliseconds from sending to the first frame that holds what was sent, for each sample."""
    with case.load():
        case.open(page)
        time.sleep(SETTLE_S)
        page.evaluate(WATCH, case.rows)
        times = _samples(case, page)
    page.close()
    return times


def _samples(case: Case, page: Page) -> list[float]:
    times: list[float] = []
    for number in range(WARM_UP + SAMPLES):
        title = f"probe-{next(_NUMBERS):04d}"
        page.evaluate("(title) => { window.probe.wanted = title; }", title)
        time.sleep(GAP_S * _PAUSES.uniform(0.5, 1.5))
        sent_ms = time.time() * 1000
        case.publish(title)
        seen_ms = wait_for(partial(page.evaluate, "(t) => window.probe.seen[t]", title), 5)
        if number >= WARM_UP:
            times.append(seen_ms - sent_ms)
    return times


_NUMBERS = itertools.count()
_PAUSES = random.Random(1)


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
def pages() -> Iterator[Callable[[], Page]]:
    path = chromium_path()
    if path is None:
        raise SystemExit("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield lambda: browser.new_page(viewport={"width": 1920, "height": 1080})
        browser.close()
