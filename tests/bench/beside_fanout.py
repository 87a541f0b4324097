"""Viewers without a screen at worldmap and at Siger, one after the other: points a second, lateness, late joiners.

Both get the same arrays of 100 points over the same connections, and the same crowd reads. The load at which
worldmap cannot keep up is what it sustains; Siger is asked for five times that.
"""

import time
from typing import Any

from tests.bench import usage
from tests.bench.audience import Publisher, audience, worldmap_points
from tests.bench.bench_fanout import SETTLE_S, Case, Result, measure, table
from tests.bench.worldmap import VERSIONS, worldmap

VIEWERS = 100
CALM = 1_000
TOO_MUCH = 6_000
TIMES = 5


def run() -> str:
    theirs = [_worldmap(rate) for rate in (CALM, TOO_MUCH)]
    sustained = theirs[-1].sent.per_s
    asked = round(max(TIMES * sustained * 1.02, CALM))
    ours = [measure(_case(rate)) for rate in (CALM, asked)]
    ratio = ours[-1].sent.per_s / sustained
    lines = [
        f"{VERSIONS}:",
        "",
        table(theirs),
        "",
        "Siger:",
        "",
        table(ours),
        "",
        f"Sustained: {ratio:.1f} times as many points a second; p95 {_p95(ours[-1]):.0f} ms at that load, "
        f"worldmap's {_p95(theirs[0]):.0f} ms at {CALM:,} points/s and {_p95(theirs[-1]):.0f} ms at its most.",
    ]
    return "\n".join(lines)


def _case(points_per_s: int) -> Case:
    return Case(VIEWERS, 20_000, points_per_s, 100)


def _p95(result: Result) -> float:
    return float(result.got["p95_ms"])


def _worldmap(points_per_s: int) -> Result:
    """A case on a worldmap of its own; what it had to answer late is what it cannot do."""
    case = _case(points_per_s)
    with worldmap() as peer, audience("worldmap", peer.socket, VIEWERS) as crowd:
        time.sleep(SETTLE_S)
        publisher = Publisher(peer.port, "/ingest", worldmap_points, units=case.units, batch=case.batch)
        before = usage.of(peer.process.pid).cpu_s
        crowd.count()
        sent = publisher.play(case.points_per_s, case.seconds)
        share = (usage.of(peer.process.pid).cpu_s - before) / sent.seconds
        return Result(case, sent, _arrived(crowd, sent.points), share, 0.0)


def _arrived(crowd: Any, points: int) -> dict[str, Any]:
    """The report, once everything is there or nothing has come for three seconds."""
    got, quiet_since = crowd.report(), time.monotonic()
    while got["least"] < points and time.monotonic() - quiet_since < 3:
        time.sleep(0.5)
        before, got = got, crowd.report()
        if got["messages"] > before["messages"]:
            quiet_since = time.monotonic()
    found: dict[str, Any] = got
    return found
