"""How soon Siger is ready on a long log: the server's own start, then the picture, with and without a snapshot.

A million events: one in twenty an incident's report or an action on it, the others positions. `SIGER_BENCH_EVENTS`
sets another number. Appending goes past Siger, so that making the log does not take longer than reading it.
"""

import asyncio
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from feeds.embedded import EmbeddedServer
from feeds.events import Event, IncidentActed, IncidentReported, PositionsObserved, UnitPosition, incident_id
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.log import EventLog
from feeds.picture import Picture
from feeds.replay import moment_id, replay

EVENTS = int(os.environ.get("SIGER_BENCH_EVENTS", "1000000"))
UNITS = 2_000
#: What arrives between the last snapshot and the start: ten minutes, four appends a second.
TAIL = 2_400
_EVER = moment_id(2**62)


def run() -> str:
    with tempfile.TemporaryDirectory(prefix="siger-bench-") as place:
        server = EmbeddedServer(Path(place))
        with server as url:
            asyncio.run(_fill(url))
        started = time.perf_counter()
        server.start()
        server_s = time.perf_counter() - started
        try:
            figures = asyncio.run(_measure(server.url))
        finally:
            server.stop()
    total = server_s + figures["snapshot"] + figures["tail"]
    lines = [
        f"| {EVENTS:,} events in the log, {TAIL:,} since the snapshot | seconds |",
        "|---|---|",
        f"| the log server reads its file | {server_s:.2f} |",
        f"| the picture from its snapshot ({figures['bytes'] / 1e6:.1f} MB) | {figures['snapshot']:.2f} |",
        f"| the events since | {figures['tail']:.2f} |",
        f"| **ready** | **{total:.2f}** |",
        f"| for comparison: the whole log replayed | {figures['whole']:.2f} |",
        f"| taking a new snapshot (in the background) | {figures['renew']:.2f} |",
    ]
    return "\n".join(lines)


async def _measure(url: str) -> dict[str, float]:
    log = EventLog.open(url)
    history = History(log)
    start = FastStart(history)
    figures: dict[str, float] = {}
    whole = await _timed(figures, "whole", replay(history, Picture(), _EVER))
    await _timed(figures, "renew", start.renew())
    await _append(log.redis, [_moved(random.Random(2), number) for number in range(TAIL)])
    picture = await _timed(figures, "snapshot", start.picture())
    assert picture.last_id == whole.picture.last_id, "the snapshot is of the log's end"
    await _timed(figures, "tail", replay(history, picture, _EVER))
    figures["bytes"] = await log.redis.strlen(log.key("snapshot"))
    await log.close()
    return figures


async def _timed(figures: dict[str, float], name: str, work: Any) -> Any:
    started = time.perf_counter()
    result = await work
    figures[name] = time.perf_counter() - started
    return result


async def _fill(url: str) -> None:
    redis = Redis.from_url(url)
    chance = random.Random(1)
    for start in range(0, EVENTS, 10_000):
        await _append(redis, [_event(chance, number) for number in range(start, min(start + 10_000, EVENTS))])
    await redis.aclose()


async def _append(redis: Any, events: list[Event]) -> None:
    pipe = redis.pipeline(transaction=False)
    for event in events:
        pipe.xadd("{siger}:log", {"k": event.kind, "v": event.version, "d": event.encode()})
    await pipe.execute()


def _event(chance: random.Random, number: int) -> Event:
    if number % 20:
        return _moved(chance, number)
    name = str(number // 60)
    common: dict[str, Any] = {"at_ms": 1_732_518_300_000 + number, "received_ms": 1_732_518_300_000 + number}
    if number % 60:
        action = "verify" if number % 60 == 20 else "respond"
        return IncidentActed(
            **common, source="bench", incident=incident_id("bench", name), action=action, action_id=str(number)
        )
    return IncidentReported(
        **common, source="bench", incident=incident_id("bench", name), external_id=name, category="curas",
        severity=3, title=f"Kejadian {name}", lon=105.2, lat=-5.4,
    )  # fmt: skip


def _moved(chance: random.Random, number: int) -> PositionsObserved:
    at_ms = 1_732_518_300_000 + number
    position = UnitPosition(
        unit=f"u{number % UNITS}", observed_ms=at_ms, lon=104.5 + chance.random(), lat=-5.5 + chance.random()
    )
    return PositionsObserved(at_ms=at_ms, received_ms=at_ms, source="bench", positions=(position,))
