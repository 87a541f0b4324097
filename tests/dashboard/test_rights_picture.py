"""What each caller sees and may change: nothing of what lies outside its rights shows, not even in a sum."""

from functools import partial

import orjson
import pytest

from dashboard.access.rights import Role
from feeds.clock import now_ms, utc_text
from tests.dashboard.hazards import alert
from tests.dashboard.people import wait_for
from tests.dashboard.reports import position
from tests.dashboard.seen import (
    BANDAR_LAMPUNG,
    INCIDENTS,
    SECRET,
    TANGGAMUS,
    Filled,
    at,
    ids,
    report,
    shows_its_hash,
    snapshot_of,
    stop_levels,
)
from tests.dashboard.waiting import wait_until

SEES: dict[Role, set[str]] = {
    "admin": {"here", "there"},
    "komando": {"here", "there", "neutrality", "informant"},
    "satwil": {"here", "informant"},
    "bawaslu": {"here", "there", "neutrality"},
    "kpu": {"here", "there"},
    "pemda": {"here", "there"},
    "layar": {"here", "there"},
}


def test_the_picture_of_each_role(filled: Filled) -> None:
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
    filled: Filled,
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
    filled: Filled,
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


def test_writing_holds_within_the_areas(filled: Filled) -> None:
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
def test_who_may_not_act_is_told_so_and_nothing_happens(filled: Filled, role: Role) -> None:
    running, people, known = filled
    before = running.app.state.house.picture.incidents[known["here"]]
    answer = people[role].post(f"{INCIDENTS}/{known['here']}/events", json={"type": "reject"})
    assert answer.status_code == 403
    assert running.app.state.house.picture.incidents[known["here"]] == before


def test_a_report_carries_who_sent_it(filled: Filled) -> None:
    running, people, _ = filled
    name = report(running, people["sumber"], **at(TANGGAMUS, external_id="feed"))
    history = people["komando"].get(f"{INCIDENTS}/{name}/history").json()["events"]
    assert (history[0]["source"], history[0]["actor"]) == ("t-sumber", "t-sumber")


def test_a_correction_moves_a_report_only_to_where_one_has_rights(
    filled: Filled,
) -> None:
    _, people, known = filled
    url = f"{INCIDENTS}/{known['here']}/events"
    for place in ({"lon": BANDAR_LAMPUNG[0], "lat": BANDAR_LAMPUNG[1]}, {"area": "1871"}):
        assert people["satwil"].post(url, json={"type": "correct", "correction": place}).status_code == 403
    assert people["satwil"].post(url, json={"type": "correct", "correction": {"area": "1806"}}).status_code == 201


def test_orders_for_another_area_find_nothing_there(
    filled: Filled,
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
    filled: Filled,
) -> None:
    _, people, _ = filled
    cancel = alert("A2", "<references>a@b.id,A1,x</references>")
    assert people["komando"].post("/ingest/cap", content=alert("A1")).json()["accepted"] == 1
    assert people["kpu"].post("/ingest/cap", content=cancel).json()["ended"] == 0
    wait_until(lambda: people["komando"].post("/ingest/cap", content=cancel).json()["ended"] == 1)
