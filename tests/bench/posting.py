"""Clients as light as can be, and the turns that they take: what is measured is the server.

A client sends its next request when the last one is answered. Everything that can be made beforehand is.
"""

import socket
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from redis import Redis

Send = Callable[[Any], None]


class Way(NamedTuple):
    """One way to append: what is made of an item beforehand, and what opens a client that sends it."""

    prepare: Callable[[bytes], Any]
    open: Callable[[], Send]


@dataclass
class Took:
    """What a way took, over all its turns: the seconds of each step, those in all, and how many items it sent."""

    steps_s: list[float] = field(default_factory=list)
    wall_s: float = 0.0
    sent: int = 0

    def per_s(self, size: int = 1) -> float:
        return len(self.steps_s) * size / self.wall_s

    @property
    def p50_ms(self) -> float:
        return statistics.median(self.steps_s) * 1000

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.steps_s, n=20)[18] * 1000


def in_turns(
    ways: Mapping[str, Way], work: Callable[[], Sequence[bytes]], *, clients: int, rounds: int
) -> dict[str, Took]:
    """Each way sends `work()` with so many clients at once, one way after the other, so many times.

    The first item of each client is not measured: with it, it connects.
    """
    took = {name: Took() for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            _turn(way, work(), clients, took[name])
    return took


def _turn(way: Way, items: Sequence[bytes], clients: int, took: Took) -> None:
    prepared = [way.prepare(item) for item in items]
    sends = [way.open() for _ in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(_send_all, sends, ([item] for item in prepared[:clients])))
        shares = [prepared[clients + number :: clients] for number in range(clients)]
        began = time.perf_counter()
        each = list(pool.map(_send_all, sends, shares))
        took.wall_s += time.perf_counter() - began
    took.sent += len(items)
    for steps_s in each:
        took.steps_s += steps_s


def _send_all(send: Send, items: Sequence[Any]) -> list[float]:
    steps_s = []
    for item in items:
        started = time.perf_counter()
        send(item)
        steps_s.append(time.perf_counter() - started)
    return steps_s


def posted(port: int, path: str) -> Way:
    """Through HTTP, on one connection a client."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: "

    def open_line() -> Send:
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return lambda request: _exchange(line, request)

    return Way(lambda body: f"{head}{len(body)}\r\n\r\n".encode() + body, open_line)


def _exchange(line: socket.socket, request: bytes) -> None:
    line.sendall(request)
    answer = bytearray()
    while True:
        received = line.recv(65536)
        if not received:
            raise ConnectionError(f"the server hung up after {bytes(answer)!r}")
        answer += received
        end = answer.find(b"\r\n\r\n")
        if end < 0:
            continue
        head = bytes(answer[:end]).lower()
        size = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(answer) >= end + 4 + size:
            break
    if not answer.startswith((b"HTTP/1.1 201", b"HTTP/1.1 202")):
        raise AssertionError(bytes(answer[:500]))


def bare_loop(url: str) -> Way:
    """XADD, and WAITAOF when it is answered: the loop as one writes it."""

    def open_client() -> Send:
        redis = Redis.from_url(url)

        def send(body: bytes) -> None:
            redis.xadd("bare", {"d": body})
            redis.waitaof(1, 0, 1000)

        return send

    return Way(lambda body: body, open_client)


def bare_durable(url: str) -> Way:
    """XADD, and WAITAOF behind it in the same write."""

    def open_client() -> Send:
        redis = Redis.from_url(url)

        def send(body: bytes) -> None:
            pipe = redis.pipeline(transaction=False)
            pipe.xadd("bare", {"d": body})
            pipe.waitaof(1, 0, 1000)
            pipe.execute()

        return send

    return Way(lambda body: body, open_client)


def bare_each(url: str, split: Callable[[bytes], list[bytes]]) -> Way:
    """An XADD for each part of a body, all in one pipeline."""

    def open_client() -> Send:
        redis = Redis.from_url(url)

        def send(parts: list[bytes]) -> None:
            pipe = redis.pipeline(transaction=False)
            for part in parts:
                pipe.xadd("bare", {"d": part})
            pipe.execute()

        return send

    return Way(split, open_client)


def bare_whole(url: str) -> Way:
    """One XADD for the whole body."""

    def open_client() -> Send:
        redis = Redis.from_url(url)
        return lambda body: _discard(redis.xadd("bare", {"d": body}))

    return Way(lambda body: body, open_client)


def _discard(_answer: object) -> None:
    """What the server said is not looked at."""
