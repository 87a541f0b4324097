"""An answer goes to the network in one write; what is streamed behind it, or broken off, goes out all the same."""

import asyncio

from dashboard.one_write import OneWrite


class Network(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


def sent(*parts: bytes, close: bool = False) -> list[bytes]:
    network = Network()
    answer = OneWrite(network)
    for part in parts:
        answer.write(part)
    if close:
        answer.close()
    assert answer.is_closing() is network.closed is close
    return network.writes


def test_head_and_body_are_one_write() -> None:
    assert sent(b"HTTP/1.1 201 Created\r\n\r\n", b"{}") == [b"HTTP/1.1 201 Created\r\n\r\n{}"]


def test_an_empty_body_lets_the_head_go_too() -> None:
    assert sent(b"HTTP/1.1 204 No Content\r\n\r\n", b"") == [b"HTTP/1.1 204 No Content\r\n\r\n"]


def test_what_is_streamed_follows_as_it_comes() -> None:
    assert sent(b"HTTP/1.1 200 OK\r\n\r\n", b"a", b"b") == [b"HTTP/1.1 200 OK\r\n\r\na", b"b"]


def test_who_waits_to_be_told_to_go_on_is_told_at_once() -> None:
    go_on = b"HTTP/1.1 100 Continue\r\n\r\n"
    assert sent(go_on, b"HTTP/1.1 200 OK\r\n\r\n", b"a") == [go_on, b"HTTP/1.1 200 OK\r\n\r\na"]


def test_a_head_whose_body_never_comes_goes_out_before_the_end() -> None:
    assert sent(b"HTTP/1.1 200 OK\r\n\r\n", close=True) == [b"HTTP/1.1 200 OK\r\n\r\n"]
    assert sent(b"HTTP/1.1 200 OK\r\n\r\n", b"a", close=True) == [b"HTTP/1.1 200 OK\r\n\r\na"]
