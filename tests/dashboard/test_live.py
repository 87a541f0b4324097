"""What a viewer may say, and what becomes of one that says something else."""

import json

import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from dashboard.live import MOST_MESSAGE_CHARS, RESYNCS_AT_ONCE
from tests.dashboard.frames import read


def _ends(socket: WebSocketTestSession) -> tuple[int, str]:
    """The close code and reason, after whatever frames were on their way."""
    with pytest.raises(WebSocketDisconnect) as end:
        _read_on(socket)
    return end.value.code, end.value.reason


def _read_on(socket: WebSocketTestSession) -> None:
    for _ in range(10 * RESYNCS_AT_ONCE):
        socket.receive_bytes()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("not JSON", "not a message"),
        ("[1]", "not a message"),
        ('{"since": 5}', "not a message"),
        ('{"unknown": true}', "not a message"),
        (json.dumps({"since": "x" * MOST_MESSAGE_CHARS}), "characters"),
    ],
)
def test_what_is_not_understood_closes_the_socket_and_says_why(client: TestClient, said: str, why: str) -> None:
    with client.websocket_connect("/live") as socket:
        socket.send_text(said)
        code, reason = _ends(socket)
    assert code == 1008
    assert why in reason


@pytest.mark.parametrize("after_hello", [False, True])
def test_a_binary_message_closes_the_socket_and_says_why(client: TestClient, after_hello: bool) -> None:
    with client.websocket_connect("/live") as socket:
        if after_hello:
            socket.send_text("{}")
            assert read(socket.receive_bytes()).kind == "snapshot"
        socket.send_bytes(b"\x00\x01")
        assert _ends(socket) == (1008, "a binary message; what a viewer says is text")


def test_snapshots_may_be_asked_for_some_times_at_once_and_no_more(client: TestClient) -> None:
    with client.websocket_connect("/live") as socket:
        for _ in range(RESYNCS_AT_ONCE + 2):
            socket.send_text('{"resync": true}')
        code, reason = _ends(socket)
    assert code == 1008
    assert "too many resyncs" in reason
