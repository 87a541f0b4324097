"""Refused input is kept with its reason, listed, and can be sent again after a fix; sources are counted."""

import orjson
import pytest
from starlette.testclient import TestClient

from tests.dashboard.reports import incident, position
from tests.dashboard.waiting import wait_until

REFUSED = "/api/v1/refused"


def listed(client: TestClient) -> list[dict[str, object]]:
    return list(client.get(REFUSED).json()["refused"])


def test_a_refused_incident_is_kept_and_accepted_once_it_is_put_right(client: TestClient) -> None:
    bad = incident(severity=9)
    assert client.post("/api/v1/incidents", json=bad).status_code == 422
    (kept,) = listed(client)
    assert "severity" in str(kept["reasons"])
    assert orjson.loads(str(kept["data"])) == bad
    again = client.post(f"{REFUSED}/{kept['id']}/resend")
    assert again.status_code == 422
    assert len(listed(client)) == 1
    assert client.post(f"{REFUSED}/{kept['id']}/resend", json=incident(severity=3)).status_code == 201
    assert listed(client) == []
    wait_until(lambda: len(client.get("/api/v1/incidents").json()["features"]) == 1)


def test_a_refused_position_is_kept_and_can_be_sent_again(client: TestClient) -> None:
    client.post("/api/v1/positions", json=[position(), position(lat=95)])
    (kept,) = listed(client)
    assert kept["road"] == "position"
    assert client.post(f"{REFUSED}/{kept['id']}/resend", json=position(unit="p-08")).json() == {"accepted": 1}
    assert client.post(f"{REFUSED}/1-1/resend").status_code == 404
    assert client.post(f"{REFUSED}/nonsense/resend").status_code == 404


def test_what_a_restricted_report_says_is_not_kept(client: TestClient) -> None:
    client.post("/api/v1/incidents", json=incident(severity=9, sensitivity="restricted", title="Rahasia"))
    (kept,) = listed(client)
    assert "Rahasia" not in str(kept)


def test_sources_are_counted(client: TestClient) -> None:
    client.post("/api/v1/incidents", json=incident())
    client.post("/api/v1/incidents", json=incident())
    client.post("/api/v1/incidents", json=incident(severity=9))

    def counts() -> list[tuple[object, ...]]:
        found = client.get("/api/v1/sources").json()["sources"]
        return [(one["name"], one["accepted"], one["refused"], one["state"]) for one in found]

    wait_until(lambda: counts() == [("api", 1, 1, "live")])


@pytest.mark.parametrize("deep", [b"[" * 1000 + b"]" * 1000, b'{"type":' * 900 + b"1" + b"}" * 900])
def test_what_is_nested_like_a_bomb_is_refused_like_anything_else(client: TestClient, deep: bytes) -> None:
    field = b'{"unit": "a", "external_id": "b", "title": ' + deep + b"}"
    for body in (deep, field, b"[" + field + b"]"):
        for path in ("incidents", "positions", "beats", "readiness", "levels/parameters"):
            assert client.post(f"/api/v1/{path}", content=body).status_code == 422
        for path in ("osmand", "owntracks", "sms", "cap"):
            answer = client.post(f"/ingest/{path}", content=body, headers={"content-type": "application/json"})
            assert answer.status_code < 500
        assert client.post("/_dash-update-component", content=body).status_code == 404
    assert client.post("/_dash-update-component", content=b"[" * 100_000).status_code == 404
    assert client.get("/api/v1/refused").status_code == 200


def test_more_fields_than_anything_has_are_not_told_one_by_one(client: TestClient) -> None:
    many = {f"field{number}": 1 for number in range(1000)}
    answer = client.post("/api/v1/incidents", json=[incident(), many])
    assert answer.status_code == 422
    assert "item 1" in answer.json()["detail"]


def test_times_at_the_ends_of_the_calendar_are_refused_or_can_be_read(client: TestClient) -> None:
    ends = [
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+07:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-12:00",
    ]
    kept = []
    for number, at in enumerate(ends):
        assert client.post("/api/v1/positions", json=position(unit=f"u{number}", observed_at=at)).status_code < 500
        overdue = incident(external_id=str(number), expires_at=at)
        answer = client.post("/api/v1/incidents", json=overdue)
        assert answer.status_code in (201, 422)
        kept += [answer.json()["id"]] if answer.status_code == 201 else []
        assert client.get("/api/v1/incidents", params={"since": at}).status_code < 500
        assert client.get("/api/v1/levels", params={"at": at}).status_code < 500
    wait_until(lambda: len(client.get("/api/v1/units").json()["features"]) == 3)
    assert client.get("/api/v1/sources").json()["unreadable"] == []
    assert len(kept) == 3
    for incident_id in kept:
        assert client.get(f"/api/v1/incidents/{incident_id}").status_code == 200
        assert client.get(f"/cap/{incident_id}").status_code == 200
    assert client.get("/readyz").json() == {"status": "ready", "engine": True}
