"""A whole Siger on a real embedded log, without a browser."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.embedded import EmbeddedServer
from feeds.log import EventLog
from tests.dashboard.people import Siger, siger
from tests.dashboard.reports import incident, now_text, position
from tests.dashboard.seen import Filled, fill
from tests.dashboard.waiting import wait_until

__all__ = ["incident", "now_text", "position", "wait_until"]

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def log_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedServer(tmp_path_factory.mktemp("log")) as url:
        yield url


@pytest.fixture
def log_prefix() -> str:
    """One server for all tests, one prefix each: a test sees its own log alone."""
    return f"test-{next(_NUMBERS)}"


@pytest.fixture
def app(log_url: str, log_prefix: str, tmp_path: Path) -> FastAPI:
    return create_app(Settings(mode="demo", data_dir=tmp_path), EventLog.open(log_url, prefix=log_prefix))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(mode="serve", data_dir=tmp_path)


@pytest.fixture
def real(settings: Settings, log_url: str, log_prefix: str) -> FastAPI:
    """A Siger that is no demonstration: nobody is anybody without logging in."""
    return create_app(settings, EventLog.open(log_url, prefix=log_prefix))


@pytest.fixture
def running(real: FastAPI) -> Iterator[Siger]:
    """The same, running."""
    with siger(real) as running:
        yield running


@pytest.fixture
def filled(running: Siger) -> Filled:
    """Reports in two regencies, of which nobody but the command sees all."""
    return fill(running)
