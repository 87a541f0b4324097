"""The browser's store mirrors the picture: same hash, no gap unseen, nothing twice, never back in time."""

import base64
import random
from typing import Any

from dashboard import wire
from dashboard.access.rights import WHOLE
from dashboard.view import View, Whereabouts
from feeds.changes import Changes
from feeds.events import Event
from feeds.picture import Picture
from tests.feeds.test_picture import K1, acted, levelled, moved, reported
from tests.js.node import needs_node, run

pytestmark = needs_node


class Stage:
    """A picture, and the frames that a server would make of what happens to it."""

    def __init__(self, boot: str = "b") -> None:
        self.picture = Picture()
        self.boot = boot
        self.frames: list[bytes] = []
        self.hashes: list[str] = []
        self._count = 0

    def happen(self, *events: Event) -> bytes:
        prev, changes = self.picture.last_id, Changes()
        for event in events:
            self._count += 1
            changes.add(self.picture.apply(f"{self._count}-0", event))
        units = [self.picture.units[name] for name in changes.units]
        header = {
            **self._header("delta", prev),
            "incidents": [wire.incident_json(self.picture.incidents[name]) for name in changes.incidents],
            "levels": [wire.level_json(self.picture.levels[code].event) for code in changes.levels],
        }
        return self._sent(wire.frame(header, units, [self.picture.units[name] for name in changes.facts]))

    def snapshot(self) -> bytes:
        return self._sent(
            wire.snapshot(self._header("snapshot", None), View(self.picture, WHOLE, Whereabouts(None)))
        )

    def tick(self) -> bytes:
        return self._sent(wire.frame(self._header("tick", self.picture.last_id)))

    def _header(self, kind: str, prev: str | None) -> dict[str, Any]:
        return {"type": kind, "id": self.picture.last_id, "prev": prev, "boot": self.boot, "simulated": True}

    def _sent(self, frame: bytes) -> bytes:
        self.frames.append(frame)
        self.hashes.append(self.picture.state_hash())
        return frame


def applied(*runs: list[bytes]) -> list[list[dict[str, Any]]]:
    asked = [[base64.b64encode(frame).decode() for frame in frames] for frames in runs]
    answer: list[list[dict[str, Any]]] = run("store.js", asked)
    return answer


def test_has_the_pictures_hash_after_every_frame() -> None:
    stage = Stage()
    stage.snapshot()
    stage.happen(reported(title="Massa ±300 <img onerror=x> 警察 " + "é" * 160, lon=105.123457, lat=-5.999999))
    stage.happen(moved("P1", 1_732_500_000_123, 105.1234567), moved("P2", 5), levelled("1871", 2, 9))
    stage.happen(acted("verify"), levelled("1871", 3, 10), moved("P1", 1_732_500_000_999, 105.2))
    stage.tick()
    (states,) = applied(stage.frames)
    assert [state["hash"] for state in states] == stage.hashes
    assert states[-1]["hash"] != states[0]["hash"] == "0" * 16
    assert states[-1]["incidents"] == {K1: "terverifikasi"}
    assert states[-1]["levels"] == {"1871": 3}


def test_a_resumed_screen_equals_a_fresh_one_however_much_has_happened() -> None:
    random_events = random.Random(6)
    stage = Stage()
    stage.snapshot()
    for step in range(60):
        names = [f"P{random_events.randrange(40)}" for _ in range(30)]
        stage.happen(*(moved(name, random_events.randrange(1000), 105 + step / 100) for name in names))
        stage.happen(
            reported(str(step % 9)), acted(random_events.choice(["verify", "resolve", "reopen"]), str(step % 9))
        )
    fresh = [stage.snapshot()]
    went_on, began = applied(stage.frames, fresh)
    assert went_on[-2]["hash"] == began[-1]["hash"] == stage.picture.state_hash()
    assert went_on[-2]["units"] == began[-1]["units"] == len(stage.picture.units)


