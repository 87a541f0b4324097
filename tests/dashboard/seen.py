"""What each caller sees of four reports in two regencies, two of them restricted."""

from typing import Any

from fastapi.testclient import TestClient

from dashboard.access.rights import Role
from tests.dashboard.frames import Frame, read
from tests.dashboard.people import Siger
from tests.dashboard.reports import incident, position
from tests.dashboard.waiting import wait_until

INCIDENTS = "/api/v1/incidents"
SECRET = "Laporan rahasia tentang bupati"
REPORTER = {"name": "Siti Pelapor", "contact": "0812-555-777"}
#: (lon, lat) in Tanggamus (1806) and in Bandar Lampung (1871).
TANGGAMUS, BANDAR_LAMPUNG = (104.62, -5.49), (105.266, -5.43)

Filled = tuple[Siger, dict[Role, TestClient], dict[str, str]]
"""A running Siger, a client for each role, and the reports' ids by name."""


def at(place: tuple[float, float], **fields: Any) -> dict[str, Any]:
    return incident(lon=place[0], lat=place[1], **fields)


def report(siger: Siger, client: TestClient, **fields: Any) -> str:
    answer = client.post(INCIDENTS, json=fields)
    assert answer.status_code == 201, answer.text
    name = str(answer.json()["id"])
    wait_until(lambda: name in siger.app.state.house.picture.incidents)
    return name


def ids(client: TestClient, **query: Any) -> set[str]:
    return {feature["id"] for feature in client.get(INCIDENTS, params=query).json()["features"]}


def listen(socket: Any) -> Frame:
    return read(socket.receive_bytes())


def snapshot_of(client: TestClient) -> dict[str, Any]:
    with client.websocket_connect("/live") as socket:
        socket.send_text("{}")
        return listen(socket).header


def shows_its_hash(client: TestClient) -> bool:
    return bool(snapshot_of(client)["hash"] == client.get("/api/v1/picture").json()["state_hash"])


async def audited(running: Siger) -> list[bytes]:
    return [link.body async for link in running.access.audit.links()]


def stop_levels(running: Siger) -> None:
    async def nothing(_codes: Any) -> list[Any]:
        return []

    running.app.state.house.levels.assess = nothing


def restrict(running: Siger, people: dict[Role, TestClient], name: str) -> None:
    order = {"type": "correct", "correction": {"sensitivity": "restricted"}}
    assert people["komando"].post(f"{INCIDENTS}/{name}/events", json=order).status_code == 201
    wait_until(lambda: running.app.state.house.picture.incidents[name].secrecy != "normal")


def fill(running: Siger) -> Filled:
    """Four reports and two units."""
    people = running.everybody()
    chief = people["komando"]
    known = {
        "here": report(running, chief, **at(TANGGAMUS, external_id="1", title="Tawuran", category="tawuran")),
        "there": report(running, chief, **at(BANDAR_LAMPUNG, external_id="2", title="Unjuk rasa")),
        "neutrality": report(
            running, chief, **at(TANGGAMUS, external_id="3", title=SECRET, category="netralitas", reporter=REPORTER)
        ),
        "informant": report(
            running,
            chief,
            **at(TANGGAMUS, external_id="4", title=SECRET, category="senpi", sensitivity="restricted"),
        ),
    }
    assert chief.post("/api/v1/positions", json=[position(unit="a", lon=104.62, lat=-5.49), position(unit="b")])
    wait_until(lambda: len(running.app.state.house.picture.units) == 2)
    return running, people, known
