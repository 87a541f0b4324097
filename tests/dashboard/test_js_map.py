"""The map's pure parts: labels never meet, marks on one point spread, units glide no further than they said."""

import itertools
import math
import random
from typing import Any

import pytest

from tests.js.node import needs_node, run

pytestmark = needs_node

Box = tuple[float, float, float, float]


def area(left: float, top: float, right: float, bottom: float) -> dict[str, float]:
    return {"left": left, "top": top, "right": right, "bottom": bottom}


def name(key: str, owner: int, x: float, y: float, **more: Any) -> dict[str, Any]:
    base = {"key": key, "owner": owner, "x": x, "y": y, "reach": {"x": 90, "y": 60}, "rank": 1}
    return {**base, "variants": [{"w": 100, "h": 32}, {"w": 70, "h": 44}], "leader": False, "must": False, **more}


def crowd(seed: int) -> dict[str, Any]:
    """A window full of areas too small for their names, and marks everywhere."""
    chance = random.Random(seed)
    areas, items = [], []
    for owner in range(1, 25):
        x, y = chance.uniform(50, 750), chance.uniform(50, 550)
        areas.append(area(x - 40, y - 25, x + 40, y + 25))
        items.append(
            name(str(owner), owner, x, y, rank=chance.random(), leader=chance.random() < 0.5, must=owner < 6)
        )
    marks = [
        area(x, y, x + 14, y + 14) for x, y in [(chance.uniform(0, 800), chance.uniform(0, 600)) for _ in range(30)]
    ]
    return {"items": items, "areas": areas, "marks": marks, "width": 800, "height": 600}


ROOMY = {
    "items": [name("big", 1, 200, 150), name("city", 2, 430, 150, leader=True, variants=[{"w": 90, "h": 30}])],
    "areas": [area(100, 50, 400, 250), area(425, 145, 435, 155)],
    "marks": [area(190, 140, 210, 160)],
    "width": 800,
    "height": 400,
}
CROWDS = [crowd(seed) for seed in range(12)]

REPORTS = [{"id": f"K{n}", "lon": 105.5, "lat": -5.0, "severity": 1 + n % 5, "occurred_ms": n} for n in range(20)]

#: The plane's windows that a walk over cells looks through: the province, nearer, and as near as the map goes.
WINDOWS = [
    {"k": 2**9, "left": 202.4, "top": 130.6},
    {"k": 2**12.5, "left": 203.0, "top": 131.7},
    {"k": 2**16, "left": 203.02, "top": 131.75, "isOn": False},
]


def walk(seed: int) -> dict[str, Any]:
    """Incidents come, change, move and go; what is looked at changes too."""
    chance = random.Random(seed)
    spots = [(chance.uniform(104.6, 105.6), chance.uniform(-5.4, -4.4)) for _ in range(6)]
    steps: list[dict[str, Any]] = []
    there: set[str] = set()
    for number in range(40):
        gone = chance.sample(sorted(there), min(len(there), chance.randrange(4)))
        told = [report(chance, f"K{chance.randrange(300):03d}", spots, number) for _ in range(chance.randrange(30))]
        step = {"add": told, "remove": gone, "window": chance.choice([0, 0, 1, 2])}
        there = (there - set(gone)) | {one["id"] for one in told}
        if number % 4 == 3:
            step["select"] = chance.choice([*sorted(there), None])
        if number == 30:
            step["forget"] = 20
            there = set()  # some are left: nobody is taken away by name any more
        steps.append(step)
    return {"windows": WINDOWS, "steps": steps}


def report(chance: random.Random, name: str, spots: list[tuple[float, float]], now: int) -> dict[str, Any]:
    lon, lat = chance.choice(spots)
    if chance.random() < 0.6:
        lon, lat = lon + chance.gauss(0, 0.05), lat + chance.gauss(0, 0.05)
    place = {"lon": round(lon, 6), "lat": round(lat, 6)}
    return {"id": name, "severity": chance.choice([1, 2, 3, 3, 4, 5]), "occurred_ms": now, **place}


CROWD = {
    "boxes": [area(100, 100, 200, 130)],
    "wide": 20,
    "high": 8,
    "middles": [[(150, 115), (150, 140)], [(150, 142), (150, 150), (150, 170)], [(120, 115), (130, 125)]],
}

STEPS = [
    {"at": 1_000, "lon": 105.0, "see": [1_000], "glides": True},
    {"at": 11_000, "lon": 105.001, "see": [11_000, 11_500, 12_000, 60_000], "glides": True},
    {"at": 21_000, "lon": 106.0, "see": [21_000], "glides": True},
    {"at": 31_000, "lon": 106.001, "see": [31_000], "glides": False},
]


