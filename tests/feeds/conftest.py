"""Real log servers for the tests: the one that Siger brings along, and Debian's where it is installed."""

import itertools
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from feeds.embedded import EmbeddedServer, bundled_server
from feeds.events import IncidentReported
from feeds.log import EventLog

_PREFIX = itertools.count()


def _binary(name: str) -> Path:
    if name == "valkey":
        return bundled_server()
    found = shutil.which("redis-server")
    if found is None:
        pytest.skip("redis-server is not installed here: the same tests run on the bundled Valkey only")
    return Path(found)


@pytest.fixture(scope="session", params=["valkey", "redis-server"])
def binary(request: pytest.FixtureRequest) -> Path:
    """Each test that asks for a server runs on both."""
    return _binary(request.param)


@pytest.fixture(scope="session")
def shared_server(binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One server for all tests that do it no harm."""
    server = EmbeddedServer(tmp_path_factory.mktemp(binary.name), binary=binary)
    with server:
        yield server


@pytest.fixture
def server(binary: Path, tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A server of the test's own, to be killed, stopped and starved."""
    server = EmbeddedServer(tmp_path, binary=binary)
    with server:
        yield server


@pytest.fixture
async def log(shared_server: EmbeddedServer) -> AsyncIterator[EventLog]:
    """An empty log."""
    log = EventLog.open(shared_server.url, prefix=f"test{next(_PREFIX)}")
    yield log
    await log.close()


@pytest.fixture
def incident() -> Callable[..., IncidentReported]:
    """Makes incident reports that differ by their number."""

    def make(number: int = 1, **changes: object) -> IncidentReported:
        fields: dict[str, object] = {
            "at_ms": 1_732_518_300_000 + number,
            "received_ms": 1_732_518_301_000 + number,
            "source": "tests",
            "incident": f"K{number:016x}",
            "external_id": str(number),
            "category": "curas",
            "severity": 3,
            "title": f"Kejadian {number}",
            "lon": 105.26,
            "lat": -5.45,
        }
        return IncidentReported.model_validate(fields | changes)

    return make
