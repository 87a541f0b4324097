"""Where the levels are left to `siger engine` and none runs, every screen is told so, and when one runs again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from starlette.testclient import TestClient, WebSocketTestSession

from dashboard import engine
from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.clock import now_ms
from feeds.embedded import EmbeddedServer
from feeds.fast_start import FastStart
from feeds.lease import ENGINE
from feeds.log import EventLog
from tests.dashboard.frames import read
from tests.dashboard.reports import incident
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


def test_what_would_bring_a_level_down_is_the_same_where_another_process_assesses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that looks on reckons it from its own ledger, also of incidents that came with the snapshot."""
    with EmbeddedServer(tmp_path / "log") as url:
        assessing = create_app(Settings(mode="demo", data_dir=tmp_path), EventLog.open(url))
        with TestClient(assessing) as client:
            wait_until(lambda: client.get("/readyz").status_code == 200)
            for day in (0, *range(2, 12)):
                at = (datetime.now(UTC) - timedelta(days=day)).isoformat()
                theft = incident(external_id=f"d{day}", category="curas", severity=2, occurred_at=at)
                client.post("/api/v1/incidents", json=theft)
            grave = incident(external_id="grave", category="rusuh_massa", severity=5, crowd_state="merah")
            client.post("/api/v1/incidents", json=grave)
            wait_until(lambda: client.get("/api/v1/levels/1871").json()["relief"])
            told = client.get("/api/v1/levels/1871").json()["relief"]
            known = assessing.state.house.picture
        monkeypatch.setattr(FastStart, "picture", AsyncMock(return_value=known))
        watching = create_app(Settings(mode="demo", data_dir=tmp_path, engine="apart"), EventLog.open(url))
        with TestClient(watching) as client:
            wait_until(lambda: client.get("/readyz").status_code == 200)
            relief = client.get("/api/v1/levels/1871").json()["relief"]
            assert (relief["level"], relief["incidents"]) == (told["level"], told["incidents"])
            standing, total = watching.state.house.levels.standing("1871", now_ms())
            assert total < standing.own, "what is usual there is taken off here too"
