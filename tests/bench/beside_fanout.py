"""Viewers without a screen at worldmap and at Siger, one after the other: points a second, lateness, late joiners.

The same crowd reads, and the same publisher sends over the same number of connections. Each is asked for more than
it can take, in arrays of 100 and of more, since neither is at its best with the same; what it then got rid of
without loss is what it sustains.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from tests.bench import usage
from tests.bench.audience import Audience, Publisher, audience, worldmap_points
from tests.bench.bench_fanout import SETTLE_S, Case, Result, measure, table
from tests.bench.worldmap import VERSIONS, worldmap

VIEWERS, UNITS = 100, 20_000
CALM = 1_000
#: More than either can take, in arrays of so many.
TOO_MUCH = 200_000
ARRAYS = (100, 500, 2_000)


def run() -> str:
    theirs = [_worldmap(case) for case in _cases()]
    ours = [measure(case) for case in _cases()]
    most_theirs, most_ours = _most(theirs), _most(ours)
    lines = [
        f"{VERSIONS}:",
        "",
        table(theirs),
        "",
        "Siger:",
        "",
        table(ours),
        "",
        f"Sustained without loss: {most_ours / most_theirs:.1f} times as many points a second, best to best "
        f"({most_ours:,.0f} and {most_theirs:,.0f}); {_by_size(theirs, ours)}.",
    ]
    return "\n".join(lines)


def _by_size(theirs: Sequence[Result], ours: Sequence[Result]) -> str:
    times = (
        f"{our.sent.per_s / their.sent.per_s:.1f} in arrays of {our.case.batch:,}"
        for their, our in zip(theirs, ours, strict=True)
        if our.case.points_per_s == TOO_MUCH
    )
    return ", ".join(times)


def _cases() -> Iterable[Case]:
    yield Case(VIEWERS, UNITS, CALM, 100)
    for batch in ARRAYS:
        yield Case(VIEWERS, UNITS, TOO_MUCH, batch, seconds=8.0)


def _most(results: Sequence[Result]) -> float:
    return max(one.sent.per_s for one in results if not one.lost)


def _worldmap(case: Case) -> Result:
    with worldmap() as peer, audience("worldmap", peer.socket, VIEWERS) as crowd:
        time.sleep(SETTLE_S)
        publisher = Publisher(peer.port, "/ingest", worldmap_points, units=case.units, batch=case.batch)
        before = usage.of(peer.process.pid).cpu_s
        crowd.count()
        sent = publisher.play(case.points_per_s, case.seconds)
        used = usage.of(peer.process.pid)
        share = (used.cpu_s - before) / sent.seconds
        return Result(case, sent, _arrived(crowd, sent.points), share, 0.0, used.rss_mb)


def _arrived(crowd: Audience, points: int) -> dict[str, Any]:
    """The report, once everything is there or nothing has come for three seconds."""
    got, quiet_since = crowd.report(), time.monotonic()
    while got["least"] < points and time.monotonic() - quiet_since < 3:
        time.sleep(0.5)
        before, got = got, crowd.report()
        if got["messages"] > before["messages"]:
            quiet_since = time.monotonic()
    return got
