"""Many viewers at once: points a second that all of them get, how late, and what that costs the server.

Every unit moves at most once a frame, so that nothing may be coalesced: each position must reach each viewer.
"""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import usage
from tests.bench.audience import Audience, Publisher, Sent, audience, siger_points
from tests.browser.conftest import Siger, running

SETTLE_S = 2.0


@dataclass(frozen=True, slots=True)
class Case:
    """So many viewers, to whom so many units report so many points a second, in batches of so many."""

    viewers: int
    units: int
    points_per_s: int
    batch: int
    seconds: float = 12.0


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a case. Processor shares are of one core; `server` is the web process, `log` its log server."""

    case: Case
    sent: Sent
    got: dict[str, Any]
    server_share: float
    log_share: float
    server_mb: float

    @property
    def lost(self) -> int:
        """Points that some viewer did not get."""
        return self.sent.points - int(self.got["least"])


CASES = (
    Case(100, 20_000, 1_000, 100),
    Case(100, 20_000, 15_500, 1_550),
    Case(100, 20_000, 15_500, 500),
    Case(100, 20_000, 15_500, 100),
    Case(125, 7_600, 760, 38),
    Case(250, 7_600, 760, 38),
    Case(500, 7_600, 760, 38),
)


def run() -> str:
    return table([measure(case) for case in CASES])


def measure(case: Case) -> Result:
    """One case on a Siger of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="siger-fanout-") as folder,
        running(Path(folder), "--scenario", "none") as siger,
    ):
        publisher = Publisher(siger.port, "/api/v1/positions", siger_points, units=case.units, batch=case.batch)
        publisher.everybody()
        with audience("siger", live_url(siger), case.viewers) as crowd:
            time.sleep(SETTLE_S)
            return under_load(case, siger, crowd, publisher)


def live_url(siger: Siger) -> str:
    return f"ws://127.0.0.1:{siger.port}/live"


def under_load(case: Case, siger: Siger, crowd: Audience, publisher: Publisher) -> Result:
    """Publishes, waits until it has arrived, and reads the clocks of all processes."""
    pids = usage.family(siger.process.pid)
    before = [usage.of(pid).cpu_s for pid in pids]
    crowd.count()
    sent = publisher.play(case.points_per_s, case.seconds)
    shares = [(usage.of(pid).cpu_s - b) / sent.seconds for pid, b in zip(pids, before, strict=True)]
    time.sleep(1.0)
    return Result(case, sent, crowd.report(), shares[0], sum(shares[1:]), usage.of(pids[0]).rss_mb)


def table(results: Sequence[Result]) -> str:
    lines = [
        "| viewers | points/s asked | sent | batch | lost | p50 ms | p95 ms | p99 ms | frames/s each "
        "| server's CPU | log server's | crowd's | server MB |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in results:
        case, sent, got = one.case, one.sent, one.got
        late = " | ".join(f"{got[key]:.0f}" for key in ("p50_ms", "p95_ms", "p99_ms"))
        rate = got["messages"] / case.viewers / sent.seconds
        shares = f"{one.server_share:.0%} | {one.log_share:.0%} | {got['cpu_s'] / sent.seconds:.0%}"
        lines.append(
            f"| {case.viewers} | {case.points_per_s:,} | {sent.per_s:,.0f} | {case.batch} | {one.lost:,} | {late} "
            f"| {rate:.1f} | {shares} | {one.server_mb:.0f} |"
        )
    return "\n".join(lines)
