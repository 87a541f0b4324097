"""What phones and gateways send to a whole Siger, and what they are answered."""

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.doorway import DeviceHttp
from feeds.clock import now_ms
from tests.dashboard.people import Siger
from tests.dashboard.waiting import wait_until

VECTORS = Path(__file__).parents[1] / "feeds" / "data" / "client_vectors"


def units(client: TestClient) -> dict[str, dict[str, Any]]:
    return {feature["id"]: feature for feature in client.get("/api/v1/units").json()["features"]}


def incidents(client: TestClient, **asked: str) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in client.get("/api/v1/incidents", params=asked).json()["features"]]


def test_a_query_and_traccar_clients_json_move_the_unit(client: TestClient) -> None:
    at = now_ms() // 1000
    answer = client.get(f"/ingest/osmand?id=UNIT-1&lat=-5.43&lon=105.26&speed=10&timestamp={at}")
    assert (answer.status_code, answer.content) == (200, b"")
    message = {
        "device_id": "UNIT-2",
        "location": {
            "timestamp": datetime.now(UTC).isoformat(),
            "coords": {"latitude": -5.4, "longitude": 105.2, "accuracy": 5, "speed": 10, "heading": -1},
            "battery": {"level": 0.5},
        },
    }
    assert client.post("/ingest/osmand", json=message).status_code == 200
    wait_until(lambda: len(units(client)) == 2)
    first, second = units(client)["UNIT-1"], units(client)["UNIT-2"]
    assert first["geometry"]["coordinates"] == [105.26, -5.43]
    assert first["properties"]["speed_kmh"] == pytest.approx(18.52)
    assert second["properties"]["speed_kmh"] == 36
    assert (second["properties"]["battery_pct"], second["properties"]["source"]) == (50, "osmand")


def test_traccars_own_vectors_get_the_answers_that_traccar_gives(client: TestClient) -> None:
    for line in (VECTORS / "traccar_http_vectors.jsonl").read_bytes().splitlines():
        vector = orjson.loads(line)
        path = vector["path"] if vector["protocol"] == "osmand" else "/ingest/owntracks"
        headers = {"content-type": vector.get("content_type", "text/plain")}
        answer = client.request(vector["method"], path, content=vector.get("body", ""), headers=headers)
        expected = 400 if vector["expect"] == "rejected-no-id" else 200
        assert answer.status_code == expected, vector
        if expected == 400:
            assert answer.json()["errors"][0]["field"] == "id"
        elif vector["protocol"] == "owntracks":
            assert answer.json() == []


def test_a_device_at_the_root_is_let_in_and_people_still_get_their_page(client: TestClient) -> None:
    assert client.put("/?id=UNIT-3&lat=-5.4&lon=105.2").content == b""
    assert client.get("/?id=UNIT-3&lat=-5.4&lon=105.2").content == b""
    wait_until(lambda: "UNIT-3" in units(client))
    assert "text/html" in client.get("/?area=1807").headers["content-type"]


def test_a_clock_gone_wrong_does_not_jam_a_phones_queue_but_nonsense_is_refused(client: TestClient) -> None:
    assert client.get("/ingest/osmand?id=U&lat=-5.4&lon=105.2&timestamp=12").status_code == 200
    for query in ("id=U&lat=95&lon=105", "id=U&lat=-5&lon=105&timestamp=kemarin", "lat=-5&lon=105"):
        answer = client.get(f"/ingest/osmand?{query}")
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
    assert units(client) == {}


def test_an_sos_is_a_position_and_an_incident(client: TestClient) -> None:
    for _ in range(2):
        assert client.get("/ingest/osmand?id=UNIT-9&lat=-5.43&lon=105.26&alarm=sos").status_code == 200
    wait_until(lambda: incidents(client) and units(client))
    (incident,) = incidents(client)
    assert (incident["title"], incident["severity"], incident["reporter_unit"]) == ("SOS dari UNIT-9", 5, "UNIT-9")
    abroad = client.get("/ingest/osmand?id=UNIT-8&lat=48.85&lon=2.34&alarm=sos")
    assert abroad.status_code == 200, "the position counts though the cry comes from outside Lampung"
    wait_until(lambda: "UNIT-8" in units(client))


