"""A whole Siger tells a real webhook and a real apprise target of what comes in, once, also across a restart."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.log import EventLog
from tests.dashboard.reports import incident
from tests.dashboard.waiting import wait_until

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"


@pytest.fixture
def heard() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    got: list[tuple[str, dict[str, str], bytes]] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", got
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:apprise")
def test_new_and_closed_incidents_are_told_once(
    heard: tuple[str, list[tuple[str, dict[str, str], bytes]]], log_url: str, tmp_path: Path
) -> None:
    host, got = heard
    rules = tmp_path / "rules.toml"
    rules.write_text(
        f"""
[[rule]]
name = "berat"
severity_min = 4
on = ["report", "close"]
webhook = "http://{host}/hook"
secret = "{SECRET}"

[[rule]]
name = "orang"
areas = ["1871"]
to = ["json://{host}/orang"]
""",
        encoding="utf-8",
    )
    settings = Settings(mode="demo", data_dir=tmp_path, notify=rules)
    app = create_app(settings, EventLog.open(log_url, prefix="test-notify"))
    with TestClient(app) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        made = client.post("/api/v1/incidents", json=incident()).json()["id"]
        client.post("/api/v1/incidents", json=incident(external_id="2", severity=2, lon=105.54, lat=-5.05))
        wait_until(lambda: len(got) == 2, timeout_s=10)
        hook = next(entry for entry in got if entry[0] == "/hook")
        told = Webhook(SECRET).verify(hook[2], hook[1])
        assert (told["type"], told["data"]["id"], told["simulated"]) == ("incident.report", made, True)
        person = next(entry for entry in got if entry[0] == "/orang")
        assert orjson.loads(person[2])["title"].startswith("SIMULASI: Kejadian baru: ")
        client.post(f"/api/v1/incidents/{made}/events", json={"type": "resolve"})
        wait_until(lambda: len(got) == 3, timeout_s=10)
        assert orjson.loads(got[2][2])["type"] == "incident.close"
    again = create_app(settings, EventLog.open(log_url, prefix="test-notify"))
    with TestClient(again) as client:
        wait_until(lambda: client.get("/readyz").json().get("engine") is True)
        client.post("/api/v1/incidents", json=incident(external_id="3", lon=105.54, lat=-5.05))
        wait_until(lambda: len(got) == 4, timeout_s=10)  # what it had to tell again would have come before
    assert orjson.loads(got[3][2])["data"]["external_id"] == "3"
    lines = (settings.store_dir / "notifications.ndjson").read_bytes().splitlines()
    assert [orjson.loads(line)["outcome"] for line in lines] == ["delivered"] * 4
