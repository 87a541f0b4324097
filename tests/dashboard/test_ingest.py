"""What phones, gateways and warning services send to a whole Siger, and what they are answered."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.app import create_app
from dashboard.doorway import DeviceHttp
from dashboard.settings import Settings
from feeds.clock import now_ms
from feeds.log import EventLog
from tests.dashboard.conftest import wait_until
from tests.dashboard.people import Siger, siger

VECTORS = Path(__file__).parents[1] / "feeds" / "data" / "client_vectors"
BMKG = Path(__file__).parents[1] / "feeds" / "data" / "bmkg"


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


def an_index(minutes: float) -> bytes:
    """BMKG's real index as if it had been published now, with its warning over in so many minutes."""
    zone = datetime.now().astimezone(UTC) + timedelta(hours=7)
    end = zone + timedelta(minutes=minutes)
    months = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
    text = (BMKG / "nowcast-rss-id.trimmed.xml").read_text(encoding="utf-8")
    for moment, old in ((zone, "24 September 2026, 13:50 WIB"), (end, "24 September 2026, 16:30 WIB")):
        text = text.replace(old, f"{moment.day} {months[moment.month - 1]} {moment.year}, {moment:%H:%M} WIB")
    sent = f"{zone:%a, %d %b %Y %H:%M:%S} +0700"
    return text.replace("Thu, 24 Sep 2026 13:40:00 +0700", sent).encode()


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


def alert(name: str, references: str = "") -> bytes:
    now = datetime.now(UTC)
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{name}</identifier>
    <sender>a@b.id</sender><sent>{now.isoformat()}</sent><status>Actual</status>
    <msgType>{"Update" if references else "Alert"}</msgType><scope>Public</scope>{references}
    <info><category>Met</category><event>Banjir</event><urgency>Immediate</urgency><severity>Severe</severity>
    <certainty>Likely</certainty><expires>{(now + timedelta(hours=2)).isoformat()}</expires>
    <headline>Banjir di Lampung</headline><area><areaDesc>Kalianda</areaDesc></area></info></alert>""".encode()


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
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
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
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert b"More than" not in head
        size = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(size)
    assert head.startswith(b"HTTP/1.1 200")
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ")
    await asyncio.sleep(0.2)  # what comes in one breath with a request's beginning is not counted
    for _ in range(5):
        writer.write(b"a" * 4_000)
        await asyncio.sleep(0.02)
    answer = await asyncio.wait_for(reader.read(), 5)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"16 KiB of headers" in answer
    writer.close()


@pytest.fixture
def guarded(log_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Siger]:
    settings = Settings(mode="serve", data_dir=tmp_path)
    app = create_app(settings, EventLog.open(log_url, prefix=f"test-{request.node.name}"))
    with siger(app) as running:
        yield running


def test_a_device_carries_its_token_in_the_address_or_as_a_password(guarded: Siger) -> None:
    token = guarded.issue("hp-tanggamus", "sumber", "1806")
    fix = "id=T-1&lat=-5.5&lon=104.62"
    assert guarded.anybody.get(f"/ingest/osmand?{fix}").status_code == 401
    assert guarded.anybody.get(f"/ingest/osmand?{fix}&token=wrong").status_code == 401
    assert guarded.anybody.get(f"/ingest/osmand?token={token}&{fix}").status_code == 200
    body = {"_type": "location", "lat": -5.5, "lon": 104.62, "tst": now_ms() // 1000, "tid": "hp"}
    answer = guarded.anybody.post("/ingest/owntracks?u=a&d=b", json=body, auth=("whoever", token))
    assert (answer.status_code, answer.json()) == (200, [])
    units = guarded.app.state.house.picture.units
    wait_until(lambda: {"T-1", "a/b"} <= set(units))
    assert units["T-1"].source == "hp-tanggamus", "a token stands under its own name"
    elsewhere = guarded.anybody.get(f"/ingest/osmand?token={token}&id=T-2&lat=-5.43&lon=105.26")
    assert elsewhere.status_code == 403, "a token holds for its own area"


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


def test_who_may_not_merge_is_told_so_and_restricted_reports_stay_apart(guarded: Siger) -> None:
    report = {"occurred_at": datetime.now(UTC).isoformat(), "severity": 3, "lat": -5.49, "lon": 104.62}
    guarded.add("ani", "komando")
    guarded.add("kpu", "kpu")
    ani, kpu = guarded.client("ani"), guarded.client("kpu")
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