def test_owntracks_is_answered_an_empty_list_whatever_it_sends(client: TestClient) -> None:
    body = {"_type": "location", "lat": -5.4, "lon": 105.2, "tst": now_ms() // 1000, "tid": "hp", "vel": 36}
    assert client.post("/ingest/owntracks?u=metro&d=hp3", json=body).json() == []
    headers = {"X-Limit-U": "metro", "X-Limit-D": "hp4"}
    assert client.post("/ingest/owntracks", json=body, headers=headers).json() == []
    for other in (b"", b'{"_type":"lwt","tst":1}', b'{"_type":"transition","event":"enter"}'):
        assert client.post("/ingest/owntracks", content=other).json() == []
    assert client.post("/ingest/owntracks", content=b"{").status_code == 400
    wait_until(lambda: set(units(client)) == {"metro/hp3", "metro/hp4"})


def test_gpslogger_templates(client: TestClient) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    query = f"device=hp7&lat=-5.4&lon=105.2&time={at}&spd=10&acc=4.5&dir=90&batt=55.0"
    assert client.get(f"/ingest/gpslogger?{query}").status_code == 200
    wait_until(lambda: "hp7" in units(client))
    assert units(client)["hp7"]["properties"]["speed_kmh"] == 36


def test_a_text_message_is_answered_with_a_sentence(client: TestClient) -> None:
    form = {"from": "+628117", "text": "LAP UNRAS SUKADANA 200 KUNING"}
    first = client.post("/ingest/sms", data=form).json()
    again = client.post("/ingest/sms", json={"sender": "+628117", "message": form["text"]}).json()
    assert first["accepted"]
    assert first["reply"] == f"Diterima: Unjuk rasa di Sukadana. No. {first['id']}"
    assert (again["duplicate"], again["id"]) == (True, first["id"])
    refused = client.get("/ingest/sms", params={"from": "1", "text": "LAP UNRAS JAKARTA"})
    assert refused.status_code == 422
    assert "tidak dikenal" in refused.json()["reply"]


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def test_traccars_generator_without_a_slash_reaches_a_real_server(app: FastAPI, port: int) -> None:
    lines = (VECTORS / "traccar_test_generator_requests.txt").read_text().splitlines()
    server = uvicorn.Server(uvicorn.Config(app, port=port, http=DeviceHttp, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.02)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for line in [line for line in lines if line.startswith("GET ?")]:
            writer.write(f"{line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 15)
            assert head.startswith(b"HTTP/1.1 200 OK")
            assert b"content-length: 0" in head.lower()
        writer.close()
        await headers_end(port)
        house = app.state.house
        while "123456789012345" not in house.picture.units:
            await asyncio.sleep(0.02)
    finally:
        server.should_exit = True
        await serving


async def headers_end(port: int) -> None:
    """Headers without an end, in pieces, are cut off; long bodies and requests in one breath are not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    long = b"x" * 60_000
    request = b"POST /ingest/owntracks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % len(long)
    writer.write((request + long) * 2 + b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    for _ in range(3):
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 15)
        assert b"More than" not in head
        size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(size)
    assert head.startswith(b"HTTP/1.1 200")
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
    await asyncio.sleep(0.2)  # what comes in one breath with a request's beginning is not counted
    for _ in range(5):
        writer.write(b"a" * 4_000)
        await asyncio.sleep(0.02)
    answer = await asyncio.wait_for(reader.read(), 15)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"16 KiB of headers" in answer
    writer.close()


def test_a_device_carries_its_token_in_the_address_or_as_a_password(running: Siger) -> None:
    token = running.issue("hp-tanggamus", "sumber", "1806")
    fix = "id=T-1&lat=-5.5&lon=104.62"
    assert running.anybody.get(f"/ingest/osmand?{fix}").status_code == 401
    assert running.anybody.get(f"/ingest/osmand?{fix}&token=wrong").status_code == 401
    assert running.anybody.get(f"/ingest/osmand?token={token}&{fix}").status_code == 200
    body = {"_type": "location", "lat": -5.5, "lon": 104.62, "tst": now_ms() // 1000, "tid": "hp"}
    answer = running.anybody.post("/ingest/owntracks?u=a&d=b", json=body, auth=("whoever", token))
    assert (answer.status_code, answer.json()) == (200, [])
    units = running.app.state.house.picture.units
    wait_until(lambda: {"T-1", "a/b"} <= set(units))
    assert units["T-1"].source == "hp-tanggamus", "a token stands under its own name"
    elsewhere = running.anybody.get(f"/ingest/osmand?token={token}&id=T-2&lat=-5.43&lon=105.26")
    assert elsewhere.status_code == 403, "a token holds for its own area"
