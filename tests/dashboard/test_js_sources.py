"""Who is alive and who is silent, as the pages say it, from what the frames carry."""

from typing import Any

from dashboard.wire import source_json
from feeds.picture import Source
from tests.feeds.test_registry import registered
from tests.js.node import needs_node, run

pytestmark = needs_node

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
NOW_MS = 1_800_000_000_000


def heard(minutes: float, name: str = "app", **registration: Any) -> dict[str, Any]:
    known = registered(name, **{"at_ms": NOW_MS - DAY_MS, **registration}) if registration else None
    return source_json(name, Source(round(NOW_MS - minutes * MINUTE_MS)), known)


def test_who_is_silent() -> None:
    sources = [
        heard(1, "fresh"),
        heard(29, "quiet"),
        heard(31, "gone"),
        heard(60 * 25, "forgotten"),
        heard(2, "steady", every_s=60),
        heard(4, "late", every_s=60, title="Kodim 0427"),
        heard(60 * 48, "long", every_s=60),
        heard(4, "off", every_s=60, enabled=False),
        source_json("never", Source(), registered("never", every_s=60, at_ms=NOW_MS - 5 * MINUTE_MS)),
        source_json("new", Source(), registered("new", every_s=60, at_ms=NOW_MS - MINUTE_MS)),
    ]
    found = run("sources.js", {"sources": sources, "now": NOW_MS})
    assert found["alive"] == 4, "fresh, quiet, steady, and new, which has time yet"
    assert [one["name"] for one in found["silent"]] == ["long", "never", "Kodim 0427", "gone"]
    assert [one["heard"] for one in found["silent"]] == [True, False, True, True]
