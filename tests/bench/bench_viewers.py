"""Viewers who differ: one that stops reading among a hundred, and a hundred with different rights."""

import os
import subprocess
import time
from collections.abc import Sequence
from typing import Any

from geo import areas
from tests.bench import usage
from tests.bench.audience import Audience, Publisher, agreed, audience
from tests.bench.stage import UNITS, UPDATES_PER_S, live_url, stage
from tests.browser.conftest import SIGER, Siger

VIEWERS = 100
INCIDENTS = 500
SECONDS = 10.0
STALLED = 7


def run() -> str:
    with stage(INCIDENTS) as (siger, publisher):
        stalled = _stalled(siger, publisher)
        scopes = [_scopes(siger, publisher, count) for count in (1, 15)]
    lines = [
        f"| {VIEWERS} viewers, {UNITS:,} units, {UPDATES_PER_S} updates/s "
        "| p50 ms | p95 ms | p99 ms | server's CPU |",
        "|---|---:|---:|---:|---:|",
        *stalled,
        *scopes,
    ]
    return "\n".join(lines)


def _stalled(siger: Siger, publisher: Publisher) -> Sequence[str]:
    with audience("siger", live_url(siger), VIEWERS) as crowd:
        time.sleep(1.0)
        calm = _row("all read", siger, publisher, crowd)
        crowd.ask(f"stall {STALLED}")
        stalled = _row("one does not read", siger, publisher, crowd)
        crowd.ask(f"go_on {STALLED}")
        same = agreed([crowd])
        state = crowd.states()[STALLED]
    told = f"{state['snapshots']} snapshots, {state['gaps']} gaps, {'the same state' if same else 'ANOTHER STATE'}"
    return [calm, stalled, f"| the one reads again: {told} as the others | | | | |"]


def _scopes(siger: Siger, publisher: Publisher, count: int) -> str:
    """The same viewers, whose tokens are good for so many different regencies."""
    codes = [area.code for area in areas.load().at("regency")][:count]
    tokens = [_token(siger, code, count) for code in codes]
    with audience("siger", live_url(siger), VIEWERS, tokens=tokens) as crowd:
        time.sleep(1.0)
        return _row(f"all read, in {count} scope{'s' * (count > 1)} of one regency each", siger, publisher, crowd)


def _token(siger: Siger, code: str, count: int) -> str:
    command = [
        *SIGER,
        "tokens",
        "issue",
        "--demo",
        "--role",
        "satwil",
        "--name",
        f"bench-{count}-{code}",
        "--area",
        code,
    ]
    env = os.environ | {"SIGER_DATA_DIR": str(siger.data_dir), "SIGER_PORT": str(siger.port)}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.split()[-1]


def _row(name: str, siger: Siger, publisher: Publisher, crowd: Audience) -> str:
    crowd.count()
    before = usage.of(siger.process.pid).cpu_s
    publisher.play(UPDATES_PER_S, SECONDS)
    share = (usage.of(siger.process.pid).cpu_s - before) / SECONDS
    time.sleep(0.5)
    got: dict[str, Any] = crowd.report()
    late = " | ".join(f"{got[key]:.0f}" for key in ("p50_ms", "p95_ms", "p99_ms"))
    return f"| {name} | {late} | {share:.0%} |"
