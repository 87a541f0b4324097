"""The API's levels: reasons, overrides, readiness, parameters, the past, and the official layers beside them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.dashboard.reports import incident
from tests.dashboard.waiting import wait_until


def level_of(client: TestClient, code: str, **asked: Any) -> dict[str, Any]:
    found = client.get(
        "/api/v1/levels", params={"level": "district" if len(code) > 4 else "regency", **asked}
    ).json()
    return next((one for one in found["levels"] if one["code"] == code), {})


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


@pytest.fixture
def grave(client: TestClient) -> dict[str, Any]:
    """A riot in Bandar Lampung, and the levels that follow."""
    wait_until(lambda: len(client.get("/api/v1/levels").json()["levels"]) == 15)
    made = client.post("/api/v1/incidents", json=incident(category="rusuh_massa", severity=5, crowd_state="merah"))
    assert made.status_code == 201, made.text
    wait_until(lambda: level_of(client, "1871").get("level") == 3, timeout_s=1.0)
    answer: dict[str, Any] = made.json()
    return answer


def test_regency_and_district_follow_a_grave_report_within_a_second_and_say_why(
    client: TestClient, grave: dict[str, Any]
) -> None:
    regency = level_of(client, "1871")
    assert regency["score"] == pytest.approx(sum(reason["points"] for reason in regency["reasons"]))
    assert regency["reasons"][0]["incident"] == grave["id"]
    district = client.get(f"/api/v1/incidents/{grave['id']}").json()["district"]
    assert level_of(client, district)["level"] == 3
    neighbours = [one for one in client.get("/api/v1/levels").json()["levels"] if one["code"] != "1871"]
    assert {one["level"] for one in neighbours} == {0}


def test_one_area_tells_its_curve_and_what_would_bring_it_down(client: TestClient, grave: dict[str, Any]) -> None:
    one = client.get("/api/v1/levels/18.71").json()
    assert [point["level"] for point in one["curve"]][-1] == 3
    assert one["relief"]["level"] == 2
    assert one["relief"]["incidents"] == [grave["id"]]
    assert one["relief"]["at"] > in_hours(0)
    assert one["relief"]["texts"][1] == "Turun ke rawan bila kejadian terberat selesai"
    assert client.get("/api/v1/levels/1806").json()["relief"] is None


def test_an_override_stands_beside_the_computed_level_and_can_be_taken_back(
    client: TestClient, grave: dict[str, Any]
) -> None:
    order = {"level": 1, "until": in_hours(2), "why": "Massa sudah bubar, menunggu apel"}
    made = client.post("/api/v1/levels/1871/override", json=order)
    assert made.status_code == 201, made.text
    wait_until(lambda: level_of(client, "1871")["override"])
    found = level_of(client, "1871")
    assert (found["level"], found["override"]["level"]) == (3, 1)
    assert (found["override"]["why"], bool(found["override"]["by"])) == (order["why"], True)
    assert (
        client.post("/api/v1/levels/1871/override", json={"level": None, "why": "Salah wilayah"}).status_code == 201
    )
    wait_until(lambda: level_of(client, "1871")["override"] is None)


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"level": 1, "why": "x" * 10}, "until"),
        ({"level": 1, "until": in_hours(-1), "why": "lewat waktu"}, "until"),
        ({"level": 1, "until": in_hours(200), "why": "terlalu lama"}, "until"),
        ({"level": 4, "until": in_hours(1), "why": "tidak ada"}, "level"),
        ({"level": 1, "until": in_hours(1)}, "why"),
        ({"level": 1, "until": in_hours(1), "why": "baik", "colour": "red"}, "colour"),
    ],
)
def test_an_override_that_does_not_hold_is_refused(client: TestClient, order: dict[str, Any], field: str) -> None:
    answer = client.post("/api/v1/levels/1871/override", json=order)
    assert answer.status_code == 422
    assert field in answer.text


def test_readiness_is_dated_and_no_level(client: TestClient) -> None:
    assert client.get("/api/v1/readiness").json() == {"readiness": []}
    order = {"readiness": "siaga_1", "why": "Menjelang pemungutan suara", "since": "2024-11-23T00:00:00+07:00"}
    assert client.post("/api/v1/readiness", json=order).status_code == 201
    wait_until(lambda: client.get("/api/v1/readiness").json()["readiness"])
    (found,) = client.get("/api/v1/readiness").json()["readiness"]
    assert (found["area"], found["readiness"], found["since"]) == ("18", "siaga_1", "2024-11-22T17:00:00.000Z")
    assert client.post("/api/v1/readiness", json={**order, "readiness": "siaga_9"}).status_code == 422
    assert client.post("/api/v1/readiness", json={**order, "since": in_hours(3)}).status_code == 422


def test_a_parameter_change_says_who_and_why_and_weighs(client: TestClient, grave: dict[str, Any]) -> None:
    def parameter() -> dict[str, Any]:
        table = client.get("/api/v1/levels/parameters").json()["parameters"]
        found: dict[str, Any] = next(one for one in table if one["name"] == "trust_unverified")
        return found

    assert (parameter()["value"], parameter()["changed"]) == (0.7, None)
    order = {"name": "trust_unverified", "value": 0.1, "why": "Rapat evaluasi"}
    assert client.post("/api/v1/levels/parameters", json=order).status_code == 201
    wait_until(lambda: parameter()["value"] == 0.1)
    assert parameter()["changed"]["why"] == "Rapat evaluasi"
    wait_until(lambda: level_of(client, "1871")["score"] < 50)
    for bad in ({**order, "value": 7}, {**order, "name": "gone"}, {"name": "hysteresis", "value": 1}):
        assert client.post("/api/v1/levels/parameters", json=bad).status_code == 422


def test_the_levels_of_a_past_moment_come_from_the_log(client: TestClient, grave: dict[str, Any]) -> None:
    now = in_hours(0)
    client.post(f"/api/v1/incidents/{grave['id']}/events", json={"type": "reject"})
    wait_until(lambda: level_of(client, "1871")["score"] == 0)
    assert level_of(client, "1871", at=now)["score"] == 100
    assert level_of(client, "1871", at="2020-01-01T00:00:00+07:00") == {}
    for bad in (in_hours(1), "2024-11-27T08:00:00"):
        assert client.get("/api/v1/levels", params={"at": bad}).status_code == 422


def test_official_layers_are_told_side_by_side_with_their_disagreements(client: TestClient) -> None:
    found = client.get("/api/v1/indices").json()
    layers = {layer["code"]: layer for layer in found["layers"]}
    assert layers["bawaslu-ikp-2024"]["area"]["1871"]["class"] == "tinggi"
    assert layers["polda-tps-2024"]["area"]["1806"]["count"] == {"sangat rawan": 22}
    apart = {one["area"]: one["says"] for one in found["disagreements"]}
    assert apart["1871"] == {"bawaslu-ikp-2024": "tinggi", "bawaslu-pilkada-2024": "bukan tinggi"}


def test_the_forecast_names_places_with_intervals_and_says_what_it_is_not(client: TestClient) -> None:
    wait_until(lambda: len(client.get("/api/v1/levels").json()["levels"]) == 15)
    assert client.get("/api/v1/forecast").json()["areas"] == []
    for number in range(6):
        made = incident(external_id=f"lalu-{number}", occurred_at=in_hours(-24 * (number + 2)))
        assert client.post("/api/v1/incidents", json=made).status_code == 201
    wait_until(lambda: len(client.get("/api/v1/forecast").json()["areas"]) == 15)
    found = client.get("/api/v1/forecast").json()
    week = {one["code"]: one["ahead"][2] for one in found["areas"]}
    assert week["1871"]["expected"] > week["1806"]["expected"] > 0
    assert week["1871"]["low"] <= week["1871"]["expected"] <= week["1871"]["high"]
    assert found["method"] == "rate"
    assert "bukan orang" in found["note"]
    assert len(client.get("/api/v1/forecast", params={"level": "district"}).json()["areas"]) == 229


def test_alarms_of_the_last_day_are_told(client: TestClient, grave: dict[str, Any]) -> None:
    wait_until(lambda: client.get("/api/v1/alarms").json()["alarms"], timeout_s=10)
    found = {one["area"]: one for one in client.get("/api/v1/alarms").json()["alarms"]}
    assert found["1871"]["what"] == "rise"
    assert found["1871"]["incidents"] == [grave["id"]]
    assert "naik dari kondusif ke sangat rawan" in found["1871"]["text"]


def test_who_sees_an_alarm_first_is_told_to_all(client: TestClient, grave: dict[str, Any]) -> None:
    def alarm() -> dict[str, Any]:
        found = client.get("/api/v1/alarms").json()["alarms"]
        return next((one for one in found if one["area"] == "1871"), {})

    wait_until(lambda: "id" in alarm(), timeout_s=10)
    name = alarm()["id"]
    assert alarm()["seen"] is None
    first = client.post(f"/api/v1/alarms/{name}/seen")
    assert first.status_code == 201
    wait_until(lambda: alarm()["seen"] and alarm()["seen"]["by"])
    assert client.post(f"/api/v1/alarms/{name}/seen").json() == first.json()
    assert client.post("/api/v1/alarms/rise:1871:0/seen").status_code == 404


def test_all_curves_come_in_one_answer(client: TestClient, grave: dict[str, Any]) -> None:
    found = client.get("/api/v1/levels/curves").json()
    areas = {one["code"]: one for one in found["areas"]}
    assert len(areas) == 15
    assert {len(one["levels"]) for one in areas.values()} == {24 * 60 // found["step_min"]}
    assert (areas["1871"]["levels"][-1], areas["1871"]["turn"]["was"]) == (3, 0)
    assert (areas["1806"]["levels"][-1], areas["1806"]["turn"]) == (0, None)
    assert len(client.get("/api/v1/levels/curves", params={"level": "district"}).json()["areas"]) == 229