def test_a_missing_frame_is_counted_once_and_asks_for_a_snapshot() -> None:
    stage = Stage()
    first = stage.snapshot()
    stage.happen(reported())  # lost on the way
    late = stage.happen(moved("P1", 5))
    later = stage.happen(moved("P1", 6))
    whole = stage.snapshot()
    after = stage.happen(moved("P1", 7))
    (states,) = applied([first, late, later, whole, after])
    assert [state["resync"] for state in states] == [False, True, False, False, False]
    assert [state["applied"] for state in states] == [True, False, False, True, True]
    assert (states[-1]["gaps"], states[-1]["dropped"], states[-1]["units"]) == (1, 2, 1)
    assert states[-1]["hash"] == stage.picture.state_hash()


def test_a_repeated_frame_changes_nothing_and_is_no_gap() -> None:
    stage = Stage()
    stage.snapshot()
    stage.happen(reported())
    again = stage.happen(moved("P1", 5))
    (states,) = applied([*stage.frames, again, stage.happen(moved("P1", 6))])
    assert states[3] == {**states[2], "applied": False, "dropped": 1, "changes": []}
    assert states[-1]["applied"]
    assert states[-1]["gaps"] == 0


def test_a_restarted_server_is_not_followed_without_a_snapshot() -> None:
    before, after = Stage("one"), Stage("two")
    before.snapshot()
    before.happen(moved("A", 5), moved("B", 5))
    for _ in range(2):
        after.happen(moved("B", 6))  # slot 0 is another unit now
    (states,) = applied([*before.frames, after.tick(), after.snapshot()])
    assert [state["resync"] for state in states] == [False, False, True, False]
    assert [position["id"] for position in states[-1]["positions"]] == ["B"]


def test_deltas_before_the_first_snapshot_mean_nothing() -> None:
    stage = Stage()
    (states,) = applied([stage.happen(reported())])
    assert (states[0]["applied"], states[0]["resync"], states[0]["waiting"]) == (False, False, True)


def test_an_older_position_does_not_move_a_unit_back() -> None:
    stage, rewound = Stage(), Stage()
    stage.snapshot()
    stage.happen(
        moved("P1", 1_000, 105.5, heading_deg=10, speed_kmh=20, state="patroli", agency="tni", callsign="Ton 2")
    )
    rewound.happen(moved("P1", 999, 104.0))
    old = rewound.frames[0].replace(b'"id":"1-0","prev":"0-0"', b'"id":"2-0","prev":"1-0"')
    (states,) = applied([*stage.frames, old])
    assert states[-1]["applied"]
    assert states[-1]["positions"][0]["lon"] == 105.5
    assert not states[-1]["changes"]


def test_says_what_changed() -> None:
    stage = Stage()
    stage.snapshot()
    stage.happen(reported(), moved("P1", 5, speed_kmh=36.5), levelled("1801", 1, 5))
    stage.happen(moved("P1", 6, state="siaga"))
    (states,) = applied(stage.frames)
    (first,), (second,), (third,) = (state["changes"] for state in states)
    assert (first["snapshot"], first["incidents"], first["units"]) == (True, [], False)
    assert (second["incidents"], second["levels"], second["slots"]) == ([K1], ["1801"], [0])
    assert (third["incidents"], third["levels"], third["units"]) == ([], [], True)
    assert states[1]["positions"][0]["speed_kmh"] == 36.5
    assert states[2]["positions"][0] == {
        **states[1]["positions"][0],
        "observed_ms": 6,
        "speed_kmh": None,
        "state": "siaga",
    }


def test_room_for_many_units() -> None:
    stage = Stage()
    stage.happen(*(moved(f"P{number}", number, 104 + number / 5000) for number in range(5_000)))
    (states,) = applied([stage.snapshot()])
    assert states[0]["units"] == 5_000
    assert states[0]["hash"] == stage.picture.state_hash()
