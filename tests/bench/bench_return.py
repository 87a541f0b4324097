"""What every screen knows after a lost connection, a killed web server and a killed log server.

A crowd of viewers without a screen, and the officers' page and the wall in Chromium. The clock starts when the
service is back (`/readyz` says 200) and stops when everybody has the exact state: the hash that each works out from
what it was sent is the hash that a fresh viewer works out, and the server's own.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence

from playwright.sync_api import Page

from tests.bench import usage
from tests.bench.audience import Audience, Publisher, agreed, audience
from tests.bench.screens import screens, seconds_until_exact, state_of
from tests.bench.stage import UNITS, UPDATES_PER_S, live_url, report, seconds_until_ready, stage
from tests.browser.conftest import Siger, start

VIEWERS = 20
INCIDENTS = 500
SHORT_S, LONG_S = 5.0, 40.0
#: How long the web process stays away: at once back, and long enough that pages try at their slowest.
DEAD_S = (0.0, 15.0)
Row = tuple[str, str]


def run() -> str:
    rows: list[Row] = []
    with stage(INCIDENTS) as (siger, publisher), audience("siger", live_url(siger), VIEWERS) as crowd:
        for away_s in (SHORT_S, LONG_S):
            rows += _away(siger, publisher, crowd, away_s)
        with screens(siger) as pages:
            rows += _killed(siger, crowd, pages, "log server", lambda: _kill_log(siger))
            for dead_s in DEAD_S:
                what = f"web server ({dead_s:.0f} s away)" if dead_s else "web server"
                again: list[Siger] = []
                rows += _killed(siger, crowd, pages, what, lambda: again.append(_kill_web(siger, dead_s)))  # noqa: B023
                siger = again[0]
        siger.stop()
    lines = [f"| {VIEWERS} viewers, {UNITS:,} units, {INCIDENTS:,} incidents | |", "|---|---:|"]
    return "\n".join([*lines, *(f"| {what} | {found} |" for what, found in rows)])


def _away(siger: Siger, publisher: Publisher, crowd: Audience, away_s: float) -> list[Row]:
    """All lose their connection while everything moves, and come back."""
    before = crowd.states()
    publishing = threading.Thread(target=publisher.play, args=(UPDATES_PER_S, away_s + 3))
    publishing.start()
    time.sleep(1.0)
    crowd.ask(f"drop {away_s}")
    report(siger, range(9_000 + round(away_s), 9_010 + round(away_s)))
    publishing.join()
    took_s = _exact(siger, crowd)
    states = crowd.states()
    snapshots = sum(now["snapshots"] - was["snapshots"] for now, was in zip(states, before, strict=True))
    gaps = sum(state["gaps"] for state in states)
    how = "from the frames kept" if not snapshots else f"{snapshots} by snapshot"
    return [(f"away for {away_s:.0f} s: same state as a fresh viewer", f"yes, {how}, {gaps} gaps, {took_s:.1f} s")]


def _killed(
    siger: Siger, crowd: Audience, pages: Sequence[Page], what: str, kill: Callable[[], object]
) -> list[Row]:
    began = time.perf_counter()
    kill()
    down_s = seconds_until_ready(siger) + time.perf_counter() - began
    back = time.perf_counter()
    said = ", ".join(state_of(page) for page in pages)
    report(siger, range(round(time.time()), round(time.time()) + 5))
    time.sleep(0.2)  # acknowledged means in the log; the picture follows a moment later
    pages_s = seconds_until_exact(siger, pages, back)
    _exact(siger, crowd)
    exact_s = time.perf_counter() - back
    return [
        (f"{what} killed: back after s", f"{down_s:.1f}"),
        (f"{what} killed: exact on {len(pages)} pages in Chromium, s after its return", f"{pages_s:.1f}"),
        (f"{what} killed: exact with every viewer, s after its return", f"{exact_s:.1f}"),
        (f"{what} killed: what the pages said at its return", said),
    ]


def _kill_log(siger: Siger) -> None:
    log_server = usage.family(siger.process.pid)[1]
    os.kill(log_server, signal.SIGKILL)
    time.sleep(0.2)


def _kill_web(siger: Siger, dead_s: float) -> Siger:
    siger.kill()
    time.sleep(dead_s)
    return start(siger.data_dir, siger.port, "--scenario", "none")


def _exact(siger: Siger, crowd: Audience) -> float:
    """Seconds until everybody's state is that of a viewer that comes in now."""
    began = time.perf_counter()
    with audience("siger", live_url(siger), 1, within_s=0.0) as fresh:
        if not agreed([crowd, fresh]):
            raise SystemExit(f"not all come to the state {fresh.states()}: {crowd.states()}")
    return time.perf_counter() - began
