"""What the server holds with everything that a province has: memory over a bounded run, web process and log server.

The demonstration's polling stations (13,281), 7,600 units that move, 10,000 open incidents, 200 viewers.
`SIGER_BENCH_MEMORY_S` sets how long, `SIGER_BENCH_MEMORY_TIMES` how many times as much moves: five make an hour of
twelve minutes.
"""

import os
import tempfile
import threading
import time
from pathlib import Path

from tests.bench import usage
from tests.bench.audience import audience
from tests.bench.stage import INCIDENT_BATCH, UNITS, UPDATES_PER_S, live_url, publisher_of, report
from tests.browser.conftest import Siger, running

VIEWERS, INCIDENTS = 200, 10_000
SECONDS = float(os.environ.get("SIGER_BENCH_MEMORY_S", "180"))
TIMES = float(os.environ.get("SIGER_BENCH_MEMORY_TIMES", "1"))
EVERY_S = 5.0


def run() -> str:
    with (
        tempfile.TemporaryDirectory(prefix="siger-memory-") as folder,
        running(Path(folder), "--units", "0") as siger,
    ):
        publisher = publisher_of(siger)
        publisher.everybody()
        for start in range(0, INCIDENTS, INCIDENT_BATCH):
            report(siger, range(start, start + INCIDENT_BATCH))
        with audience("siger", live_url(siger), VIEWERS, within_s=5.0) as crowd:
            time.sleep(5.0)
            crowd.count()
            publishing = threading.Thread(target=publisher.play, args=(UPDATES_PER_S * TIMES, SECONDS))
            publishing.start()
            samples = []
            while publishing.is_alive():
                samples.append(_megabytes(siger))
                publishing.join(EVERY_S)
            gaps = crowd.report()["gaps"]
    return _table(samples, gaps)


def _megabytes(siger: Siger) -> tuple[float, float]:
    web, *others = [usage.of(pid).rss_mb for pid in usage.family(siger.process.pid)]
    return web, sum(others)


def _table(samples: list[tuple[float, float]], gaps: int) -> str:
    third = max(1, len(samples) // 3)
    lines = [
        f"| {UNITS:,} units at {UPDATES_PER_S * TIMES:.0f}/s, {INCIDENTS:,} incidents, 13,281 TPS, "
        f"{VIEWERS} viewers, {SECONDS:.0f} s | web process MB | log server MB |",
        "|---|---:|---:|",
    ]
    parts = {"first third": samples[:third], "middle": samples[third : 2 * third], "last third": samples[-third:]}
    for name, part in parts.items():
        web, rest = (max(column) for column in zip(*part, strict=True))
        lines.append(f"| most in the {name} | {web:.0f} | {rest:.0f} |")
    return "\n".join([*lines, f"| gaps | {gaps} | |"])
