"""What weighing costs, counted in steps: with the incidents, never with what lies elsewhere."""

import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from feeds.levels.engine import LevelsFeed
from feeds.levels.ground import Ground
from feeds.picture import Picture
from tests.feeds.level_feed import HOUR_MS, TAXONOMY, Log, fresh, incident_of
from tests.feeds.test_picture import reported


def crowded(incidents: int, districts: int) -> LevelsFeed:
    """A feed over so many incidents in so many districts, half of them long ago."""
    chance, picture, categories = random.Random(4), Picture(), sorted(TAXONOMY.categories)
    codes = [f"18{n // 20:02d}{n % 20:02d}" for n in range(districts)]
    for n in range(incidents):
        code = chance.choice(codes)
        place = {
            "lon": chance.uniform(104, 106),
            "lat": chance.uniform(-6, -4),
            "regency": code[:4],
            "district": code,
        }
        kind = {"category": chance.choice(categories), "severity": chance.randint(1, 5)}
        picture.apply(f"{n + 1}-0", reported(str(n), at_ms=chance.randrange(48 * HOUR_MS), **place, **kind))
    ground = Ground(tuple(sorted({code[:4] for code in codes})), tuple(codes))
    levels = LevelsFeed(picture, Log(), ground, TAXONOMY, clock=lambda: 48 * HOUR_MS)  # type: ignore[arg-type]
    levels.settle()
    return levels


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python `work` runs: what it costs, on whatever machine."""
    count = 0

    def note(_frame: FrameType, event: str, _arg: object) -> Any:  # itself, which no type can say
        nonlocal count
        count += event == "line"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def test_weighing_all_areas_again_does_not_look_at_each_incident() -> None:
    def again(incidents: int) -> int:
        levels = crowded(incidents, 229)
        assert len(levels.ground.codes) == 229 + 12
        assert len(fresh(levels).news(levels.areas, 48 * HOUR_MS)) == 229 + 12
        return steps(lambda: fresh(levels).news(levels.areas, 48 * HOUR_MS))

    few, many = 3_000, 6_000
    # A few lines each: whether it is too old, what is told of it. Weighing one alone would take dozens.
    assert again(many) - again(few) < 12 * (many - few)


def test_an_event_costs_the_same_however_many_districts_and_incidents_there_are_elsewhere() -> None:
    def happening(levels: LevelsFeed) -> int:
        lone = incident_of("new", at_ms=48 * HOUR_MS, regency="1899", district="189901")
        ground = Ground((*levels.ground.regencies, "1899"), (*levels.ground.districts, "189901"))
        wider = LevelsFeed(levels.picture, Log(), ground, TAXONOMY, clock=lambda: 0)  # type: ignore[arg-type]
        wider.settle()

        def happen() -> None:
            assert wider.ledger.put(lone) == {"1899", "189901"}
            assert len(fresh(wider).news(["1899", "189901"], 48 * HOUR_MS)) == 2

        happen()
        return steps(happen)

    assert happening(crowded(2_000, 229)) == happening(crowded(20, 3))