@pytest.fixture(scope="module")
def answer() -> Any:
    return run(
        "map.js",
        {
            "labels": [ROOMY, *CROWDS],
            "reports": REPORTS,
            "steps": STEPS,
            "walks": walk(3),
            "crowd": CROWD,
        },
    )


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] - 0.01 and b[0] < a[2] - 0.01 and a[1] < b[3] - 0.01 and b[1] < a[3] - 0.01


def test_a_label_stands_in_its_area_beside_its_marks(answer: Any) -> None:
    big = next(label for label in answer["labels"][0] if label["key"] == "big")
    left, top, right, bottom = big["box"]
    assert not big["leader"]
    assert not overlap((left, top, right, bottom), (190, 140, 210, 160))
    assert left >= 80
    assert right <= 420


def test_a_small_areas_label_stands_beside_it_with_a_line(answer: Any) -> None:
    city = next(label for label in answer["labels"][0] if label["key"] == "city")
    left, top, right, bottom = city["box"]
    assert city["leader"]
    assert not (left <= 430 <= right and top <= 150 <= bottom)


@pytest.mark.parametrize("index", range(len(CROWDS)))
def test_no_label_covers_another_or_leaves_the_window(answer: Any, index: int) -> None:
    labels = answer["labels"][1 + index]
    assert len(labels) >= 5
    for one, other in itertools.combinations(labels, 2):
        assert not overlap(one["box"], other["box"]), (one["key"], other["key"])
    for label in labels:
        left, top, right, bottom = label["box"]
        assert (left >= 0, top >= 0, right <= 800, bottom <= 600) == (True,) * 4


@pytest.mark.parametrize("index", range(len(CROWDS)))
def test_only_a_level_that_must_be_said_may_lie_on_a_mark(answer: Any, index: int) -> None:
    for label in answer["labels"][1 + index]:
        if int(label["key"]) < 6:
            continue
        for mark in CROWDS[index]["marks"]:
            assert not overlap(label["box"], (mark["left"], mark["top"], mark["right"], mark["bottom"]))


def test_marks_on_one_point_spread_the_worst_in_the_middle_and_the_rest_is_counted(answer: Any) -> None:
    here = answer["spiral"]
    assert sum(1 for mark in here if mark["more"] == 0) == 7
    assert [mark["more"] for mark in here if mark["more"]] == [13]
    middle = next(mark for mark in here if mark["dx"] == mark["dy"] == 0)
    assert (middle["id"], middle["severity"]) == ("K19", 5)
    for one, other in itertools.combinations(here, 2):
        assert math.hypot(one["dx"] - other["dx"], one["dy"] - other["dy"]) > 14


def shown(marks: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What is to be seen, apart from which cells became numbers a little earlier or later."""
    return sorted((m["id"] or "", m["severity"], m["more"], round(m["x"], 6), round(m["y"], 6)) for m in marks)


def test_cells_kept_report_by_report_show_what_cells_made_anew_show(answer: Any) -> None:
    same = 0
    for step in answer["cells"]:
        counted = [sum(mark["more"] or 1 for mark in marks) for marks in (step["kept"], step["anew"])]
        assert counted[0] == counted[1]
        same += shown(step["kept"]) == shown(step["anew"])
    # Where a cell stays a number although a few have gone, the two differ, and may.
    assert same >= len(answer["cells"]) / 2


def test_nothing_open_is_left_out_of_marks_and_numbers(answer: Any) -> None:
    whole = [step for step in answer["cells"] if step["open"] and len(step["kept"]) > 0]
    assert max(step["open"] for step in whole) > 150
    for step in whole:
        for mark in step["kept"]:
            if mark["counts"]:
                assert sum(mark["counts"]) == mark["more"]
                assert mark["severity"] == max(n for n, count in enumerate(mark["counts"]) if count)
    numbers = [mark for step in whole for mark in step["kept"] if mark["counts"]]
    assert any(mark["severity"] == 5 for mark in numbers)
    assert all(set(mark["counts"][:5]) == {0} for mark in numbers if mark["severity"] == 5)


def test_a_number_stands_aside_of_what_is_taken_where_it_can(answer: Any) -> None:
    assert answer["seats"] == [[150, 140], [150, 170], [130, 125]]


def test_a_unit_glides_to_its_report_and_no_further(answer: Any) -> None:
    new, drives, jumps, calm = answer["glide"]
    assert (new["visible"], new["seen"]) == (True, [105.0])
    assert drives["seen"] == [105.0, 105.0005, 105.001, 105.001]
    assert jumps["seen"] == [106.0]  # 110 km in 10 s was not driven
    assert calm["seen"] == [106.001]


def test_the_plane_is_web_mercator(answer: Any) -> None:
    assert answer["equator"][:2] == [128, 128]
    assert answer["equator"][2] == pytest.approx(256 * (105 / 360 + 0.5))
    assert answer["equator"][3] == pytest.approx(
        256 * (0.5 - math.asinh(math.tan(math.radians(-5))) / (2 * math.pi))
    )
