"""Who comes late, and who comes back after the server was killed: how many of the points that were sent it sees."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.audience import audience, places, siger_point, worldmap_point
from tests.bench.stage import live_url
from tests.bench.worldmap import VERSIONS, Worldmap, start
from tests.browser import conftest
from tests.browser.conftest import free_port

ARRAY, SINGLE = 50, 5


def run() -> str:
    theirs, ours = _worldmap(), _siger()
    asked = (
        f"late joiner, after {ARRAY} points in one array",
        f"late joiner, after {SINGLE} more one by one",
        "after kill -9 and a new start",
    )
    sent = (ARRAY, ARRAY + SINGLE, ARRAY + SINGLE)
    lines = ["| points seen | sent | worldmap | Siger |", "|---|---:|---:|---:|"]
    lines += [
        f"| {row[0]} | " + " | ".join(map(str, row[1:])) + " |"
        for row in zip(asked, sent, theirs, ours, strict=True)
    ]
    return "\n".join([*lines, "", f"Peer: {VERSIONS}."])


def _worldmap() -> list[int]:
    peer = start(free_port())
    try:
        found = _sent(worldmap_point, peer.post, lambda: _seen_there(peer))
        peer.process.kill()
        peer.process.wait(10)
        peer = start(peer.port)
        return [*found, _seen_there(peer)]
    finally:
        peer.process.kill()
        peer.process.wait(10)


def _siger() -> list[int]:
    with tempfile.TemporaryDirectory(prefix="siger-late-") as folder:
        siger = conftest.start(Path(folder), None, "--scenario", "none")
        try:
            found = _sent(siger_point, lambda points: siger.post("/api/v1/positions", points), lambda: _seen(siger))
            siger.kill()
            siger = conftest.start(siger.data_dir, siger.port, "--scenario", "none")
            return [*found, _seen(siger)]
        finally:
            siger.stop()


def _sent(point: Any, post: Callable[[Any], object], seen: Callable[[], int]) -> list[int]:
    now_ms = time.time() * 1000
    points = [point(name, lon, lat, now_ms) for name, lon, lat in places(range(ARRAY + SINGLE), now_ms)]
    post(points[:ARRAY])
    after_array = seen()
    for one in points[ARRAY:]:
        post(one)
    return [after_array, seen()]


def _seen_there(peer: Worldmap) -> int:
    with audience("worldmap", peer.socket, 1, within_s=0.0) as crowd:
        time.sleep(1.0)  # what it keeps it sends a quarter of a second after the greeting
        return int(crowd.states()[0]["seen"])


def _seen(siger: conftest.Siger) -> int:
    with audience("siger", live_url(siger), 1, within_s=0.0) as crowd:
        return int(crowd.states()[0]["units"])
