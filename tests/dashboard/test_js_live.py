"""The browser's socket never gives up, resumes where it stood, and says honestly how old the data are."""

from typing import Any

import pytest

from dashboard.api.shapes import UNIT_EXPIRED_S, UNIT_STALE_S
from tests.js.node import needs_node, run

pytestmark = needs_node


@pytest.fixture(scope="module")
def cases() -> Any:
    return run("live.js")


def test_tries_for_ever_on_a_capped_ladder(cases: Any) -> None:
    assert cases["ladder"] == [0.5, 1, 2, 2, 2, 2, 2, 2, 2]
    assert cases["jitter"] == [1_500, 2_500]
    assert cases["connectingForEver"] == {"sockets": 2, "firstClosed": True}


def test_resumes_after_the_last_frame_that_it_applied(cases: Any) -> None:
    assert cases["resume"] == {
        "url": "wss://siger.test/live",
        "first": [{"since": None, "boot": None}],
        "second": [{"since": "5-0", "boot": "b"}],
    }


def test_comes_back_at_once_when_the_network_does(cases: Any) -> None:
    assert cases["hurry"] == {"before": 1, "after": 2}


def test_asks_again_when_a_frame_is_missing(cases: Any) -> None:
    gap = cases["gap"]
    assert gap["asked"] == [{"resync": True}]
    assert gap["again"] == 2
    assert (gap["gaps"], gap["last_event_id"], gap["connected"]) == (1, "10-0", True)


def test_an_unreadable_frame_costs_a_snapshot_and_not_the_socket(cases: Any) -> None:
    assert cases["unreadable"] == {"sent": [{"resync": True}], "dropped": 1, "closed": False}


def test_a_differing_hash_asks_for_a_snapshot_but_not_without_end(cases: Any) -> None:
    assert cases["wrongHash"] == {"resyncs": 1, "mismatches": 5}


def test_a_dead_line_is_stale_then_closed(cases: Any) -> None:
    silence = cases["silence"]
    assert silence["closed"]
    assert silence["sockets"]
    assert silence["said"][:2] == ["stale", "live"]  # without a picture it is not live
    assert "stale" in silence["said"][2:]


def test_a_silent_log_makes_the_page_stale_and_recovers(cases: Any) -> None:
    said = cases["logGone"]["said"]
    assert said[:2] == ["stale", "live"]
    assert said[-2:] == ["stale", "live"]
    assert cases["logGone"]["age"] == 14_000


def test_the_age_is_said_every_second(cases: Any) -> None:
    assert len(cases["silence"]["said"]) >= 20


def test_an_outage_is_said_in_order(cases: Any) -> None:
    assert cases["outage"] == {
        "said": ["stale", "live", "stale", "offline", "stale", "live"],
        "attempt": 0,
    }


def test_the_ladder_of_states(cases: Any) -> None:
    assert cases["judge"] == {
        "good": "live",
        "justClosed": "stale",
        "closed": "offline",
        "noPictureYet": "stale",
        "logDown": "stale",
        "logSilent": "stale",
        "noFrames": "stale",
    }


def test_units_grow_old_on_the_map_when_the_api_says_so() -> None:
    ages = run("ages.js")
    assert ages == {"STALE_AFTER_MS": UNIT_STALE_S * 1000, "EXPIRED_AFTER_MS": UNIT_EXPIRED_S * 1000}
