"""Following an index of warnings: what is there comes in, what fails is tried again, and too much is cut off."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from dashboard import warning_feed
from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.warning_feed import fetch
from feeds.inbound.cap import MOST_BYTES
from feeds.log import EventLog
from tests.dashboard.hazards import an_index
from tests.dashboard.waiting import wait_until

Served = tuple[str, list[tuple[int, bytes]]]


@pytest.fixture
def served() -> Iterator[Served]:
    """A server that gives these answers in turn, the last one for ever."""
    answers: list[tuple[int, bytes]] = []

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Index)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/rss.xml", answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_index_is_followed_through_failures(
    served: Served, log_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, answers = served
    answers += [(503, b"later"), (200, b"<html>"), (200, an_index(90))]
    monkeypatch.setattr(warning_feed, "FETCH_EVERY_S", 0.05)
    settings = Settings(mode="demo", data_dir=tmp_path, cap_feed=url)
    with TestClient(create_app(settings, EventLog.open(log_url, prefix="test-follow"))) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        wait_until(lambda: client.get("/api/v1/picture").json()["counts"]["incidents"] == 20)
        source = client.get("/api/v1/incidents").json()["features"][0]["properties"]["source"]
        assert source == "cap"


async def test_a_document_without_end_is_cut_off() -> None:
    async def endless() -> Any:
        while True:
            yield b"x" * 65_536

    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, content=endless()))
    async with httpx2.AsyncClient(transport=transport) as client:
        data = await fetch(client, "http://h/")
    assert MOST_BYTES < len(data) <= MOST_BYTES + 65_536
