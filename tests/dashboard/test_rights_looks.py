"""Rights while a screen is open: what ends is closed within seconds, and every look is in the audit."""

from typing import Any

import orjson
import pytest
from starlette.websockets import WebSocketDisconnect

from dashboard.access.audit import Deed
from tests.dashboard.people import BY_TEST, Siger
from tests.dashboard.seen import BANDAR_LAMPUNG, INCIDENTS, TANGGAMUS, Filled, at, audited, listen, report
from tests.dashboard.waiting import wait_until


def drain(socket: Any) -> None:
    while True:
        socket.receive_bytes()


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
            changes: dict[str, dict[str, Any]] = {
                "disable": {"disabled": True},
                "sign out": {"epoch": 1},
                "role": {"role": "satwil", "areas": ("1806",)},
            }
            running.run(register.change(BY_TEST, person, **changes[end]))
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
    filled: Filled,
) -> None:
    running, people, known = filled
    people["pemda"].get(f"{INCIDENTS}/{known['here']}/reporter")
    people["komando"].get(f"{INCIDENTS}/{known['informant']}")
    people["komando"].post(f"{INCIDENTS}/{known['here']}/events", json={"type": "comment", "note": "x"})
    told = [orjson.loads(body) for body in running.run(audited(running))]
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


def test_what_is_pushed_or_comes_into_sight_on_an_open_screen_is_audited(
    filled: Filled,
) -> None:
    running, people, known = filled

    def looks() -> list[tuple[str, tuple[str, ...]]]:
        told = [orjson.loads(body) for body in running.run(audited(running))]
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
