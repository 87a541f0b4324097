"""Holds a crowd of viewers from outside, and publishes to what they look at."""

import http.client
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import orjson

Body = Callable[[Sequence[int], float], bytes]


class Audience:
    """A `tests.bench.crowd` process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.joined = self._answer()

    def ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._answer()

    def states(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("states")["viewers"]
        return found

    def count(self) -> None:
        """Counts from now on, and only what is sent from now on."""
        self.ask(f"count {time.time() * 1000:.0f}")

    def report(self) -> dict[str, Any]:
        return self.ask("report")

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the crowd ended; its error stands above")
        found: dict[str, Any] = json.loads(line)
        return found


def agreed(crowds: Sequence[Audience], within_s: float = 20.0) -> bool:
    """Whether all viewers that keep a picture come to the same one, with nothing published any more."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        states = [state for crowd in crowds for state in crowd.states()]
        if len({state["id"] for state in states}) == len({s["hash"] for s in states if "hash" in s}) == 1:
            return True
        time.sleep(0.2)
    return False


@contextmanager
def audience(
    kind: str, url: str, viewers: int, within_s: float = 1.0, tokens: Sequence[str] = ()
) -> Iterator[Audience]:
    """So many viewers, all of them with the whole picture on entry."""
    command = [sys.executable, "-m", "tests.bench.crowd", kind, url, str(viewers), str(within_s), *tokens]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Audience(process)
    finally:
        process.kill()
        process.wait(10)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a publisher got rid of: points, over how long, and how far behind its own pace it was at worst."""

    points: int
    seconds: float
    late_s: float

    @property
    def per_s(self) -> float:
        return self.points / self.seconds


class Publisher:
    """Posts points at a pace over several connections: `batch` of `units` at a time, one after the other, round."""

    def __init__(self, port: int, path: str, body: Body, *, units: int, batch: int, connections: int = 4) -> None:
        self._port, self._path, self._body = port, path, body
        self._units, self._batch = units, batch
        self._connections = connections

    def everybody(self) -> None:
        """Each unit once, as quickly as it is taken."""
        connection = self._connect()
        for start in range(0, self._units, 1_000):
            self._post(connection, range(start, min(start + 1_000, self._units)))

    def play(self, points_per_s: float, seconds: float) -> Sent:
        """Publishes for so long; goes on without a pause where it is late, and says by how much it was."""
        began, numbers, worst = time.perf_counter(), itertools.count(), [0.0]

        def send() -> int:
            connection, batches = self._connect(), 0
            while (due := next(numbers) * self._batch / points_per_s) < seconds:
                now = time.perf_counter() - began
                if now > seconds:
                    break
                worst.append(now - due)
                time.sleep(max(0.0, due - now))
                first = round(due * points_per_s)
                self._post(connection, [(first + offset) % self._units for offset in range(self._batch)])
                batches += 1
            return batches

        with ThreadPoolExecutor(self._connections) as pool:
            sent = [pool.submit(send) for _ in range(self._connections)]
            batches = sum(one.result() for one in sent)
        return Sent(batches * self._batch, max(seconds, time.perf_counter() - began), max(worst))

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)

    def _post(self, connection: http.client.HTTPConnection, units: Sequence[int]) -> None:
        body = self._body(units, time.time() * 1000)
        connection.request("POST", self._path, body, {"content-type": "application/json"})
        answer = connection.getresponse()
        told = answer.read()
        if answer.status not in (202, 204):
            raise SystemExit(f"{self._path} answered {answer.status}: {told[:300]!r}")


def siger_points(units: Sequence[int], now_ms: float) -> bytes:
    """Positions of units, as Siger's API takes them; the moment of sending is when they were observed."""
    return orjson.dumps([siger_point(name, lon, lat, now_ms) for name, lon, lat in places(units, now_ms)])


def siger_point(name: str, lon: float, lat: float, now_ms: float) -> dict[str, Any]:
    return {"unit": name, "observed_at": _rfc3339(now_ms), "lon": lon, "lat": lat, "agency": "polri"}


def worldmap_points(units: Sequence[int], now_ms: float) -> bytes:
    """The same as worldmap takes them: an array, each point with the moment of sending."""
    return orjson.dumps([worldmap_point(name, lon, lat, now_ms) for name, lon, lat in places(units, now_ms)])


def worldmap_point(name: str, lon: float, lat: float, now_ms: float) -> dict[str, Any]:
    return {"name": name, "lat": lat, "lon": lon, "icon": "car", "t0": now_ms}


def places(units: Sequence[int], now_ms: float) -> Iterator[tuple[str, float, float]]:
    """Names and degrees of units at a moment: all of them move east, and begin anew every ten minutes."""
    moved = now_ms / 1000 % 600 / 600 * 0.05
    for name, lon, lat in map(_home, units):
        yield name, round(lon + moved, 6), lat


@cache
def _home(unit: int) -> tuple[str, float, float]:
    return f"bench-{unit:05d}", 104.6 + unit * 7 % 1000 / 1000, round(-5.4 + unit * 13 % 997 / 997, 6)


@lru_cache(maxsize=16)
def _rfc3339(at_ms: float) -> str:
    return datetime.fromtimestamp(at_ms // 1 / 1000, UTC).isoformat(timespec="milliseconds")
