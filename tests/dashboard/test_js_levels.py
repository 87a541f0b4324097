"""Overrides travel with their level: the browser's hash is the picture's, with one and without."""

from feeds.events import LevelOverridden
from tests.dashboard.test_js_store import Stage, applied
from tests.feeds.test_picture import levelled
from tests.js.node import needs_node

pytestmark = needs_node


def test_the_browser_has_the_pictures_hash_while_an_override_stands_and_after() -> None:
    stage = Stage()
    stage.happen(levelled("1871", 2, 9))
    stage.snapshot()
    order = {
        "at_ms": 10,
        "received_ms": 10,
        "source": "api",
        "area": "1871",
        "level": 1,
        "until_ms": 99,
        "why": "Apel",
    }
    stage.picture.apply("7-0", LevelOverridden.model_validate(order))
    stage.snapshot()
    stage.picture.apply("8-0", LevelOverridden.model_validate({**order, "level": None}))
    stage.snapshot()
    (states,) = applied(stage.frames[1:])
    assert [state["hash"] for state in states] == stage.hashes[1:]
    assert stage.hashes[1] == stage.hashes[3] != stage.hashes[2]
