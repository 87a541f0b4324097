"""What Siger costs on top of a bare stream: single durable incidents, and batches of 500 positions, one run.

Bare is the least that anybody does: XADD of the same bytes with WAITAOF behind it for incidents, and XADD alone for
positions; through HTTP, the same behind one Starlette route that checks nothing. Siger checks, places, and decides
idempotency. Rows come in pairs, measured in turns, so that the ratios belong together.
"""

import asyncio
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from feeds.embedded import EmbeddedServer
from feeds.events import IncidentReported, PositionsObserved, UnitPosition, incident_id
from feeds.log import EventLog
from tests.chaos.clients import incident
from tests.chaos.siger import Siger

ROUNDS = 5
SINGLES = 200
BATCHES = 20
BATCH = 500


@dataclass
class Row:
    """One measurement: how many a second, and the middle and slow ends of a single step."""

    name: str
    per_s: float
    p50_ms: float
    p95_ms: float


def run() -> str:
    rows = [*asyncio.run(_in_process()), *_through_http()]
    lines = ["| what | a second | p50 ms | p95 ms | of bare |", "|---|---|---|---|---|"]
    for bare, siger in zip(rows[::2], rows[1::2], strict=True):
        for row, ratio in ((bare, "100%"), (siger, f"{siger.per_s / bare.per_s:.0%}")):
            lines.append(f"| {row.name} | {row.per_s:,.0f} | {row.p50_ms:.2f} | {row.p95_ms:.2f} | {ratio} |")
    return "\n".join(lines)


async def _in_process() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="siger-bench-") as place, EmbeddedServer(Path(place)) as url:
        log = EventLog.open(url)
        redis = Redis.from_url(url)

        async def bare_incident(data: bytes) -> None:
            pipe = redis.pipeline(transaction=False)
            pipe.xadd("bare", {"d": data})
            pipe.execute_command("WAITAOF", 1, 0, 1000)
            await pipe.execute()

        singles = list(islice(_incident_events(), ROUNDS * SINGLES))
        rows = await _alternately(
            "incident",
            ("bare XADD + WAITAOF", bare_incident, [event.encode() for event in singles]),
            ("EventLog.append, durable", lambda event: log.append([event]), singles),
            1,
        )
        batches = list(islice(_position_events(), ROUNDS * BATCHES))
        rows += await _alternately(
            "500 positions",
            ("bare XADD", lambda data: redis.xadd("bare", {"d": data}), [event.encode() for event in batches]),
            ("EventLog.append", lambda event: log.append([event], durable=False), batches),
            BATCH,
        )
        await log.close()
        await redis.aclose()
    return rows


Way = tuple[str, Callable[[Any], Awaitable[Any]], Sequence[Any]]


async def _alternately(what: str, bare: Way, siger: Way, size: int) -> list[Row]:
    took: dict[str, list[float]] = {bare[0]: [], siger[0]: []}
    for turn in range(ROUNDS):
        for name, step, work in (bare, siger):
            each = len(work) // ROUNDS
            for item in work[turn * each : (turn + 1) * each]:
                started = time.perf_counter()
                await step(item)
                took[name].append(time.perf_counter() - started)
    return [_row(f"{what}: {name}", seconds, size) for name, seconds in took.items()]


def _through_http() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="siger-bench-") as place:
        siger = Siger(Path(place))
        siger.start()
        try:
            _wait(siger.port, "/readyz")
            with _bare_server(siger.log_url) as bare_port:
                ports = {"bare": bare_port, "siger": siger.port}
                numbers = iter(range(10**9))
                rows = _posts(
                    "incident through HTTP",
                    ports,
                    "/api/v1/incidents",
                    SINGLES,
                    1,
                    lambda: json.dumps(incident(next(numbers))).encode(),
                )
                rows += _posts(
                    "500 positions through HTTP",
                    ports,
                    "/api/v1/positions",
                    BATCHES,
                    BATCH,
                    lambda: json.dumps(_positions(next(numbers))).encode(),
                )
        finally:
            siger.stop()
    return rows


def _posts(
    what: str, ports: dict[str, int], path: str, steps: int, size: int, body: Callable[[], bytes]
) -> list[Row]:
    took: dict[str, list[float]] = {"bare": [], "siger": []}
    lines = {name: http.client.HTTPConnection("127.0.0.1", port) for name, port in ports.items()}
    for _ in range(ROUNDS):
        for name, line in lines.items():
            bodies = [body() for _ in range(steps)]
            for content in bodies:
                started = time.perf_counter()
                line.request("POST", path, content, {"Content-Type": "application/json"})
                answer = line.getresponse()
                said = answer.read()
                took[name].append(time.perf_counter() - started)
                assert answer.status in (201, 202), said[:300]
    for line in lines.values():
        line.close()
    return [_row(f"{what}: {name}", seconds, size) for name, seconds in took.items()]


@contextmanager
def _bare_server(log_url: str) -> Iterator[int]:
    """One route that appends what it is given; incidents durably, positions not."""
    port = Siger(Path(tempfile.gettempdir())).port
    command = [sys.executable, "-m", "tests.bench.bare_append", log_url, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, "/")
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(port: int, path: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            line.request("GET", path)
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            line.close()
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")


def _row(name: str, seconds: list[float], size: int) -> Row:
    cut = statistics.quantiles(seconds, n=20)
    return Row(name, size * len(seconds) / sum(seconds), statistics.median(seconds) * 1000, cut[18] * 1000)


def _incident_events() -> Iterator[Any]:
    number = 0
    while True:
        number += 1
        given = incident(number)
        yield IncidentReported(
            at_ms=1_732_518_300_000, received_ms=1_732_518_300_000, source="bench",
            incident=incident_id("bench", str(number)), external_id=str(number), category="curas",
            severity=3, title=given["title"], lon=given["lon"], lat=given["lat"],
        )  # fmt: skip


def _position_events() -> Iterator[PositionsObserved]:
    at_ms = 1_732_518_300_000
    while True:
        at_ms += 1000
        positions = tuple(
            UnitPosition(unit=f"u{n}", observed_ms=at_ms, lon=105 + n / 10_000, lat=-5.0, speed_kmh=31.5)
            for n in range(BATCH)
        )
        yield PositionsObserved(at_ms=at_ms, received_ms=at_ms, source="bench", positions=positions)


def _positions(number: int) -> list[dict[str, Any]]:
    observed = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{number % 1000:03d}Z"
    return [
        {"unit": f"u{n}", "observed_at": observed, "lon": 105 + n / 10_000, "lat": -5.0, "speed_kmh": 31.5}
        for n in range(BATCH)
    ]
