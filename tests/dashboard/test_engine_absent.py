"""Where the levels are left to `siger engine` and none runs, every screen is told so, and when one runs again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient, WebSocketTestSession

from dashboard import engine
from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.embedded import EmbeddedServer
from feeds.lease import ENGINE
from feeds.log import EventLog
from tests.dashboard.frames import read
from tests.dashboard.waiting import wait_until


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(engine, "LOOK_S", 0.1)
    with EmbeddedServer(tmp_path / "log") as url:
        app = create_app(Settings(mode="demo", data_dir=tmp_path, engine="apart"), EventLog.open(url))
        with TestClient(app, raise_server_exceptions=False) as client:
            wait_until(lambda: client.get("/readyz").status_code == 200)
            yield client


def told(socket: WebSocketTestSession) -> bool:
    return bool(read(socket.receive_bytes()).header["engine"])


def test_screens_are_told_whether_anybody_computes_levels(client: TestClient) -> None:
    assert client.portal is not None
    log: EventLog = client.app.state.house.log  # type: ignore[attr-defined]  # a FastAPI, as far as types go an ASGI app
    with client.websocket_connect("/live") as socket:
        socket.send_text("{}")
        wait_until(lambda: not told(socket))
        client.portal.call(log.redis.set, log.key(f"lease:{ENGINE}"), "another's")
        wait_until(lambda: told(socket))
