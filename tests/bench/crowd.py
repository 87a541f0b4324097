"""Many viewers in a process of its own, without a screen: what arrives, how late, whether anything is missing.

    python -m tests.bench.crowd siger|worldmap SOCKET_URL VIEWERS JOIN_WITHIN_S [TOKEN ...]

Viewers join evenly over so many seconds, each with the next of the tokens if there are any, and come back by
themselves when they are dropped. Then lines on standard input are obeyed, each answered by one line of JSON:

    count MS     count from here: only points that were sent at this moment (epoch ms) or later
    stall K      viewer K stops reading; `go_on K` reads again
    drop S       every viewer loses its connection and comes back after S seconds
    report       what arrived since `count`
    states       what each viewer knows: its state hash by its own reckoning, frame id, gaps

The first viewer notes how late every point was, the others one in twenty. Frames are the same bytes for all, so
each is taken apart once and compared by its bytes after that: the crowd must not be what is measured.
"""

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import orjson
from uvicorn.loops.auto import auto_loop_factory

from tests.bench.live_client import Copy, Frame, decode
from tests.bench.raw_socket import RawSocket, Refused, connect
from tests.bench.usage import own_cpu_s

SAMPLE = 20
RETRY_S = 0.1
#: In a larger crowd one in so many keeps the whole picture: to do so costs the crowd, not the server.
MOST_THAT_KEEP = 20


class Viewer:
    """A viewer of any page: its socket, its counts, and how late what it got was."""

    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, number: int, url: str) -> None:
        self.number = number
        self.url = url
        self.socket: RawSocket | None = None
        self.since_ms = float("inf")
        self.points = self.messages = self.returns = 0
        self.pause_s = RETRY_S
        self.whole_s: float | None = None
        self.began = 0.0
        self.late: list[Any] = []

    async def stay(self) -> None:
        """Connects, and again for ever."""
        while True:
            self.began = time.perf_counter()
            try:
                self.socket = await connect(self.url, self.take, self.headers)
                self.greet(self.socket)
                await self.socket.closed
                self.returns += 1
            except (OSError, Refused):
                pass  # the server is not there yet
            await asyncio.sleep(self.pause_s)
            self.pause_s = RETRY_S

    def greet(self, socket: RawSocket) -> None:
        raise NotImplementedError

    def take(self, data: bytes) -> None:
        raise NotImplementedError

    def whole(self) -> None:
        """The picture is there for the first time."""
        if self.whole_s is None:
            self.whole_s = time.perf_counter() - self.began

    def note(self, sent_ms: Any) -> None:
        """Points arrived that were sent at these moments."""
        counted = sent_ms[sent_ms >= self.since_ms]
        self.points += len(counted)
        sample = counted if self.number == 0 else counted[self.number % SAMPLE :: SAMPLE]
        if len(sample):
            self.late.append(time.time() * 1000 - sample)


class SigerViewer(Viewer):
    """Keeps the chain of frames; one that `keeps` also keeps the whole picture, from the beginning."""

    _recent: ClassVar[deque[tuple[bytes, Frame]]] = deque(maxlen=24)

    def __init__(self, number: int, url: str, token: str | None, *, keeps: bool) -> None:
        super().__init__(number, url)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.copy = Copy()
        self.keeps = keeps
        self.hashes = self.wrong = self.snapshots = 0
        self.log_up = False

    def greet(self, socket: RawSocket) -> None:
        socket.send_text(json.dumps({"since": self.copy.id, "boot": self.copy.boot}))

    def take(self, data: bytes) -> None:
        self.messages += 1
        frame = self._decoded(data)
        header = frame.header
        snapshot = header["type"] == "snapshot"
        if not self._follow(frame, snapshot):
            if self.socket is not None:
                self.socket.send_text('{"resync": true}')
            return
        self.log_up = header["log"]["up"]
        self.snapshots += snapshot
        if frame.positions and not snapshot:  # what a snapshot repeats was late or not when it came first
            self.note(frame.columns["observed_ms"])
        if header["type"] == "tick":
            self.whole()

    def _follow(self, frame: Frame, snapshot: bool) -> bool:
        copy, header = self.copy, frame.header
        if self.keeps:
            return copy.apply(frame)
        if not snapshot and header["prev"] != copy.id:
            copy.gaps += 1
            return False
        copy.id, copy.boot = header["id"], header["boot"]
        return True

    @classmethod
    def _decoded(cls, data: bytes) -> Frame:
        for known, frame in cls._recent:
            if known == data:
                return frame
        frame = decode(data)
        cls._recent.appendleft((data, frame))
        return frame

    def state(self) -> dict[str, Any]:
        copy = self.copy
        known = (
            {"hash": copy.state_hash(), "units": copy.units, "incidents": len(copy.incidents)} if self.keeps else {}
        )
        return {
            "id": copy.id, "gaps": copy.gaps, "log_up": self.log_up, "snapshots": self.snapshots,
            "returns": self.returns, "points": self.points, "messages": self.messages, **known,
        }  # fmt: skip


