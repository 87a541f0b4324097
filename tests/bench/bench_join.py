"""A hundred screens come in within one second while everything moves: how soon each has the picture, and what it
costs those who were there.
"""

import threading
import time
from typing import Any

from tests.bench import usage
from tests.bench.audience import Audience, Publisher, agreed, audience
from tests.bench.stage import UNITS, UPDATES_PER_S, live_url, stage

WATCHING, JOINING = 20, 100
INCIDENTS = 1_000
CALM_S, STORM_S = 10.0, 6.0


def run() -> str:
    with stage(INCIDENTS) as (siger, publisher), audience("siger", live_url(siger), WATCHING) as crowd:
        time.sleep(2.0)
        calm = _while_publishing(publisher, CALM_S, crowd)
        crowd.count()
        publishing = threading.Thread(target=publisher.play, args=(UPDATES_PER_S, STORM_S))
        publishing.start()
        used = usage.of(siger.process.pid).cpu_s
        with audience("siger", live_url(siger), JOINING, within_s=1.0) as joiners:
            joined = joiners.joined
            publishing.join()
            used = usage.of(siger.process.pid).cpu_s - used
            storm = crowd.report()
            same = agreed([crowd, joiners])
    return _table(calm, storm, joined, used, same=same)


def _while_publishing(publisher: Publisher, seconds: float, crowd: Audience) -> dict[str, Any]:
    crowd.count()
    publisher.play(UPDATES_PER_S, seconds)
    time.sleep(0.5)
    return crowd.report()


def _table(calm: dict[str, Any], storm: dict[str, Any], joined: dict[str, Any], cpu_s: float, *, same: bool) -> str:
    return "\n".join(
        [
            f"| {JOINING} join within 1 s: {UNITS:,} units, {INCIDENTS:,} incidents, {UPDATES_PER_S} updates/s | |",
            "|---|---:|",
            f"| full picture, from connecting, median s | {joined['whole_p50_s']:.2f} |",
            f"| full picture, slowest s | {joined['whole_max_s']:.2f} |",
            f"| live p95 ms, calm | {calm['p95_ms']:.0f} |",
            f"| live p95 ms, in the {STORM_S:.0f} s of the storm | {storm['p95_ms']:.0f} |",
            f"| storm / calm | {storm['p95_ms'] / calm['p95_ms']:.2f} |",
            f"| gaps of those who watched | {storm['gaps']} |",
            f"| all pictures have one state hash | {'yes' if same else 'NO'} |",
            f"| server's processor seconds meanwhile | {cpu_s:.2f} |",
        ]
    )
