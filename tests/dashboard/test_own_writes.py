"""Who was told that something is stored finds it with the next request, though the picture follows the log."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard import situation
from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.history import History
from feeds.log import Entry, EventLog
from tests.dashboard.reports import incident, position
from tests.dashboard.waiting import wait_until

BEHIND_S = 0.2


@pytest.fixture(autouse=True)
def picture_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each picture takes in what comes after a while, as on a machine with much to do."""
    follow = History.follow

    async def late(history: History, after: str) -> AsyncIterator[list[Entry]]:
        async for entries in follow(history, after):
            await asyncio.sleep(BEHIND_S if entries else 0)
            yield entries

    monkeypatch.setattr(History, "follow", late)


@pytest.fixture
def other(log_url: str, tmp_path: Path, app: FastAPI, log_prefix: str) -> Iterator[TestClient]:
    """A second web process on the same log."""
    settings = Settings(mode="demo", data_dir=tmp_path)
    beside = create_app(settings, EventLog.open(log_url, prefix=log_prefix))
    with TestClient(beside, raise_server_exceptions=False) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


def test_an_acknowledged_report_is_found_at_once(client: TestClient) -> None:
    made = client.post("/api/v1/incidents", json=incident()).json()
    listed = client.get("/api/v1/incidents").json()["features"]
    assert [feature["id"] for feature in listed] == [made["id"]]


def test_it_can_be_acted_on_at_once_and_so_can_what_came_of_that(client: TestClient) -> None:
    made = client.post("/api/v1/incidents", json=incident()).json()
    events = f"/api/v1/incidents/{made['id']}/events"
    acts = [client.post(events, json={"type": type}).status_code for type in ("verify", "resolve", "reopen")]
    assert acts == [201, 201, 201]
    assert len(client.get(f"/api/v1/incidents/{made['id']}/history").json()["events"]) == 4


def test_a_units_position_is_found_at_once(client: TestClient) -> None:
    client.post("/api/v1/positions", json=[position()])
    assert client.get("/api/v1/units/p-07").status_code == 200


def test_what_another_process_acknowledged_is_found_and_acted_on(client: TestClient, other: TestClient) -> None:
    first = client.post("/api/v1/incidents", json=incident()).json()["id"]
    assert other.get(f"/api/v1/incidents/{first}").status_code == 200
    second = client.post("/api/v1/incidents", json=incident(external_id="2")).json()["id"]
    assert other.post(f"/api/v1/incidents/{second}/events", json={"type": "verify"}).status_code == 201


def test_a_reader_does_not_wait_for_ever(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(situation, "READER_WAITS_S", 0.01)
    client.post("/api/v1/incidents", json=incident())
    assert client.get("/api/v1/incidents").json()["features"] == []
