"""The public interface over a real log: what is taken in, what is refused, and that refusals cost nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from tests.dashboard.reports import incident, position
from tests.dashboard.waiting import wait_until

INCIDENTS = "/api/v1/incidents"


def listed(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(INCIDENTS, params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["features"])


def report(client: TestClient, **fields: Any) -> str:
    answer = client.post(INCIDENTS, json=incident(**fields))
    assert answer.status_code == 201, answer.text
    incident_id = str(answer.json()["id"])
    wait_until(lambda: client.get(f"{INCIDENTS}/{incident_id}").status_code == 200)
    return incident_id


def test_a_report_is_stored_placed_and_shown(client: TestClient) -> None:
    incident_id = report(client, title="Unjuk rasa", victims={"hurt": 2}, crowd=200, crowd_state="kuning")
    shown = client.get(f"{INCIDENTS}/{incident_id}").json()
    assert (shown["regency"], shown["polres"], shown["kodim"]) == ("1871", "polres:bandar-lampung", "kodim:0410")
    assert shown["status"] == "baru"
    assert shown["victims"] == {"dead": 0, "badly_hurt": 0, "hurt": 2}
    assert [feature["id"] for feature in listed(client)] == [incident_id]


def test_the_same_report_again_is_the_same_incident(client: TestClient) -> None:
    first = client.post(INCIDENTS, json=incident())
    again = client.post(INCIDENTS, json=incident(title="Another wording", severity=1))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["duplicate"] is True
    wait_until(lambda: len(listed(client)) == 1)
    assert listed(client)[0]["properties"]["title"] == "Massa di depan kantor KPU"


def test_an_incident_known_only_by_its_area_says_so(client: TestClient) -> None:
    body = incident(area="18.06")
    del body["lon"], body["lat"]
    shown = client.get(f"{INCIDENTS}/{client.post(INCIDENTS, json=body).json()['id']}")
    wait_until(lambda: len(listed(client)) == 1)
    shown = listed(client)[0]["properties"]
    assert (shown["located"], shown["regency"], shown["polres"]) == ("area", "1806", "polres:tanggamus")


BAD = [
    ({"lon": 110.4, "lat": -7.0}, "lon", "outside Lampung"),
    ({"lon": 106.2, "lat": -7.4}, "lat", "outside Lampung"),
    ({"lon": -5.43, "lat": 105.266}, "lat", "less than or equal to 90"),
    ({"occurred_at": "2099-11-27T08:00:00+07:00"}, "occurred_at", "in the future"),
    ({"occurred_at": "2024-11-27T08:00:00"}, "occurred_at", "timezone"),
    ({"occurred_at": 1732669200}, "occurred_at", "RFC 3339"),
    ({"occurred_at": "1732669200"}, "occurred_at", "RFC 3339"),
    ({"severity": 9}, "severity", "5"),
    ({"severity": 0}, "severity", "1"),
    ({"category": "unjukrasa"}, "category", "unjuk_rasa"),
    ({"colour": "red"}, "colour", "not known"),
    ({"title": ""}, "title", "at least 1"),
    ({"title": "x" * 201}, "title", "200"),
    ({"title": None}, "title", "string"),
    ({"description": "x" * 5001}, "description", "5000"),
    ({"area": "1899"}, "area", "lon and lat"),
    ({"lon": None}, "lon", "degrees"),
    ({"victims": {"dead": -1}}, "victims.dead", "0"),
    ({"crowd_state": "biru"}, "crowd_state", "hijau"),
]


@pytest.mark.parametrize(("fields", "field", "reason"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_is_refused_by_field_value_and_reason(
    client: TestClient, fields: dict[str, Any], field: str, reason: str
) -> None:
    answer = client.post(INCIDENTS, json=[incident(external_id="good"), incident(**fields)])
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert (error["index"], error["field"]) == (1, field)
    assert reason in error["reason"]
    assert error["value"]
    assert listed(client) == []


def test_partial_stores_the_good_ones_and_names_the_bad(client: TestClient) -> None:
    answer = client.post(f"{INCIDENTS}?partial=true", json=[incident(), incident(external_id="2", severity=9)])
    assert answer.status_code == 201
    body = answer.json()
    assert (body["accepted"], body["refused"], body["errors"][0]["index"]) == (1, 1, 1)
    wait_until(lambda: len(listed(client)) == 1)


def test_ndjson_and_batches(client: TestClient) -> None:
    lines = b"\n".join(orjson.dumps(incident(external_id=str(n))) for n in range(3))
    answer = client.post(INCIDENTS, content=lines, headers={"content-type": "application/x-ndjson"})
    assert (answer.status_code, answer.json()["accepted"]) == (201, 3)
    broken = client.post(INCIDENTS, content=lines + b"\n{", headers={"content-type": "application/x-ndjson"})
    assert broken.status_code == 400
    assert "line 4" in broken.json()["detail"]
    many = client.post(INCIDENTS, json=[incident(external_id=str(n)) for n in range(1_001)])
    assert many.status_code == 422
    assert "1000" in many.json()["detail"]


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 65_536):
        yield b" " * 65_536


@pytest.mark.parametrize("path", [INCIDENTS, "/api/v1/positions"])
def test_a_body_of_ten_megabytes_is_refused(client: TestClient, path: str) -> None:
    size = 10 * 1024 * 1024
    declared = client.post(path, content=b" " * size)
    streamed = client.post(path, content=chunks(size))
    assert (declared.status_code, streamed.status_code) == (413, 413)
    assert "8 MiB" in declared.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"nul", b'"text"', b"17", b"[[]]", b"[" * 5_000])
def test_broken_json_is_refused_with_its_place(client: TestClient, body: bytes) -> None:
    answer = client.post(INCIDENTS, content=body)
    assert answer.status_code in (400, 422)
    assert answer.json()["errors"][0]["field"]


def test_hostile_text_comes_out_as_it_was_sent(client: TestClient) -> None:
    title = "\x00<img src=x onerror=alert(1)> =cmd() \u202eabc 🚨"
    incident_id = report(client, title=title, description="w" * 5_000)
    shown = client.get(f"{INCIDENTS}/{incident_id}").json()
    assert shown["title"] == title.replace("\x00", "␀")
    assert len(shown["description"]) == 5_000


def test_positions_are_counted_and_the_newest_is_shown(client: TestClient) -> None:
    old = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
    body = [position(lon=105.3), position(observed_at=old, lon=105.1, callsign="Patroli 07"), position(lat=95)]
    answer = client.post("/api/v1/positions", json=body)
    assert answer.status_code == 202
    assert (answer.json()["accepted"], answer.json()["refused"]) == (2, 1)
    assert answer.json()["errors"][0]["field"] == "lat"
    wait_until(lambda: len(client.get("/api/v1/units").json()["features"]) == 1)
    (unit,) = client.get("/api/v1/units").json()["features"]
    assert unit["geometry"]["coordinates"][0] == 105.3
    assert (unit["properties"]["callsign"], unit["properties"]["life"]) == ("Patroli 07", "live")


def test_a_device_clock_that_is_ahead_is_marked_with_its_skew(client: TestClient) -> None:
    ahead = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    client.post("/api/v1/positions", json=position(observed_at=ahead))
    wait_until(lambda: len(client.get("/api/v1/units").json()["features"]) == 1)
    (unit,) = client.get("/api/v1/units").json()["features"]
    assert unit["properties"]["skew_ms"] == pytest.approx(7_200_000, abs=10_000)
    assert unit["properties"]["life"] == "live"


def test_actions_move_an_incident_and_what_is_not_allowed_says_what_is(client: TestClient) -> None:
    incident_id = report(client)
    path = f"{INCIDENTS}/{incident_id}/events"
    assert client.post(path, json={"type": "verify"}).status_code == 201
    wait_until(lambda: client.get(f"{INCIDENTS}/{incident_id}").json()["status"] == "terverifikasi")
    refused = client.post(path, json={"type": "reopen"})
    assert refused.status_code == 409
    assert "resolve" in refused.json()["allowed"]
    assert client.post(path, json={"type": "correct"}).status_code == 422
    assert client.post(path, json={"type": "correct", "correction": {"severity": 2}}).status_code == 201
    wait_until(lambda: client.get(f"{INCIDENTS}/{incident_id}").json()["severity"] == 2)
    history = client.get(f"{INCIDENTS}/{incident_id}/history").json()["events"]
    assert [event["type"] for event in history] == ["incident.report", "incident.action", "incident.action"]
    assert client.post(f"{INCIDENTS}/K0/events", json={"type": "verify"}).status_code == 404


def test_incidents_are_found_by_area_box_circle_kind_and_time(client: TestClient) -> None:
    here = report(client)
    there = report(client, external_id="2", lon=104.62, lat=-5.49, category="banjir", severity=2)
    queries: dict[str, dict[str, Any]] = {
        "regency": {"area": "18.71"},
        "polres": {"area": "polres:tanggamus"},
        "kodim": {"area": ["kodim:0424", "1871"]},
        "box": {"bbox": "105,-6,106,-5"},
        "circle": {"near": "105.266,-5.43,1000"},
        "category": {"category": "banjir"},
        "group": {"category": "bencana"},
        "severity": {"severity_min": 3},
        "words": {"q": "kantor kpu"},
        "until": {"until": "2024-01-01T00:00:00Z"},
    }
    found = {name: [feature["id"] for feature in listed(client, **query)] for name, query in queries.items()}
    assert found == {
        "regency": [here],
        "polres": [there],
        "kodim": found["kodim"],
        "box": [here],
        "circle": [here],
        "category": [there],
        "group": [there],
        "severity": [here],
        "words": found["words"],
        "until": [],
    }
    assert sorted(found["kodim"]) == sorted(found["words"]) == sorted([here, there])
    assert client.get(INCIDENTS, params={"area": "1899"}).status_code == 422
    assert client.get(INCIDENTS, params={"bbox": "1,2,3"}).status_code == 422
    assert client.get(INCIDENTS, params={"colour": "red"}).status_code == 422


def test_pages_go_on_where_they_ended(client: TestClient) -> None:
    client.post(INCIDENTS, json=[incident(external_id=str(n)) for n in range(5)])
    wait_until(lambda: len(listed(client)) == 5)
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        page = client.get(INCIDENTS, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [feature["id"] for feature in page["features"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert len(set(seen)) == len(seen) == 5
    assert client.get(INCIDENTS, params={"cursor": "nonsense!"}).status_code == 422


def test_areas_levels_taxonomy_and_picture_are_served(client: TestClient) -> None:
    regencies = client.get("/api/v1/areas", params={"level": "regency"}).json()
    assert len(regencies["features"]) == 15
    assert "CC BY 4.0" in regencies["licence"] + regencies["source"]
    wait_until(lambda: len(client.get("/api/v1/levels").json()["levels"]) == 15)
    report(client, severity=5, category="rusuh_massa", crowd_state="merah")
    wait_until(lambda: level(client, "1871")["level"] == 3)
    found = level(client, "1871")
    assert found["name"] == "sangat rawan"
    assert round(sum(reason["points"] for reason in found["reasons"]), 1) == found["score"]
    assert "unjuk_rasa" in client.get("/api/v1/taxonomy").json()["categories"]
    picture = client.get("/api/v1/picture").json()
    assert (len(picture["state_hash"]), picture["counts"]["incidents"]) == (16, 1)


def level(client: TestClient, code: str) -> dict[str, Any]:
    return next(found for found in client.get("/api/v1/levels").json()["levels"] if found["code"] == code)


def test_health_metrics_and_the_description_answer(client: TestClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert "siger_log_up 1.0" in client.get("/metrics").text
    described = client.get("/api/v1/openapi.json").json()
    assert "IncidentIn" in described["components"]["schemas"]
    assert "post" in described["paths"]["/api/v1/positions"]


REPORTED = {"index": 0, "duplicate": False}


@pytest.mark.parametrize("query", ["", "?partial=false"])
def test_a_report_is_answered_alike_on_the_express_lane_and_beside_it(client: TestClient, query: str) -> None:
    """A request with parameters goes the long way; what comes back does not tell which way it went."""
    taken = client.post(f"{INCIDENTS}{query}", json=incident())
    assert (taken.status_code, taken.json() | REPORTED) == (201, taken.json())
    assert client.post(f"{INCIDENTS}{query}", json=incident()).status_code == 200
    broken = client.post(f"{INCIDENTS}{query}", content=b"{", headers={"Content-Type": "application/json"})
    refused = client.post(f"{INCIDENTS}{query}", json=incident(severity=9))
    for answer, status in ((broken, 400), (refused, 422)):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.headers["x-content-type-options"] == "nosniff"
    many = [incident(external_id=f"many-{number}") for number in range(50)]
    assert client.post(f"{INCIDENTS}{query}", json=many).headers["content-encoding"] == "gzip"


def test_siger_s_own_failure_on_the_express_lane_is_a_problem_document(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("feeds.intake.Intake.incidents", fail)
    answer = client.post(INCIDENTS, json=incident())
    assert (answer.status_code, answer.json()["title"]) == (500, "Siger failed")
    assert "a fault of ours" not in answer.text
    assert "a fault of ours" in caplog.text


@pytest.mark.parametrize("path", ["nothing/x.js", "dash/nothing.js", "dash/%2e%2e/%2e%2e/pyproject.toml"])
def test_a_script_that_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(f"/_dash-component-suites/{path}")
    assert (answer.status_code, answer.json()["title"]) == (404, "Not found")
