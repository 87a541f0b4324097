"""Posts incidents from many clients while web process, engine and log server are killed at random moments.

Afterwards every acknowledged incident must stand exactly once in the log, in the API and in the picture.
"""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.chaos.clients import Ledger, batches, post_all
from tests.chaos.siger import Siger
from tests.chaos.views import Views, look


@dataclass(frozen=True)
class Plan:
    """How much is posted, by how many, and how often what is killed. The seed decides after which incident."""

    incidents: int = 10_000
    clients: int = 8
    web_kills: int = 5
    log_kills: int = 10
    engine_kills: int = 5
    seed: int = 1
    within_s: float = 600.0


@dataclass
class Outcome:
    """What happened, and what every view shows."""

    ledger: Ledger
    views: Views
    kills: Counter[str]
    took_s: float

    def check(self, plan: Plan) -> None:
        """Fails with the first difference between what was acknowledged and what is there."""
        expected = Counter({f"chaos-{number}": 1 for number in range(plan.incidents)})
        assert set(self.ledger.acknowledged) == set(expected), "every incident is acknowledged in the end"
        assert self.views.log == expected, _differences("log", self.views.log, expected)
        assert self.views.api == expected, _differences("API", self.views.api, expected)
        assert self.views.shown_hash == self.views.replayed_hash, "the picture shown is the one the log makes"
        assert self.views.unreadable == 0
        assert self.kills["web"] == plan.web_kills
        assert self.kills["log"] == plan.log_kills
        assert self.kills["engine"] == plan.engine_kills
        assert self.views.levels, "somebody computed levels meanwhile"
        assert self.views.said_twice == [], "each change of a level stands in the log once"


async def run(plan: Plan, data_dir: Path) -> Outcome:
    """The whole of it; Siger runs in processes of its own and is gone afterwards."""
    chance = random.Random(plan.seed)
    started = time.monotonic()
    async with running(data_dir) as (siger, client):
        ledger = Ledger()
        work = batches(plan.incidents, plan.clients, chance)
        kills: Counter[str] = Counter()
        jobs = [post_all(siger.url, mine, ledger, client) for mine in work]
        async with asyncio.timeout(plan.within_s):
            await _together([*jobs, _kill(siger, client, plan, ledger, chance, kills)], siger)
        await siger.ready(client)
        views = await look(siger.url, siger.log_url, client)
    return Outcome(ledger, views, kills, time.monotonic() - started)


@asynccontextmanager
async def running(data_dir: Path) -> AsyncIterator[tuple[Siger, httpx2.AsyncClient]]:
    """A Siger that is ready, and a client for it."""
    siger = Siger(data_dir)
    siger.start()
    try:
        async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=32)) as client:
            await siger.ready(client)
            yield siger, client
    finally:
        siger.stop()


async def _together(jobs: Sequence[Coroutine[None, None, None]], siger: Siger) -> None:
    """Runs all jobs, and fails when Siger ends by itself meanwhile."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job) for job in jobs]
        while not all(task.done() for task in tasks):
            siger.insist_on_life()
            siger.tend_engine()
            await asyncio.sleep(0.2)


async def _kill(
    siger: Siger,
    client: httpx2.AsyncClient,
    plan: Plan,
    ledger: Ledger,
    chance: random.Random,
    kills: Counter[str],
) -> None:
    """Blows spread over the whole work: each falls once so many incidents are acknowledged, and a moment later."""
    victims = ["web"] * plan.web_kills + ["log"] * plan.log_kills + ["engine"] * plan.engine_kills
    chance.shuffle(victims)
    moments = sorted(chance.uniform(0, 0.9) * plan.incidents for _ in victims)
    for victim, moment in zip(victims, moments, strict=True):
        while len(ledger.acknowledged) < moment:
            await asyncio.sleep(0.01)
        await asyncio.sleep(chance.uniform(0, 0.3))
        if victim == "web":
            siger.kill()
            siger.start()
            # Half of the time the next blow falls before it stands again.
            if chance.random() < 0.5:
                await siger.ready(client)
        elif victim == "engine":
            siger.kill_engine()
        else:
            while not siger.signal_log_server(signal.SIGKILL):
                await asyncio.sleep(0.02)
        kills[victim] += 1


def _differences(view: str, found: Counter[str], expected: Counter[str]) -> str:
    missing, extra = expected - found, found - expected
    return f"the {view} misses {len(missing)} {sorted(missing)[:5]}, has too many of {sorted(extra)[:5]}"
