"""No disk, no memory, no answer: refusals with a reason meanwhile, nothing acknowledged lost, all well again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from redis.asyncio import Redis

from feeds.embedded import EmbeddedServer
from feeds.events import SourceBeat
from feeds.log import EventLog, LogError
from tests.chaos.clients import incident
from tests.chaos.harness import running
from tests.chaos.siger import Siger
from tests.chaos.views import look

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="finds the log server in /proc"),
]
MIB = 1 << 20
#: On top of the five seconds that the refusals take; set 30 for the long version.
STOPPED_FOR_S = float(os.environ.get("SIGER_CHAOS_STOP_S", "0"))


@pytest.fixture
async def siger(tmp_path: Path) -> AsyncIterator[tuple[Siger, httpx2.AsyncClient]]:
    async with running(tmp_path) as found:
        yield found


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small disk needs root to mount it")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def post(siger: Siger, client: httpx2.AsyncClient, numbers: range, text: str = "") -> httpx2.Response:
    body = [incident(number, text) for number in numbers]
    return await client.post(f"{siger.url}/api/v1/incidents", json=body, timeout=30)


def reason_of(answer: httpx2.Response) -> str:
    assert answer.status_code in (503, 507), answer.text[:500]
    return str(answer.json()["detail"])


async def fill(siger: Siger, client: httpx2.AsyncClient) -> tuple[int, httpx2.Response]:
    """Posts until something is refused: how many incidents were acknowledged, and the refusal."""
    stored = 0
    while True:
        answer = await post(siger, client, range(stored, stored + 50), "x" * 4000)
        if answer.status_code != 201:
            return stored, answer
        stored += 50


async def assert_exactly(siger: Siger, client: httpx2.AsyncClient, count: int) -> None:
    views = await look(siger.url, siger.log_url, client)
    expected = {f"chaos-{number}": 1 for number in range(count)}
    assert views.log == expected
    assert views.api == expected
    assert views.shown_hash == views.replayed_hash


async def test_a_full_disk_refuses_and_recovers(small_disk: Path) -> None:
    async with running(small_disk) as (siger, client):
        pid = siger.log_server_pid()
        stored, refusal = await fill(siger, client)
        assert stored > 1000
        assert "kept free" in reason_of(refusal)
        assert siger.log_server_pid() == pid, "the log server never met the full disk"
        await assert_exactly(siger, client, stored)
        subprocess.run(["mount", "-o", "remount,size=48m", str(small_disk)], check=True)
        assert (await post(siger, client, range(stored, stored + 10))).status_code == 201
        await assert_exactly(siger, client, stored + 10)


async def test_a_disk_filled_behind_our_back_loses_nothing_acknowledged(small_disk: Path) -> None:
    """Without the check for room the server meets the full disk itself, ends, and is started again."""
    server = EmbeddedServer(small_disk)
    with server as url:
        keeper = asyncio.create_task(server.supervise())
        log = EventLog.open(url)
        beat = SourceBeat(at_ms=1, received_ms=2, source="x" * 50_000)
        acknowledged: list[str] = []
        deadline = time.monotonic() + 30
        while not server.restarts and time.monotonic() < deadline:
            try:
                acknowledged += [appended.id for appended in await log.append([beat])]
            except LogError:
                await asyncio.sleep(0.05)
        assert server.restarts
        subprocess.run(["mount", "-o", "remount,size=48m", str(small_disk)], check=True)
        found = await _all_ids(log)
        assert set(acknowledged) <= set(found)
        assert len(found) == len(set(found))
        assert (await log.append([beat]))[0].new
        keeper.cancel()
        await log.close()


async def _all_ids(log: EventLog) -> list[str]:
    found: list[str] = []
    while True:
        try:
            while page := await log.read(found[-1] if found else "0-0", count=50):
                found += [entry.id for entry in page]
            return found
        except LogError:
            await asyncio.sleep(0.2)


async def test_full_memory_refuses_and_recovers(siger: tuple[Siger, httpx2.AsyncClient]) -> None:
    program, client = siger
    redis: Any = Redis.from_url(program.log_url)
    used = (await redis.info("memory"))["used_memory"]
    await redis.config_set("maxmemory", used + 6 * MIB)
    stored, refusal = await fill(program, client)
    assert stored > 0
    assert "maxmemory" in reason_of(refusal)
    await assert_exactly(program, client, stored)
    await redis.config_set("maxmemory", 0)
    assert (await post(program, client, range(stored, stored + 10))).status_code == 201
    await assert_exactly(program, client, stored + 10)
    await redis.aclose()


async def test_a_stopped_log_server_is_said_to_be_stopped_and_goes_on_after(
    siger: tuple[Siger, httpx2.AsyncClient],
) -> None:
    program, client = siger
    assert (await post(program, client, range(10))).status_code == 201
    assert program.signal_log_server(signal.SIGSTOP)
    refused = await asyncio.gather(*(post(program, client, range(n, n + 5)) for n in range(0, 40, 5)))
    assert all("does not answer" in reason_of(answer) for answer in refused)
    await asyncio.sleep(STOPPED_FOR_S)
    # Who follows the log may have asked it a moment after those who were refused.
    async with asyncio.timeout(10):
        while (await client.get(f"{program.url}/readyz", timeout=10)).status_code != 503:
            await asyncio.sleep(0.05)
    assert program.signal_log_server(signal.SIGCONT)
    await program.ready(client)
    answers = [(await post(program, client, range(n, n + 5))).status_code for n in range(0, 40, 5)]
    assert set(answers) <= {200, 201}
    await assert_exactly(program, client, 40)
