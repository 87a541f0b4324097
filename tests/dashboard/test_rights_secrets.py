"""Restricted reports and who told them: sealed, shared by two alone, and in no word, figure or past moment."""

import orjson

from dashboard.access.identity import forget, forget_old
from feeds.clock import now_ms, utc_text
from tests.dashboard.people import BY_TEST, wait_for
from tests.dashboard.seen import (
    INCIDENTS,
    REPORTER,
    SECRET,
    TANGGAMUS,
    Filled,
    at,
    audited,
    listen,
    report,
    restrict,
    stop_levels,
)
from tests.dashboard.waiting import wait_until


def test_sharing_a_restricted_report_takes_two(
    filled: Filled,
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
    filled: Filled,
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
    filled: Filled,
) -> None:
    running, people, known = filled
    house, url = running.app.state.house, f"{INCIDENTS}/{known['neutrality']}/reporter"
    raw = running.run(house.log.redis.xrange(house.log.key("log")))
    assert "Siti" not in repr(raw)
    assert people["bawaslu"].get(url).json() == REPORTER
    assert people["admin"].get(url).status_code == 403
    assert people["satwil"].get(url).status_code == 404
    assert people["komando"].get(f"{INCIDENTS}/{known['informant']}/reporter").status_code == 404
    links = running.run(audited(running))
    assert len([link for link in links if b'"identity.look"' in link]) == 1
    assert not [link for link in links if b"Siti" in link or b"0812" in link]
    assert running.run(forget(running.access, house.log, known["neutrality"], BY_TEST))
    assert people["bawaslu"].get(url).status_code == 410
    running.run(running.access.audit.verify())


def test_identities_are_destroyed_when_the_retention_rule_says_so(
    filled: Filled,
) -> None:
    running, people, known = filled
    house = running.app.state.house
    incidents = list(house.picture.incidents.values())
    assert running.run(forget_old(running.access, house.log, incidents, now_ms())) == 0
    later = now_ms() + 366 * 24 * 3600 * 1000
    assert running.run(forget_old(running.access, house.log, incidents, later)) == 1
    assert people["komando"].get(f"{INCIDENTS}/{known['neutrality']}/reporter").status_code == 410


def test_an_identity_is_not_taken_where_it_would_not_be_sealed_and_never_repeated_in_an_error(
    filled: Filled,
) -> None:
    _, people, _ = filled
    open_report = people["komando"].post(INCIDENTS, json=at(TANGGAMUS, external_id="x", reporter=REPORTER))
    broken = people["komando"].post(INCIDENTS, json=at(TANGGAMUS, external_id="y", reporter={"name": ["Siti"]}))
    for answer in (open_report, broken):
        assert answer.status_code == 422
        assert "Siti" not in answer.text


def test_no_level_names_what_became_restricted_neither_now_nor_in_the_past(
    filled: Filled,
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
    filled: Filled,
) -> None:
    running, people, known = filled
    url = f"{INCIDENTS}/{known['neutrality']}"
    correct = {"type": "correct", "correction": {"category": "tawuran"}}
    assert people["komando"].post(f"{url}/events", json=correct).status_code == 201
    wait_until(lambda: running.app.state.house.picture.incidents[known["neutrality"]].report.category == "tawuran")
    assert people["pemda"].get(url).status_code == 404
    assert people["komando"].get(url).json()["sensitivity"] == "restricted"


def test_a_restricted_report_shows_in_no_figure(
    filled: Filled,
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
