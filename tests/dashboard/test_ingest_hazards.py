"""Warnings of others become hazards that end in time, and ours go out as CAP; the same event told twice is one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.testclient import TestClient

from tests.dashboard.hazards import BMKG, alert, an_index
from tests.dashboard.waiting import wait_until


def incidents(client: TestClient, **asked: str) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in client.get("/api/v1/incidents", params=asked).json()["features"]]


def test_bmkgs_index_becomes_a_hazard_on_twenty_districts_once(client: TestClient) -> None:
    told = client.post("/ingest/cap", content=an_index(120)).json()
    assert (told["accepted"], told["duplicates"]) == (20, 0)
    assert [entry["accepted"] for entry in told["alerts"]] == [0, 0, 20, 0]
    assert client.post("/ingest/cap", content=an_index(120)).json()["duplicates"] == 20
    wait_until(lambda: len(incidents(client, status="open")) == 20)
    found = incidents(client, status="open")
    assert {incident["category"] for incident in found} == {"cuaca_ekstrem"}
    assert len({incident["district"] for incident in found}) == 20
    assert client.post("/ingest/cap", content=b"<!DOCTYPE a><rss/>").status_code == 400


def test_bmkgs_index_of_long_ago_is_recorded_on_twenty_districts_and_over(client: TestClient) -> None:
    told = client.post("/ingest/cap", content=(BMKG / "nowcast-rss-id.trimmed.xml").read_bytes()).json()
    assert told["accepted"] == 20
    wait_until(lambda: len(incidents(client, status="selesai")) == 20, timeout_s=10)


def test_a_hazard_that_is_over_ends_by_itself(client: TestClient) -> None:
    report = {
        "external_id": "w1",
        "occurred_at": datetime.now(UTC).isoformat(),
        "expires_at": (datetime.now(UTC) + timedelta(seconds=1)).isoformat(),
        "category": "cuaca_ekstrem",
        "severity": 3,
        "title": "Hujan lebat",
        "area": "180701",
    }
    made = client.post("/api/v1/incidents", json=report).json()
    wait_until(lambda: client.get(f"/api/v1/incidents/{made['id']}").json()["status"] == "selesai", timeout_s=15)
    history = client.get(f"/api/v1/incidents/{made['id']}/history").json()["events"]
    assert [event.get("note") for event in history] == [None, "Masa berlaku berakhir"]


def test_a_replaced_alert_ends_what_it_made(client: TestClient) -> None:
    assert client.post("/ingest/cap", content=alert("A1")).json()["accepted"] == 1
    wait_until(lambda: len(incidents(client, status="open")) == 1)
    told = client.post("/ingest/cap", content=alert("A2", "<references>a@b.id,A1,x</references>")).json()
    assert (told["accepted"], told["ended"]) == (1, 1)
    wait_until(lambda: [i["external_id"] for i in incidents(client, status="open")] == ["A2/180106"])


def test_open_incidents_are_a_cap_feed_and_secrets_are_not_in_it(client: TestClient) -> None:
    report = {"occurred_at": datetime.now(UTC).isoformat(), "severity": 4, "lon": 105.266, "lat": -5.43}
    shown = client.post("/api/v1/incidents", json={**report, "category": "banjir", "title": "Banjir"}).json()["id"]
    secret = {**report, "category": "netralitas", "title": "Camat", "sensitivity": "restricted"}
    hidden = client.post("/api/v1/incidents", json=secret).json()["id"]
    wait_until(lambda: len(client.get("/api/v1/incidents").json()["features"]) == 2)
    feed = client.get("/cap/feed.xml")
    assert feed.headers["content-type"].startswith("application/rss+xml")
    assert f"/cap/{shown}" in feed.text
    assert hidden not in feed.text
    alert = client.get(f"/cap/{shown}")
    assert b"<status>Exercise</status>" in alert.content
    assert client.get(f"/cap/{hidden}").status_code == client.get("/cap/K0").status_code == 404
