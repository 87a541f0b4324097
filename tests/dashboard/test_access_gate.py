"""The gate: names it answers to, how much it takes, what it never says."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard.access.gate import RATES
from dashboard.access.limits import Bucket
from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.log import EventLog
from tests.dashboard.people import PASSWORD, Siger
from tests.dashboard.reports import incident
from tests.dashboard.waiting import wait_until

HERE = ("127.0.0.1", 50_000)


@pytest.fixture
def demo(log_url: str, tmp_path: Path, log_prefix: str) -> Iterator[TestClient]:
    settings = Settings(mode="demo", data_dir=tmp_path)
    app: FastAPI = create_app(settings, EventLog.open(log_url, prefix=log_prefix))
    with TestClient(app, base_url="http://127.0.0.1:8050", client=HERE) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


def test_a_demonstration_answers_to_this_machines_names_alone(demo: TestClient) -> None:
    for host in ("127.0.0.1:8050", "localhost", "LOCALHOST:8050", "[::1]:8050"):
        assert demo.get("/api/v1/me", headers={"host": host}).json()["role"] == "komando"
    for host in ("evil.example", "127.0.0.1.evil.example", "", "[", "localhost.evil.example:8050"):
        assert demo.get("/api/v1/me", headers={"host": host}).status_code == 421, host
    with pytest.raises(WebSocketDisconnect), demo.websocket_connect("/live", headers={"host": "evil.example"}):
        pass


def test_a_demonstrations_officer_sits_at_this_machine(demo: TestClient) -> None:
    elsewhere = TestClient(demo.app, base_url="http://127.0.0.1:8050", client=("192.0.2.7", 1))
    elsewhere.portal = demo.portal
    assert elsewhere.get("/api/v1/me").status_code == 401


def test_a_socket_is_not_opened_for_another_sites_page(demo: TestClient) -> None:
    for origin in ("https://evil.example", "http://127.0.0.1:9999", "null"):
        with (
            pytest.raises(WebSocketDisconnect) as refused,
            demo.websocket_connect("/live", headers={"origin": origin}),
        ):
            pass
        assert refused.value.code == 4403
    with demo.websocket_connect("ws://127.0.0.1:8050/live", headers={"origin": "http://127.0.0.1:8050"}) as socket:
        socket.send_text("{}")
        assert socket.receive_bytes()


def test_another_sites_page_writes_nothing_into_a_demonstration(demo: TestClient) -> None:
    answer = demo.post("/api/v1/incidents", json=incident(), headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert (
        demo.get("/ingest/osmand?id=x&lat=-5&lon=105", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    )


@pytest.fixture
def hardly_refilled(monkeypatch: pytest.MonkeyPatch) -> int:
    """The bucket of who has no name holds so many and, however slow this machine is, is not refilled meanwhile."""
    burst = 20
    monkeypatch.setitem(RATES, "anybody", (float(burst), 0.001))
    return burst


def test_too_many_requests_are_told_to_wait(hardly_refilled: int, running: Siger) -> None:
    answers = [running.anybody.get("/api/v1/picture").status_code for _ in range(hardly_refilled + 10)]
    assert answers[0] == 401
    assert answers[-1] == 429


def test_a_bucket_is_refilled_as_time_goes_by() -> None:
    clock = 0.0
    bucket = Bucket(3, 0.5, lambda: clock)
    assert [bucket.take("a") for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    assert bucket.take("b") == 0.0
    clock = 2.0
    assert [bucket.take("a"), bucket.take("a")] == [0.0, 2.0]


def test_no_secret_is_logged(running: Siger, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    running.add("ani", "komando")
    token = running.issue("feed", "sumber")
    client = running.client("ani")
    running.client(token=token).post("/api/v1/incidents", json={"title": 1})
    client.post("/masuk", data={"username": "ani", "password": "another-secret"})
    cookie = client.cookies["siger_session"]
    text = caplog.text
    assert not [secret for secret in (PASSWORD, token, cookie, "another-secret") if secret in text]
