"""An answer that is there whole goes out in one write; everything else goes as the web server sends it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from starlette.responses import Response, StreamingResponse

from dashboard.whole_answer import MOST_BYTES, WholeHttp, _known_line

GET = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


class Network(asyncio.Transport):
    """What a connection would send, write by write."""

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

    def pause_reading(self) -> None:
        """Nothing comes by itself here."""

    def resume_reading(self) -> None:
        """Nothing comes by itself here."""


async def asked(app: Any, *requests: bytes, **how: Any) -> Network:
    """What an app's server writes when it hears these bytes, and whether it hangs up."""
    config = uvicorn.Config(app, log_level="critical", access_log=False, http=WholeHttp, **how)
    config.load()
    server = uvicorn.Server(config)
    network = Network()
    protocol = WholeHttp(config, server.server_state, {})
    protocol.connection_made(network)
    for request in requests:
        protocol.data_received(request)
    while server.server_state.tasks:
        await asyncio.sleep(0)
    protocol.connection_lost(ConnectionError())
    return network


def head_and_body(answer: bytes) -> tuple[list[bytes], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


async def test_head_and_body_are_one_write() -> None:
    network = await asked(Response(b"{}", 201, {"x-more": "a b"}, "application/json"), GET)
    assert len(network.writes) == 1
    head, body = head_and_body(network.writes[0])
    assert (head[0], body, network.closed) == (b"HTTP/1.1 201 Created", b"{}", False)
    assert {b"x-more: a b", b"content-length: 2", b"content-type: application/json"} <= set(head)


@pytest.mark.parametrize(
    ("asking", "app", "body"),
    [
        (GET.replace(b"GET", b"HEAD"), Response(b"{}"), b""),
        (GET, Response(status_code=204), b""),
        (GET, Response(bytes(MOST_BYTES + 1)), bytes(MOST_BYTES + 1)),
        (GET, StreamingResponse(iter(["a", "bc"])), b"1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"),
    ],
    ids=["HEAD", "no content", "large", "streamed"],
)
async def test_what_is_not_whole_and_small_goes_the_usual_way(asking: bytes, app: Any, body: bytes) -> None:
    network = await asked(app, asking)
    assert head_and_body(b"".join(network.writes))[1] == body


@pytest.mark.parametrize("request_line", [b"GET / HTTP/1.0\r\n", b"GET / HTTP/1.1\r\nconnection: close\r\n"])
async def test_who_wants_no_more_is_told_so_and_hung_up_on(request_line: bytes) -> None:
    network = await asked(Response(b"ok"), request_line + b"host: x\r\n\r\n")
    head, body = head_and_body(b"".join(network.writes))
    assert (body, network.closed) == (b"ok", True)
    assert head.count(b"connection: close") == 1


async def test_an_app_that_hangs_up_itself_is_left_to_the_web_server() -> None:
    network = await asked(Response(b"ok", headers={"connection": "close"}), GET)
    assert head_and_body(b"".join(network.writes))[0].count(b"connection: close") == 1
    assert network.closed


async def test_two_questions_at_once_are_answered_in_their_order() -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.02 if scope["path"] == "/1" else 0)
        await Response(scope["path"] + "?" + scope["query_string"].decode())(scope, receive, send)

    both = b"".join(GET.replace(b" /", b" " + path, 1) for path in (b"/1?a=%20", b"/%32"))
    network = await asked(echo, both)
    assert [head_and_body(answer)[1] for answer in network.writes] == [b"/1?a=%20", b"/2?"]


async def test_who_waits_to_be_told_to_go_on_is_told_before_the_answer() -> None:
    async def reading(scope: Any, receive: Any, send: Any) -> None:
        await Response((await receive())["body"])(scope, receive, send)

    post = b"POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"
    network = await asked(reading, post, b"hi")
    assert network.writes[0].startswith(b"HTTP/1.1 100")
    assert head_and_body(network.writes[1])[1] == b"hi"


async def _fails(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    raise RuntimeError("between head and body")


async def _stops(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})


async def _splits(scope: Any, receive: Any, send: Any) -> None:
    answer = Response(b"ok")
    answer.raw_headers.append((b"x-more", b"a\r\nset-cookie: b"))
    await answer(scope, receive, send)


@pytest.mark.parametrize("app", [_fails, _stops, _splits])
async def test_an_answer_that_never_comes_whole_becomes_an_error(app: Callable[..., Any]) -> None:
    network = await asked(app, GET)
    head, body = head_and_body(b"".join(network.writes))
    assert (head[0], body) == (b"HTTP/1.1 500 Internal Server Error", b"Internal Server Error")


async def test_an_app_that_says_another_length_than_it_sends_is_cut_off() -> None:
    async def lies(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": b"ok"})

    network = await asked(lies, GET)
    assert network.closed


async def test_cookies_are_not_remembered() -> None:
    _known_line.cache_clear()
    answer = Response(b"", headers={"set-cookie": "session=secret"})
    network = await asked(answer, GET)
    assert b"\r\nset-cookie: session=secret\r\n" in network.writes[0]
    assert _known_line.cache_info().currsize == len(head_and_body(network.writes[0])[0]) - 2
