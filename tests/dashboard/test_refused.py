"""Refused input is kept with its reason, listed, and can be sent again after a fix; sources are counted."""

import orjson
from starlette.testclient import TestClient

from tests.dashboard.conftest import incident, position, wait_until

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
    client.post("/api/v1/incidents", json=incident(severity=9))

    def counts() -> list[tuple[object, ...]]:
        found = client.get("/api/v1/sources").json()["sources"]
        return [(one["name"], one["accepted"], one["refused"], one["state"]) for one in found]

    wait_until(lambda: counts() == [("api", 1, 1, "live")])
