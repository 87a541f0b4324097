"""Posts a load to a running Siger at its pace, in a process of its own so that its work is told apart.

    python -m tests.bench.feeder URL MOVERS UPDATES_PER_S INCIDENTS_PER_S SECONDS [OPEN]

First so many incidents are opened and every mover reports once; a line `primed` is printed; then the load runs for
so many seconds. The last line is JSON: what was sent, by how much the feeder was late at worst, and the processor
time that it used itself.
"""

import http.client
import itertools
import json
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from feeds.scenario.load import MOST_MOVERS, MOST_PER_S, TICKS_PER_S, Load, Tick, ticks
from geo import areas

#: At most so many positions a request, half of what the API takes.
BATCH = 5_000
#: Incidents a request, as many as the API takes.
MOST_AT_ONCE = 1_000


class Feeder:
    """One connection to the API of a Siger on this machine."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=30)
        self.positions = self.incidents = 0

    def send(self, tick: Tick) -> None:
        for start in range(0, len(tick.positions), BATCH):
            self._post("/api/v1/positions", tick.positions[start : start + BATCH])
        if tick.incidents:
            self._post("/api/v1/incidents", tick.incidents)
        self.positions += len(tick.positions)
        self.incidents += len(tick.incidents)

    def _post(self, path: str, items: list[dict[str, Any]]) -> None:
        self.connection.request("POST", path, json.dumps(items), {"content-type": "application/json"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status not in (200, 201, 202):
            raise SystemExit(f"{path} answered {answer.status}: {body[:300]!r}")


def everybody(movers: int, start_ms: int) -> Iterator[Tick]:
    """Each mover's first position."""
    rate = min(movers * TICKS_PER_S, MOST_PER_S)
    # Half a position more: the load rounds down, and everybody must be there.
    yield from ticks(Load(movers, rate, 0, (movers + 0.5) / rate + 1 / TICKS_PER_S), areas.load(), start_ms)


def opened(incidents: int, start_ms: int) -> Iterator[Tick]:
    """So many incidents, spread over the province; a fifth of them is critical."""
    for number, tick in enumerate(
        ticks(Load(MOST_MOVERS, 0, MOST_AT_ONCE * TICKS_PER_S, 3600), areas.load(), start_ms)
    ):
        left = incidents - number * MOST_AT_ONCE
        if left <= 0:
            return
        yield Tick(tick.at_ms, tick.incidents[:left], [])


def play(feeder: Feeder, load: Load, start_ms: int) -> float:
    """Sends the load at its pace; answers by how many seconds it was late at worst."""
    worst = 0.0
    schedule = ticks(load, areas.load(), start_ms)
    first = next(schedule)  # finding the movers' homes takes a moment that is not lateness
    began = time.monotonic() - (first.at_ms - start_ms) / 1000
    for tick in itertools.chain([first], schedule):
        late = time.monotonic() - began - (tick.at_ms - start_ms) / 1000
        worst = max(worst, late)
        time.sleep(max(0.0, -late))
        feeder.send(tick)
    return worst


def main(
    url: str, movers: int, updates_per_s: float, incidents_per_s: float, seconds: float, open_incidents: int = 0
) -> None:
    feeder = Feeder(url)
    for tick in opened(open_incidents, round(time.time() * 1000) - 4_000_000):
        feeder.send(tick)
    for tick in everybody(movers, round(time.time() * 1000) - 10_000):
        feeder.send(tick)
    print("primed", flush=True)
    sys.stdin.readline()
    feeder.connection.close()  # the server has given the waiting one up; it opens again by itself
    before = resource.getrusage(resource.RUSAGE_SELF)
    load = Load(movers, updates_per_s, incidents_per_s, seconds)
    late = play(feeder, load, round(time.time() * 1000))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    report = {
        "positions": feeder.positions,
        "incidents": feeder.incidents,
        "late_s": late,
        "cpu_share": cpu / seconds,
    }
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    url, movers, updates_per_s, incidents_per_s, seconds, *still = sys.argv[1:]
    main(url, int(movers), float(updates_per_s), float(incidents_per_s), float(seconds), *map(int, still))
