"""A whole Siger on a real embedded log, without a browser."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.embedded import EmbeddedServer
from feeds.log import EventLog


@pytest.fixture(scope="session")
def log_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedServer(tmp_path_factory.mktemp("log")) as url:
        yield url


@pytest.fixture
def app(log_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> FastAPI:
    # One server for all tests, one prefix each: a test sees its own log alone.
    settings = Settings(mode="demo", data_dir=tmp_path)
    return create_app(settings, EventLog.open(log_url, prefix=f"test-{request.node.name}"))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


def wait_until(holds: Any, timeout_s: float = 5.0) -> None:
    import time

    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.02)


def now_text() -> str:
    return datetime.now(UTC).isoformat()


def incident(**fields: Any) -> dict[str, Any]:
    return {
        "external_id": "1",
        "occurred_at": now_text(),
        "category": "unjuk_rasa",
        "severity": 4,
        "title": "Massa di depan kantor KPU",
        "lon": 105.266,
        "lat": -5.43,
        **fields,
    }


def position(**fields: Any) -> dict[str, Any]:
    return {"unit": "p-07", "observed_at": now_text(), "lon": 105.2, "lat": -5.4, **fields}
