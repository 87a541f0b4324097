"""Who may send what, who was heard when, and what was refused."""

from dataclasses import dataclass

import pytest

from feeds.aside import Aside
from feeds.clock import now_ms
from feeds.embedded import EmbeddedServer
from feeds.events import SourceBeat
from feeds.log import EventLog
from feeds.refused import KEPT_FOR_DAYS, MOST_BYTES, RefusedStore
from feeds.sources import Sources, age_state
from tests.feeds.test_registry import registered

MINUTE_MS = 60_000
DAY_MS = 86_400_000
NOW_MS = 1_800_000_000_000


@dataclass
class Clock:
    """A clock that the test sets."""

    now: int = NOW_MS

    def __call__(self) -> int:
        return self.now


@pytest.mark.parametrize(
    ("age_s", "every_s", "state"),
    [
        (0, None, "live"),
        (299, None, "live"),
        (300, None, "stale"),
        (1799, None, "stale"),
        (1800, None, "expired"),
        (-5, None, "live"),
        (29, 10, "live"),
        (30, 10, "stale"),
        (70, 10, "expired"),
        (3600, 86_400, "live"),
    ],
)
def test_a_source_ages_by_its_own_rhythm(age_s: int, every_s: int | None, state: str) -> None:
    assert age_state(NOW_MS - age_s * 1000, NOW_MS, every_s) == state


async def test_sources_are_listed_with_what_they_sent(log: EventLog) -> None:
    clock = Clock()
    sources = Sources(log, clock)
    known = {"silent": registered("silent", at_ms=NOW_MS, every_s=60)}
    sources.note("app", accepted=30)
    sources.note("app", accepted=20, refused=3)
    await sources.flush()
    clock.now += MINUTE_MS
    sources.note("late", refused=1)
    await sources.flush()
    app, late, silent = await sources.all(known)
    assert (app.name, app.accepted, app.refused, app.per_minute, app.state) == ("app", 50, 3, 10.0, "live")
    assert (late.name, late.accepted, late.refused) == ("late", 0, 1)
    assert (silent.last_ms, silent.state) == (None, "live"), "it was registered a minute ago"
    clock.now += 10 * MINUTE_MS
    assert [source.state for source in await sources.all(known)] == ["stale", "stale", "expired"]


async def test_what_was_noted_outlives_an_outage(server: EmbeddedServer) -> None:
    log = EventLog.open(server.url, patience_s=0.5)
    sources = Sources(log)
    sources.note("app", accepted=1)
    server.stop()
    await sources.flush()
    sources.note("app", accepted=2)
    server.start()
    await sources.flush()
    assert [(source.name, source.accepted) for source in await sources.all({})] == [("app", 3)]
    await log.close()


async def test_refused_input_is_kept_listed_and_settled(log: EventLog) -> None:
    store = RefusedStore(log)
    first = await store.keep("app", "api", b'{"severity": 9}', ["severity: at most 5 (got 9)"])
    second = await store.keep("app", "osmand", b"\0" * (MOST_BYTES + 1), ["lat: missing"])
    newest, oldest = await store.newest()
    assert (newest.id, newest.cut, len(newest.data)) == (second, True, MOST_BYTES)
    assert (oldest.data, oldest.reasons, oldest.road) == (
        b'{"severity": 9}',
        ("severity: at most 5 (got 9)",),
        "api",
    )
    assert [one.id for one in await store.newest(before=second)] == [first]
    assert await store.get(first) == oldest
    assert await store.settle(first)
    assert await store.get(first) is None
    assert await store.count() == 1


async def test_refused_input_is_forgotten_after_seven_days(log: EventLog) -> None:
    clock = Clock()
    store = RefusedStore(log, clock)
    await store.keep("app", "api", b"{}", ["old"])
    clock.now += (KEPT_FOR_DAYS - 1) * DAY_MS
    await store.keep("app", "api", b"{}", ["younger"])
    assert len(await store.newest()) == 2
    clock.now += 2 * DAY_MS
    assert [one.reasons for one in await store.newest()] == [("younger",)]


async def test_the_store_of_refused_input_is_emptied_behind_seven_days(log: EventLog) -> None:
    store = RefusedStore(log)
    await log.redis.xadd(log.key("refused"), {"r": "ancient"}, id=f"{now_ms() - 8 * DAY_MS}-0")
    await store.keep("app", "api", b"{}", ["new"])
    assert await store.count() == 1


async def test_unreadable_entries_are_noted_once_and_counted(log: EventLog) -> None:
    await log.append([SourceBeat(at_ms=1, received_ms=2, source="tests")])
    await log.redis.xadd(log.key("log"), {"k": "mystery", "v": "1", "d": b"\xff" * 2000})
    entries = await log.read()
    clock = Clock()
    aside = Aside(log, clock)
    await aside.note(entries)
    clock.now += 1
    await aside.note(entries)
    assert await aside.count() == 1
    (noted,) = await aside.all()
    assert (noted.id, noted.kind, noted.seen_ms) == (entries[1].id, "mystery", NOW_MS)
    assert "not known here" in noted.reason
    assert await aside.forget(noted.id)
    assert await aside.all() == []
