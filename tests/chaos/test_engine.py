"""Two web processes and engines on one log: one writer at a time, another takes over, everybody sees the same."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from feeds.embedded import EmbeddedServer
from feeds.events import LevelChanged
from feeds.log import EventLog
from feeds.log_errors import told
from tests.chaos.clients import incident
from tests.chaos.siger import Siger
from tests.chaos.views import PREFIX, said_twice

pytestmark = pytest.mark.timeout(120)


@contextmanager
def house(data_dir: Path, url: str) -> Iterator[tuple[Siger, Siger]]:
    """Two web processes that leave the work to the engines, of which each brings one along."""
    both = []
    try:
        for name in ("a", "b"):
            (data_dir / name).mkdir()
            siger = Siger(data_dir / name, SIGER_REDIS_URL=url, SIGER_ENGINE="apart")
            both.append(siger)
            siger.start()
        yield both[0], both[1]
    finally:
        for siger in both:
            siger.stop()


async def until(holds: Callable[[], Any], timeout_s: float = 20.0) -> Any:
    async with asyncio.timeout(timeout_s):
        while not (found := await holds()):
            await asyncio.sleep(0.1)
    return found


async def test_one_engine_works_and_another_takes_over(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "store") as url, house(tmp_path, url) as (a, b):
        log = EventLog.open(url, prefix=PREFIX)

        async def levels() -> list[LevelChanged]:
            entries = await log.read(count=100_000)
            return [entry.event for entry in entries if isinstance(entry.event, LevelChanged)]

        async def holder() -> bytes | None:
            found: bytes | None = await told(log.redis.get(log.key("lease:engine")))
            return found

        async with httpx2.AsyncClient() as client:

            async def post(siger: Siger, number: int) -> None:
                answer = await client.post(f"{siger.url}/api/v1/incidents", json=incident(number), timeout=20)
                assert answer.status_code == 201, answer.text

            async def risen_after(count: int) -> bool:
                return len([one for one in await levels() if one.area == "1871"]) > count

            await a.ready(client)
            await b.ready(client)
            await post(a, 4)
            await asyncio.sleep(1)
            assert await levels() == [], "web processes leave the levels to the engine"
            assert (await client.get(f"{a.url}/readyz")).json()["engine"] is False

            a.tend_engine()
            first = await until(holder)
            b.tend_engine()
            await until(lambda: risen_after(0))
            for number in range(9, 59, 10):  # severity 5
                await post(b, number)
            count = len([one for one in await levels() if one.area == "1871"])
            a.kill_engine()
            await post(b, 69)

            async def other() -> bool:
                return await holder() not in (None, first)

            await until(other, 10)
            await until(lambda: risen_after(count))

            # A stopped engine loses the work, and is refused by the log when it wakes up.
            assert b.engine_pid is not None
            second = await holder()
            os.kill(b.engine_pid, signal.SIGSTOP)
            a.tend_engine()

            async def third() -> bool:
                return await holder() not in (None, first, second)

            await until(third)
            await post(a, 79)
            os.kill(b.engine_pid, signal.SIGCONT)
            await post(b, 89)
            await asyncio.sleep(2)

            assert said_twice(await levels()) == []

            async def agreed() -> bool:
                assert (await client.get(f"{b.url}/readyz")).json()["engine"] is True
                pictures = [(await client.get(f"{one.url}/api/v1/picture")).json() for one in (a, b)]
                return bool(pictures[0] == pictures[1] and pictures[0]["counts"]["incidents"] == 9)

            await until(agreed)
        await log.close()
