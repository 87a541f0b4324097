"""What each caller sees and may change: nothing of what lies outside its rights shows, not even in a sum."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dashboard.access.audit import Deed
from dashboard.access.identity import forget, forget_old
from dashboard.access.rights import Role
from dashboard.app import create_app
from dashboard.settings import Settings
from feeds.clock import now_ms, utc_text
from feeds.log import EventLog
from tests.dashboard.conftest import incident, position, wait_until
from tests.dashboard.frames import Frame, read
from tests.dashboard.people import BY_TEST, Siger, siger, wait_for
from tests.dashboard.test_ingest import alert

INCIDENTS = "/api/v1/incidents"
SECRET = "Laporan rahasia tentang bupati"
REPORTER = {"name": "Siti Pelapor", "contact": "0812-555-777"}
#: (lon, lat) in Tanggamus (1806) and in Bandar Lampung (1871).
TANGGAMUS, BANDAR_LAMPUNG = (104.62, -5.49), (105.266, -5.43)


@pytest.fixture
def running(log_url: str, tmp_path: Any, request: pytest.FixtureRequest) -> Iterator[Siger]:
    settings = Settings(mode="serve", data_dir=tmp_path)
    app: FastAPI = create_app(settings, EventLog.open(log_url, prefix=f"test-{request.node.name}"))
    with siger(app) as running:
        yield running


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


def drain(socket: Any) -> None:
    while True:
        socket.receive_bytes()


@pytest.fixture
def filled(running: Siger) -> tuple[Siger, dict[Role, TestClient], dict[str, str]]:
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


SEES: dict[Role, set[str]] = {
    "admin": {"here", "there"},
    "komando": {"here", "there", "neutrality", "informant"},
    "satwil": {"here", "informant"},
    "bawaslu": {"here", "there", "neutrality"},
    "kpu": {"here", "there"},
    "pemda": {"here", "there"},
    "layar": {"here", "there"},
}


def test_the_picture_of_each_role(filled: tuple[Siger, dict[Role, TestClient], dict[str, str]]) -> None:
    running, people, known = filled
    stop_levels(running)  # a level that moves between two answers would move their hashes
    wait_for(0.1)
    for role, names in SEES.items():
        client, visible = people[role], {known[name] for name in names}
        assert ids(client) == visible, role
        for name in known.values():
            expected = 200 if name in visible else 404
            assert client.get(f"{INCIDENTS}/{name}").status_code == expected, (role, name)
        picture = client.get("/api/v1/picture").json()
        assert picture["counts"]["incidents"] == picture["counts"]["incidents_open"] == len(visible)
        assert picture["counts"]["units"] == (1 if role == "satwil" else 2)
        assert ids(client, q="rahasia") == visible & {known["neutrality"], known["informant"]}
        snapshot = snapshot_of(client)
        assert {item["id"] for item in snapshot["incidents"]} == visible
        # A level may change between the two questions; both show the same as soon as it has not.
        wait_until(partial(shows_its_hash, client))
        assert role in ("komando", "satwil", "bawaslu") or SECRET not in orjson.dumps(snapshot).decode()


def test_levels_say_nothing_of_restricted_reports_nor_of_other_areas(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, _ = filled
    chief = people["komando"]
    wait_until(lambda: sum(level["score"] > 0 for level in chief.get("/api/v1/levels").json()["levels"]) == 2)
    stop_levels(running)
    wait_for(0.1)
    levels = {role: people[role].get("/api/v1/levels").json()["levels"] for role in SEES}
    assert {level["code"] for level in levels["satwil"]} == {"1806"}
    # The same level for all who see the area: a difference would tell that there is something to hide.
    assert levels["komando"] == levels["pemda"] == levels["layar"]
    assert SECRET not in orjson.dumps(levels).decode()
    metrics = people["layar"].get("/metrics").text
    assert "siger_incidents 2.0" in metrics


def test_the_wall_sees_nothing_that_may_name_a_person(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, _ = filled
    name = report(
        running,
        people["komando"],
        **at(TANGGAMUS, external_id="9", description="Saksi: Pak Budi", reporter_unit="Aiptu Joko"),
    )
    people["komando"].post("/api/v1/positions", json=position(unit="c", callsign="Briptu Rina"))
    wait_until(lambda: "c" in running.app.state.house.picture.units)
    wall = people["layar"]
    shown = wall.get(f"{INCIDENTS}/{name}").json()
    assert (shown["description"], shown["reporter_unit"]) == ("", None)
    assert name not in ids(wall, q="Budi")
    assert name in ids(people["pemda"], q="Budi")
    assert wall.get(f"{INCIDENTS}/{name}/history").status_code == 403
    assert "Rina" not in wall.get("/api/v1/units").text
    with wall.websocket_connect("/live") as socket:
        socket.send_text("{}")
        frame = socket.receive_bytes()
    assert not [word for word in (b"Budi", b"Joko", b"Rina") if word in frame]


def test_writing_holds_within_the_areas(filled: tuple[Siger, dict[Role, TestClient], dict[str, str]]) -> None:
    _, people, known = filled
    for role in ("satwil", "sumber"):
        client = people[role]
        assert client.post(INCIDENTS, json=at(TANGGAMUS, external_id=f"in-{role}")).status_code == 201
        assert client.post(INCIDENTS, json=at(BANDAR_LAMPUNG, external_id=f"out-{role}")).status_code == 403
        assert client.post("/api/v1/positions", json=position(lon=105.266, lat=-5.43)).status_code == 403
        assert client.post("/api/v1/positions", json=position(lon=104.62, lat=-5.49)).status_code == 202
    act = {"type": "verify"}
    assert people["satwil"].post(f"{INCIDENTS}/{known['there']}/events", json=act).status_code == 404
    assert people["satwil"].post(f"{INCIDENTS}/{known['here']}/events", json=act).status_code == 201
    merge = {"type": "merge", "into": known["there"]}
    assert people["satwil"].post(f"{INCIDENTS}/{known['here']}/events", json=merge).status_code == 404


@pytest.mark.parametrize("role", ["admin", "kpu", "bawaslu", "pemda", "layar"])
def test_who_may_not_act_is_told_so_and_nothing_happens(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]], role: Role
) -> None:
    running, people, known = filled
    before = running.app.state.house.picture.incidents[known["here"]]
    answer = people[role].post(f"{INCIDENTS}/{known['here']}/events", json={"type": "reject"})
    assert answer.status_code == 403
    assert running.app.state.house.picture.incidents[known["here"]] == before


def test_a_report_carries_who_sent_it(filled: tuple[Siger, dict[Role, TestClient], dict[str, str]]) -> None:
    running, people, _ = filled
    name = report(running, people["sumber"], **at(TANGGAMUS, external_id="feed"))
    history = people["komando"].get(f"{INCIDENTS}/{name}/history").json()["events"]
    assert (history[0]["source"], history[0]["actor"]) == ("t-sumber", "t-sumber")


def test_sharing_a_restricted_report_takes_two(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, known = filled
    running.add("second", "komando")
    share, url = {"type": "share"}, f"{INCIDENTS}/{known['neutrality']}/events"
    assert people["bawaslu"].post(url, json=share).status_code == 201
    wait_until(lambda: people["bawaslu"].get(url[: -len("/events")]).json()["share_asked_by"] == "p-bawaslu")
    assert people["bawaslu"].post(url, json=share).status_code == 409
    assert people["pemda"].get(url[: -len("/events")]).status_code == 404
    with people["pemda"].websocket_connect("/live") as socket:
        socket.send_text("{}")
        assert known["neutrality"] not in {item["id"] for item in listen(socket).header["incidents"]}
        assert running.client("second").post(url, json=share).status_code == 201
        while known["neutrality"] not in {item["id"] for item in listen(socket).header.get("incidents", ())}:
            pass
    assert people["pemda"].get(url[: -len("/events")]).status_code == 200
    normal = people["komando"].post(f"{INCIDENTS}/{known['here']}/events", json=share)
    assert normal.status_code == 409


def test_what_becomes_restricted_leaves_open_screens_at_once(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    _, people, known = filled
    with people["pemda"].websocket_connect("/live") as socket:
        socket.send_text("{}")
        before = listen(socket).header
        assert known["here"] in {item["id"] for item in before["incidents"]}
        restrict = {"type": "correct", "correction": {"sensitivity": "restricted"}}
        assert people["komando"].post(f"{INCIDENTS}/{known['here']}/events", json=restrict).status_code == 201
        frame = listen(socket)
        while frame.kind != "snapshot":
            frame = listen(socket)
        assert known["here"] not in {item["id"] for item in frame.header["incidents"]}
    with people["pemda"].websocket_connect("/live") as socket:
        socket.send_text(orjson.dumps({"since": before["id"], "boot": before["boot"]}).decode())
        assert listen(socket).kind == "snapshot"


def test_a_reporter_is_sealed_audited_and_forgotten(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, known = filled
    house, url = running.app.state.house, f"{INCIDENTS}/{known['neutrality']}/reporter"
    raw = running.run(house.log.redis.xrange(house.log.key("log")))
    assert "Siti" not in repr(raw)
    assert people["bawaslu"].get(url).json() == REPORTER
    assert people["admin"].get(url).status_code == 403
    assert people["satwil"].get(url).status_code == 404
    assert people["komando"].get(f"{INCIDENTS}/{known['informant']}/reporter").status_code == 404
    links = running.run(entries(running))
    assert len([link for link in links if b'"identity.look"' in link]) == 1
    assert not [link for link in links if b"Siti" in link or b"0812" in link]
    assert running.run(forget(running.access, house.log, known["neutrality"], BY_TEST))
    assert people["bawaslu"].get(url).status_code == 410
    running.run(running.access.audit.verify())


async def entries(running: Siger) -> list[bytes]:
    return [link.body async for link in running.access.audit.links()]


def test_identities_are_destroyed_when_the_retention_rule_says_so(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, known = filled
    house = running.app.state.house
    incidents = list(house.picture.incidents.values())
    assert running.run(forget_old(running.access, house.log, incidents, now_ms())) == 0
    later = now_ms() + 366 * 24 * 3600 * 1000
    assert running.run(forget_old(running.access, house.log, incidents, later)) == 1
    assert people["komando"].get(f"{INCIDENTS}/{known['neutrality']}/reporter").status_code == 410


def test_an_identity_is_not_taken_where_it_would_not_be_sealed_and_never_repeated_in_an_error(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    _, people, _ = filled
    open_report = people["komando"].post(INCIDENTS, json=at(TANGGAMUS, external_id="x", reporter=REPORTER))
    broken = people["komando"].post(INCIDENTS, json=at(TANGGAMUS, external_id="y", reporter={"name": ["Siti"]}))
    for answer in (open_report, broken):
        assert answer.status_code == 422
        assert "Siti" not in answer.text


@pytest.mark.parametrize("end", ["revoke", "disable", "sign out", "role"])
def test_rights_that_end_or_change_reach_an_open_socket_within_seconds(running: Siger, end: str) -> None:
    chief = running.client(token=running.issue("chief", "komando"))
    report(running, chief, **at(BANDAR_LAMPUNG, external_id="1"))
    running.add("ani", "kpu")
    client = running.client(token=running.issue("wall", "layar")) if end == "revoke" else running.client("ani")
    register = running.access.register
    with client.websocket_connect("/live") as socket:
        socket.send_text("{}")
        assert len(listen(socket).header["incidents"]) == 1
        if end == "revoke":
            running.run(register.revoke(BY_TEST, "wall"))
        else:
            person = running.run(register.person("ani"))
            assert person is not None
            changes: dict[str, Any] = {
                "disable": {"disabled": True},
                "sign out": {"epoch": 1},
                "role": {"role": "satwil", "areas": ("1806",)},
            }[end]
            running.run(register.change(BY_TEST, person, **changes))
        if end == "role":
            frame = listen(socket)
            while frame.kind != "snapshot":
                frame = listen(socket)
            assert frame.header["incidents"] == []
        else:
            with pytest.raises(WebSocketDisconnect) as closed:
                drain(socket)
            assert closed.value.code == 4401
    assert client.get("/api/v1/picture").status_code == (200 if end == "role" else 401)


def test_every_action_refusal_and_look_is_in_the_audit(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, known = filled
    people["pemda"].get(f"{INCIDENTS}/{known['here']}/reporter")
    people["komando"].get(f"{INCIDENTS}/{known['informant']}")
    people["komando"].post(f"{INCIDENTS}/{known['here']}/events", json={"type": "comment", "note": "x"})
    told = [orjson.loads(body) for body in running.run(entries(running))]
    said = {(item["who"], item["action"], item["outcome"]) for item in told}
    assert said >= {
        ("p-pemda", "log-in", "done"),
        ("p-pemda", "door", "refused"),
        ("p-komando", "look", "done"),
        ("p-komando", "report", "done"),
        ("p-komando", "incident.comment", "done"),
    }
    assert isinstance(BY_TEST, Deed)
    running.run(running.access.audit.verify())


def stop_levels(running: Siger) -> None:
    async def nothing(_codes: Any) -> list[Any]:
        return []

    running.app.state.house.levels.assess = nothing


def restrict(running: Siger, people: dict[Role, TestClient], name: str) -> None:
    order = {"type": "correct", "correction": {"sensitivity": "restricted"}}
    assert people["komando"].post(f"{INCIDENTS}/{name}/events", json=order).status_code == 201
    wait_until(lambda: running.app.state.house.picture.incidents[name].secrecy != "normal")


def test_no_level_names_what_became_restricted_neither_now_nor_in_the_past(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, known = filled
    pemda = people["pemda"]
    wait_until(lambda: "Tawuran" in pemda.get("/api/v1/levels").text)
    before = utc_text(now_ms() + 1)
    wait_for(0.01)
    stop_levels(running)  # nothing is worked out anew: what is looked at are the words that were said
    restrict(running, people, known["here"])
    for at_time in ({}, {"at": before}):
        answer = pemda.get("/api/v1/levels", params=at_time)
        assert answer.status_code == 200
        assert "Tawuran" not in answer.text
        assert known["here"] not in answer.text
    assert "Tawuran" in people["komando"].get("/api/v1/levels", params={"at": before}).text
    with pemda.websocket_connect("/live") as socket:
        socket.send_text("{}")
        assert b"Tawuran" not in orjson.dumps(listen(socket).header)


def test_another_category_does_not_publish_a_restricted_report(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, known = filled
    url = f"{INCIDENTS}/{known['neutrality']}"
    correct = {"type": "correct", "correction": {"category": "tawuran"}}
    assert people["komando"].post(f"{url}/events", json=correct).status_code == 201
    wait_until(lambda: running.app.state.house.picture.incidents[known["neutrality"]].report.category == "tawuran")
    assert people["pemda"].get(url).status_code == 404
    assert people["komando"].get(url).json()["sensitivity"] == "restricted"


def test_a_correction_moves_a_report_only_to_where_one_has_rights(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    _, people, known = filled
    url = f"{INCIDENTS}/{known['here']}/events"
    for place in ({"lon": BANDAR_LAMPUNG[0], "lat": BANDAR_LAMPUNG[1]}, {"area": "1871"}):
        assert people["satwil"].post(url, json={"type": "correct", "correction": place}).status_code == 403
    assert people["satwil"].post(url, json={"type": "correct", "correction": {"area": "1806"}}).status_code == 201


def test_orders_for_another_area_find_nothing_there(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    _, people, _ = filled
    until = utc_text(now_ms() + 3_600_000)
    aside = {"level": 1, "until": until, "why": "cek"}
    ready = {"readiness": "siaga_2", "why": "cek"}
    satwil = people["satwil"]
    assert satwil.post("/api/v1/levels/1871/override", json=aside).status_code == 404
    assert satwil.post("/api/v1/readiness", json={**ready, "area": "1871"}).status_code == 404
    assert satwil.post("/api/v1/levels/1806/override", json=aside).status_code == 201


def test_who_may_not_resolve_ends_no_warning_by_cancelling_it(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    _, people, _ = filled
    cancel = alert("A2", "<references>a@b.id,A1,x</references>")
    assert people["komando"].post("/ingest/cap", content=alert("A1")).json()["accepted"] == 1
    assert people["kpu"].post("/ingest/cap", content=cancel).json()["ended"] == 0
    wait_until(lambda: people["komando"].post("/ingest/cap", content=cancel).json()["ended"] == 1)


def test_a_restricted_report_shows_in_no_figure(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, _ = filled
    admin, house = people["admin"], running.app.state.house

    def figures() -> dict[str, object]:
        text = admin.get("/metrics").text
        lines = [
            line for line in text.splitlines() if line.startswith(("siger_events", "siger_frames", "siger_inc"))
        ]
        sources = [(one["name"], one["accepted"]) for one in admin.get("/api/v1/sources").json()["sources"]]
        return {"metrics": lines, "sources": sources, "ready": admin.get("/readyz").json()}

    stop_levels(running)
    running.run(house.sources.flush())
    before = figures()
    secret = at(TANGGAMUS, external_id="5", title=SECRET, category="senpi", sensitivity="restricted")
    report(running, people["komando"], **secret)
    bad = people["komando"].post(INCIDENTS, json={**secret, "external_id": "6", "severity": 9})
    assert bad.status_code == 422
    running.run(house.sources.flush())
    after = figures()
    assert after == before
    assert admin.get("/api/v1/refused").json()["refused"] == []
    assert len(people["komando"].get("/api/v1/refused").json()["refused"]) == 1


def test_what_is_pushed_or_comes_into_sight_on_an_open_screen_is_audited(
    filled: tuple[Siger, dict[Role, TestClient], dict[str, str]],
) -> None:
    running, people, known = filled

    def looks() -> list[tuple[str, tuple[str, ...]]]:
        told = [orjson.loads(body) for body in running.run(entries(running))]
        return [
            (one["who"], tuple(one["detail"]["incidents"]))
            for one in told
            if one["action"] == "look" and one["on"] == "live"
        ]

    with people["bawaslu"].websocket_connect("/live") as socket, people["kpu"].websocket_connect("/live") as other:
        socket.send_text("{}")
        other.send_text("{}")
        listen(socket)
        assert looks() == [("p-bawaslu", (known["neutrality"],))]
        new = report(running, people["komando"], **at(TANGGAMUS, external_id="7", title="x", category="netralitas"))
        wait_until(lambda: ("p-bawaslu", (new,)) in looks())
        person = running.run(running.access.register.person("p-kpu"))
        assert person is not None
        running.run(running.access.register.change(BY_TEST, person, role="bawaslu"))
        wait_until(lambda: ("p-kpu", tuple(sorted((known["neutrality"], new)))) in looks())
    assert len(looks()) == 3
