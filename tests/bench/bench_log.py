"""What Siger costs on top of a bare stream: durable incidents and batches of 500 positions, in one run.

Bare is the least that anybody does, on the very same log server (`appendfsync always`): an incident is an XADD of
the same bytes and a WAITAOF, one after the other or in one write, from as many clients; a position is an XADD of
its own, 500 in one pipeline.
Harder to match, and shown beside it: all 500 as one entry. "Bare, HTTP" is the same behind one route that checks
nothing. Siger checks, places, decides idempotency, writes the audit, shows and assesses; the processor time is its
web process's alone. Ways are measured in turns, so that the ratios belong together.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from feeds.events import PositionsObserved, parse
from feeds.picture import Picture
from tests.bench.posting import Took, bare_durable, bare_each, bare_loop, bare_whole, in_turns, posted
from tests.bench.usage import of as usage_of
from tests.chaos.clients import incident
from tests.chaos.siger import Siger

ROUNDS = 5
SINGLES = {1: 300, 8: 1_200}
BATCHES = 20
BATCH = 500
INCIDENTS, POSITIONS = "/api/v1/incidents", "/api/v1/positions"
HEAD = "| what | a second | p50 ms | p95 ms | of bare | web process, µs each |\n|---|---:|---:|---:|---:|---:|"


def run() -> str:
    with tempfile.TemporaryDirectory(prefix="siger-bench-") as place:
        siger = Siger(Path(place))
        siger.start()
        try:
            _wait(siger.port, "/readyz")
            with _bare_server(siger.log_url) as bare_port:
                lines = [HEAD, *_incidents(siger, bare_port, 1), *_incidents(siger, bare_port, 8)]
                lines += _positions(siger, bare_port)
        finally:
            siger.stop()
    return "\n".join([*lines, "", *_applied()])


def _incidents(siger: Siger, bare_port: int, clients: int) -> list[str]:
    ways = {
        "bare XADD, then WAITAOF": bare_loop(siger.log_url),
        "bare, both in one write": bare_durable(siger.log_url),
        "bare, HTTP": posted(bare_port, INCIDENTS),
        "Siger": posted(siger.port, INCIDENTS),
    }
    items = SINGLES[clients] + clients
    with _used(siger) as used:
        took = in_turns(ways, lambda: [_incident() for _ in range(items)], clients=clients, rounds=ROUNDS)
    return _rows(f"incidents, {clients} client{'s' * (clients > 1)}", took, 1, used())


def _positions(siger: Siger, bare_port: int) -> list[str]:
    ways = {
        "bare XADD each, pipelined": bare_each(siger.log_url, _split),
        "bare XADD of all 500": bare_whole(siger.log_url),
        "bare XADD of all 500, HTTP": posted(bare_port, POSITIONS),
        "Siger": posted(siger.port, POSITIONS),
    }
    with _used(siger) as used:
        took = in_turns(ways, lambda: [_batch() for _ in range(BATCHES + 1)], clients=1, rounds=ROUNDS)
    return _rows("positions", took, BATCH, used())


def _rows(what: str, took: Mapping[str, Took], size: int, cpu_s: float) -> list[str]:
    base = next(iter(took.values())).per_s(size)
    return [
        f"| {what}: {name} | {one.per_s(size):,.0f} | {one.p50_ms:.2f} | {one.p95_ms:.2f} | "
        f"{one.per_s(size) / base:.0%} | {_each(cpu_s, one.sent * size) if name == 'Siger' else ''} |"
        for name, one in took.items()
    ]


def _each(cpu_s: float, number: int) -> str:
    return f"{cpu_s / number * 1e6:,.1f}"


@contextmanager
def _used(siger: Siger) -> Iterator[Callable[[], float]]:
    """The processor seconds of the web process from the start to the end, with what it does behind its answers."""
    before, after = usage_of(siger.pid).cpu_s, 0.0
    yield lambda: after - before
    time.sleep(0.5)
    after = usage_of(siger.pid).cpu_s


def _applied() -> list[str]:
    """`Picture.apply` alone: 500 units that move, event by event."""
    picture, took_s = Picture(), 0.0
    for turn in range(ROUNDS * BATCHES):
        event = _position_event(turn)
        started = time.perf_counter()
        picture.apply(f"{1_732_518_300_000 + turn}-0", event)
        took_s += time.perf_counter() - started
    return [f"`Picture.apply`: {ROUNDS * BATCHES * BATCH / took_s:,.0f} positions a second."]


def _position_event(turn: int) -> PositionsObserved:
    """An event as it is read back from the log."""
    at_ms = 1_732_518_300_000 + turn * 1000
    positions = [
        {"unit": f"u{n}", "observed_ms": at_ms, "lon": 105 + n / 10_000, "lat": -5.0, "speed_kmh": 31.5}
        for n in range(BATCH)
    ]
    told = orjson.dumps({"at_ms": at_ms, "received_ms": at_ms, "source": "bench", "positions": positions})
    event = parse(PositionsObserved.kind, PositionsObserved.version, told)
    assert isinstance(event, PositionsObserved)
    return event


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


_NUMBERS = count()


def _incident() -> bytes:
    return json.dumps(incident(next(_NUMBERS))).encode()


def _batch() -> bytes:
    observed = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + f".{next(_NUMBERS) % 1000:03d}Z"
    positions = [
        {"unit": f"u{n}", "observed_at": observed, "lon": 105 + n / 10_000, "lat": -5.0, "speed_kmh": 31.5}
        for n in range(BATCH)
    ]
    return json.dumps(positions).encode()


def _split(body: bytes) -> list[bytes]:
    items: list[Any] = json.loads(body)
    return [json.dumps(item).encode() for item in items]
