"""Two agencies tell of one event: it is suggested, merged by who may, and taken apart again."""

from datetime import UTC, datetime
from typing import Any

from starlette.testclient import TestClient

from tests.dashboard.people import Siger
from tests.dashboard.waiting import wait_until


def incidents(client: TestClient, **asked: str) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in client.get("/api/v1/incidents", params=asked).json()["features"]]


def test_another_agencys_report_of_the_same_event_is_suggested(client: TestClient) -> None:
    report = {"occurred_at": datetime.now(UTC).isoformat(), "severity": 3, "lat": -5.43, "category": "unjuk_rasa"}
    both = [
        {**report, "source": "polres", "lon": 105.266, "title": "Massa di KPU"},
        {**report, "source": "kodim", "lon": 105.268, "title": "Massa di depan KPU", "category": "rusuh_massa"},
    ]
    first, second = (entry["id"] for entry in client.post("/api/v1/incidents", json=both).json()["incidents"])
    wait_until(lambda: len(incidents(client)) == 2)
    (found,) = client.get(f"/api/v1/incidents/{first}/duplicates").json()["duplicates"]
    assert (found["id"], found["source"], found["kind"]) == (second, "kodim", 0.7)

    def told(name: str) -> dict[str, Any]:
        answer: dict[str, Any] = client.get(f"/api/v1/incidents/{name}/duplicates").json()
        return answer

    def merge(name: str, into: str) -> int:
        action = {"type": "merge", "into": into}
        return client.post(f"/api/v1/incidents/{name}/events", json=action).status_code

    assert merge(first, first) == 409, "into itself"
    assert merge(second, first) == 201
    wait_until(lambda: told(first)["duplicates"] == [])
    assert [(one["id"], one["source"]) for one in told(first)["merged"]] == [(second, "kodim")]
    assert told(second)["into"]["id"] == first
    assert merge(first, second) == 409, "into one that is merged itself"
    client.post(f"/api/v1/incidents/{second}/events", json={"type": "reopen"})
    wait_until(lambda: len(told(first)["duplicates"]) == 1)
    assert (told(first)["merged"], told(second)["into"], told(first)["may"]) == ([], None, ["merge", "reopen"])


def test_who_may_not_merge_is_told_so_and_restricted_reports_stay_apart(running: Siger) -> None:
    report = {"occurred_at": datetime.now(UTC).isoformat(), "severity": 3, "lat": -5.49, "lon": 104.62}
    running.add("ani", "komando")
    running.add("kpu", "kpu")
    ani, kpu = running.client("ani"), running.client("kpu")
    both = [
        {**report, "source": "polres", "category": "curat", "title": "Rumah dibobol"},
        {**report, "source": "kodim", "category": "curat", "title": "Rumah dibobol"},
        {**report, "source": "x", "category": "curat", "title": "Rahasia", "sensitivity": "restricted"},
    ]
    first, second, secret = (one["id"] for one in ani.post("/api/v1/incidents", json=both).json()["incidents"])
    wait_until(lambda: kpu.get(f"/api/v1/incidents/{second}").status_code == 200)
    assert kpu.get(f"/api/v1/incidents/{first}/duplicates").json()["may"] == []
    action = {"type": "merge", "into": first}
    assert kpu.post(f"/api/v1/incidents/{second}/events", json=action).status_code == 403
    assert ani.post(f"/api/v1/incidents/{second}/events", json={**action, "into": secret}).status_code == 409
    assert ani.post(f"/api/v1/incidents/{second}/events", json=action).status_code == 201