class WorldmapViewer(Viewer):
    """What the worldmap page's socket gets: JSON, a point or an array of points a message."""

    headers = MappingProxyType({"User-Agent": "bench"})
    _recent: ClassVar[deque[tuple[bytes, Any]]] = deque(maxlen=24)
    seen = 0  # points since it connected, whenever they were sent

    def greet(self, socket: RawSocket) -> None:
        socket.send_text('{"action": "connected"}')

    def take(self, data: bytes) -> None:
        self.messages += 1
        self.whole()
        sent_ms = self._sent(data)
        self.seen += len(sent_ms)
        if len(sent_ms):
            self.note(sent_ms)

    @classmethod
    def _sent(cls, data: bytes) -> Any:
        for known, sent in cls._recent:
            if known == data:
                return sent
        told = orjson.loads(data)
        points = told if isinstance(told, list) else [told]
        sent = np.array([point["t0"] for point in points if "t0" in point], "f8")
        cls._recent.appendleft((data, sent))
        return sent

    def state(self) -> dict[str, Any]:
        return {"seen": self.seen, "messages": self.messages, "returns": self.returns}


class Crowd:
    """The viewers and what is asked of them."""

    def __init__(self, viewers: Sequence[Any]) -> None:
        self.viewers = viewers
        self._cpu_s = own_cpu_s()

    def obey(self, line: str) -> dict[str, Any]:
        word, *rest = line.split()
        answer: dict[str, Any] = getattr(self, f"do_{word}")(*rest) or {}
        return answer

    def do_count(self, since_ms: str) -> None:
        self._cpu_s = own_cpu_s()
        for viewer in self.viewers:
            viewer.since_ms, viewer.points, viewer.messages, viewer.late = float(since_ms), 0, 0, []

    def do_stall(self, number: str) -> None:
        self.viewers[int(number)].socket.stall()

    def do_go_on(self, number: str) -> None:
        self.viewers[int(number)].socket.go_on()

    def do_drop(self, seconds: str) -> None:
        for viewer in self.viewers:
            viewer.pause_s = float(seconds)
            viewer.socket.drop()

    def do_report(self) -> dict[str, Any]:
        late = [part for viewer in self.viewers for part in viewer.late]
        p50, p95, p99 = np.percentile(np.concatenate(late), (50, 95, 99)).tolist() if late else (None,) * 3
        points = [viewer.points for viewer in self.viewers]
        return {
            "p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "least": min(points), "most": max(points),
            "messages": sum(viewer.messages for viewer in self.viewers),
            "gaps": sum(viewer.copy.gaps for viewer in self.viewers if hasattr(viewer, "copy")),
            "returns": sum(viewer.returns for viewer in self.viewers), "cpu_s": own_cpu_s() - self._cpu_s,
        }  # fmt: skip

    def do_states(self) -> dict[str, Any]:
        return {"viewers": [viewer.state() for viewer in self.viewers]}


def _viewer(kind: str, url: str, number: int, count: int, tokens: Sequence[str]) -> Viewer:
    if kind == "worldmap":
        return WorldmapViewer(number, url)
    token = tokens[number % len(tokens)] if tokens else None
    keeps = count <= MOST_THAT_KEEP or number % MOST_THAT_KEEP == 0 or number < len(tokens)
    return SigerViewer(number, url, token, keeps=keeps)


async def main(kind: str, url: str, count: int, within_s: float, tokens: Sequence[str]) -> None:
    viewers = [_viewer(kind, url, number, count, tokens) for number in range(count)]
    began = time.perf_counter()
    tasks = []
    for number, viewer in enumerate(viewers):
        await asyncio.sleep(max(0.0, began + within_s * number / count - time.perf_counter()))
        tasks.append(asyncio.create_task(viewer.stay()))
    while any(viewer.whole_s is None for viewer in viewers):
        await asyncio.sleep(0.01)
    whole = sorted(viewer.whole_s or 0.0 for viewer in viewers)
    say({"joined_s": time.perf_counter() - began, "whole_p50_s": whole[len(whole) // 2], "whole_max_s": whole[-1]})
    crowd = Crowd(viewers)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        say(crowd.obey(line))
    for task in tasks:
        task.cancel()


def say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5:]))
