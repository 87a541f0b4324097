"""Units on the map, the pure parts: groups never flicker, trails are bounded, names never meet."""

import itertools
import random
from typing import Any

import pytest

from geo.measure import distance_m
from tests.js.node import needs_node, run

pytestmark = needs_node

Box = dict[str, float]

STEPS = [{"count": n} for n in (16, 17, 13, 12, 11, 16)] + [{"count": 40, "isOn": False}]
#: A unit that reports every second for half an hour, ten metres further each time, and one that stands.
MOVING = [(1_000_000 + s * 1_000, 105_000_000 + s * 100) for s in range(1_800)]
STANDING = [(1_000_000 + s * 10_000, 105_000_000 + s % 2) for s in range(50)]
FRESH = [(2_000_000, 105_000_000), (2_020_000, 105_001_000)]
OLDER = [[104_000_000, 0, 1_000_000], [104_999_000, 0, 1_900_000], [104_999_500, 0, 2_000_000], [1, 1, 2_010_000]]
NAMES = [
    {"callsign": "Rajawali 1", "id": "P1"},
    {"callsign": None, "id": "P2"},
    {"callsign": "\u202eevil\u0000", "id": "P3"},
    {"callsign": " \u200b ", "id": "P4"},
    {"callsign": "x" * 5_000, "id": "P5"},
    {"callsign": "👮" * 30, "id": "P6"},
]
PLACES = [
    [{"lon": 105.25, "lat": -5.42}, {"lon": 105.26, "lat": -5.42}],
    [{"lon": 103.6, "lat": -4.2}, {"lon": 105.9, "lat": -6.7}],
]


def crowd(seed: int) -> dict[str, Any]:
    chance = random.Random(seed)
    items = [
        {
            "slot": slot,
            "x": chance.uniform(0, 600),
            "y": chance.uniform(0, 400),
            "w": chance.uniform(30, 120),
            "h": 14,
            "gap": 9,
            "side": chance.randrange(-1, 4),
        }
        for slot in range(80)
    ]
    obstacles = [box(chance.uniform(0, 600), chance.uniform(0, 400), 20, 20) for _ in range(30)]
    return {"items": items, "obstacles": obstacles, "room": {"width": 600, "height": 400}}


def box(left: float, top: float, width: float, height: float) -> Box:
    return {"left": left, "top": top, "right": left + width, "bottom": top + height}


CROWDS = [crowd(seed) for seed in range(8)]


@pytest.fixture(scope="module")
def answer() -> Any:
    trails = [{"reports": MOVING}, {"reports": STANDING}, {"reports": FRESH, "older": OLDER}]
    asked = {"steps": STEPS, "trails": trails, "crowds": CROWDS, "names": NAMES, "apart": PLACES}
    return run("units.js", asked)


def test_a_cell_becomes_a_group_late_and_stops_being_one_late(answer: Any) -> None:
    assert [step["hidden"] for step in answer["groups"]] == [0, 17, 13, 12, 0, 0, 0]
    assert [step["used"] for step in answer["groups"]] == [0, 1, 1, 1, 0, 0, 0]


def test_a_group_tells_who_is_in_it_and_stays_in_its_cell(answer: Any) -> None:
    [shown] = answer["groups"][1]["shown"]
    assert (shown["police"], shown["army"], shown["stale"]) == (10, 6, 1)
    assert 92 + 12 <= shown["x"] <= 138 - 12
    signatures = [step["signature"] for step in answer["groups"]]
    assert len({signatures[1], signatures[2], signatures[3]}) == 3


def test_a_trail_is_bounded_and_in_order(answer: Any) -> None:
    moving = answer["trails"][0]
    assert 50 <= len(moving) <= 64
    assert moving == sorted(moving)
    assert moving[0][0] >= MOVING[-1][0] - 600_000
    assert len(answer["trails"][1]) == 1


def test_what_the_log_remembers_comes_before_what_the_page_saw(answer: Any) -> None:
    assert answer["trails"][2] == [[1_900_000, 104_999_000], [2_000_000, 105_000_000], [2_020_000, 105_001_000]]


@pytest.mark.parametrize("number", range(len(CROWDS)))
def test_callsigns_never_meet_and_stay_in_the_window(answer: Any, number: int) -> None:
    placed = answer["placed"][number]
    assert len(placed) > 15
    for one in placed:
        assert min(one["left"], one["top"]) >= 0
        assert (one["right"] <= 600, one["bottom"] <= 400) == (True, True)
    for a, b in itertools.combinations([*placed, *CROWDS[number]["obstacles"]], 2):
        if "slot" in a:
            assert not overlap(a, b)


def overlap(a: Box, b: Box) -> bool:
    return a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]


def test_a_callsign_is_one_short_line_that_turns_nothing_around(answer: Any) -> None:
    assert answer["names"] == ["Rajawali 1", "P2", "evil", "P4", "x" * 23 + "…", "👮" * 23 + "…"]


def test_distances_are_those_of_the_server(answer: Any) -> None:
    for (a, b), found in zip(PLACES, answer["apart"], strict=True):
        assert found == pytest.approx(distance_m(a["lon"], a["lat"], b["lon"], b["lat"]), rel=1e-6)
    assert answer["written"] == ["0 m", "350 m", "990 m", "1,0 km", "4,2 km", "38 km"]
