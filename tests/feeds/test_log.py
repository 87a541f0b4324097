"""The log on a healthy server: one order, all or nothing, no event twice, nothing unreadable stops a reader."""

import asyncio
from collections.abc import Callable

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot
from redis.typing import EncodableT, FieldT

from feeds.embedded import EmbeddedServer
from feeds.events import IncidentReported, PositionsObserved, SourceBeat, UnitPosition
from feeds.log import Entry, EventLog, LogError, Unreadable, retry_delays_s

Make = Callable[..., IncidentReported]
BEAT = SourceBeat(at_ms=1, received_ms=2, source="tests")


async def everything(log: EventLog, count: int = 1000) -> list[Entry]:
    entries: list[Entry] = []
    while page := await log.read(entries[-1].id if entries else "0-0", count=count):
        entries += page
    return entries


async def test_what_was_appended_is_read_in_its_order(log: EventLog, incident: Make) -> None:
    events = [incident(n) for n in range(25)]
    appended = await log.append(events)
    assert all(one.new for one in appended)
    entries = await everything(log, count=10)
    assert [entry.event for entry in entries] == events
    assert [entry.id for entry in entries] == [one.id for one in appended]
    assert await log.last_id() == appended[-1].id


async def test_an_empty_log_says_so(log: EventLog) -> None:
    assert await log.last_id() == "0-0"
    assert await log.read() == []
    assert await log.append([]) == []


async def test_every_field_survives(log: EventLog, incident: Make) -> None:
    event = incident(1, title='<img onerror=x> \0 "é" 🚓', victims={"dead": 1, "badly_hurt": 2, "hurt": 3})
    position = UnitPosition(unit="u1", observed_ms=3, lon=105.1234567, lat=-5.7654321, heading_deg=359.9)
    batch = PositionsObserved(at_ms=3, received_ms=4, source="tests", positions=(position,))
    await log.append([event, batch], durable=False)
    assert [entry.event for entry in await log.read()] == [event, batch]


async def test_a_known_key_answers_with_the_first_id_and_changes_nothing(log: EventLog, incident: Make) -> None:
    first = (await log.append([incident(1)]))[0]
    again = (await log.append([incident(1, title="Lain")]))[0]
    assert (again.id, again.new) == (first.id, False)
    assert [entry.event for entry in await log.read()] == [incident(1)]


async def test_the_same_key_twice_in_one_append_is_one_event(log: EventLog, incident: Make) -> None:
    one, two, three = await log.append([incident(1), incident(2), incident(1)])
    assert (one.id, one.new, three.id, three.new) == (one.id, True, one.id, False)
    assert two.new
    assert len(await log.read()) == 2


async def test_events_without_a_key_are_always_new(log: EventLog) -> None:
    assert [one.new for one in await log.append([BEAT, BEAT])] == [True, True]


async def test_many_posts_of_the_same_reports_at_once_store_each_once(log: EventLog, incident: Make) -> None:
    answers = await asyncio.gather(*(log.append([incident(n % 50), incident(n % 7)]) for n in range(400)))
    assert len(await everything(log)) == 50
    ids: dict[str, set[str]] = {}
    for n, pair in enumerate(answers):
        for number, answer in zip((n % 50, n % 7), pair, strict=True):
            ids.setdefault(str(number), set()).add(answer.id)
    assert all(len(found) == 1 for found in ids.values())
    assert sum(answer.new for pair in answers for answer in pair) == 50


async def test_two_programs_at_once_agree_on_who_was_first(
    log: EventLog, shared_server: EmbeddedServer, incident: Make
) -> None:
    other = EventLog.open(shared_server.url, prefix=log.key("log").split("}")[0].removeprefix("{"))
    answers = await asyncio.gather(*(one.append([incident(n)]) for n in range(100) for one in (log, other)))
    await other.close()
    assert len(await everything(log)) == 100
    assert sum(answer[0].new for answer in answers) == 100


async def test_an_append_is_all_or_nothing(log: EventLog, incident: Make) -> None:
    await log.redis.set(log.key("keys"), "a wrong type stands in for any failure in the middle")
    with pytest.raises(LogError, match="WRONGTYPE"):
        await log.append([BEAT, incident(1), BEAT])
    assert await log.read() == []


async def test_appends_larger_than_one_trip_keep_their_order(log: EventLog, incident: Make) -> None:
    events = [incident(n, description="x" * 1_500_000) for n in range(12)]
    await asyncio.gather(*(log.append([event]) for event in events))
    assert [entry.event for entry in await everything(log, count=3)] == events


async def test_appends_beyond_what_may_wait_are_refused_at_once(log: EventLog, incident: Make) -> None:
    on_the_way = asyncio.create_task(log.append([incident(1)]))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(log.append([incident(2, description="x" * (40 << 20))]))
    await asyncio.sleep(0)
    with pytest.raises(LogError, match="nothing was stored"):
        await log.append([incident(3, description="x" * (40 << 20))])
    assert [(await task)[0].new for task in (on_the_way, waiting)] == [True, True]


async def test_an_abandoned_append_leaves_the_others_alone(log: EventLog, incident: Make) -> None:
    on_the_way, *behind = [asyncio.create_task(log.append([incident(n)])) for n in range(4)]
    await asyncio.sleep(0)
    on_the_way.cancel()
    behind[1].cancel()
    assert (await behind[0])[0].new
    assert (await behind[2])[0].new
    assert on_the_way.cancelled()
    stored = [entry.event for entry in await log.read()]
    assert incident(1) in stored
    assert incident(3) in stored


POISON: dict[str, dict[FieldT, EncodableT]] = {
    "no fields of ours": {"x": "y"},
    "unknown kind": {"k": "planned.activity", "v": "1", "d": "{}"},
    "newer version": {"k": "source.heartbeat", "v": "99", "d": "{}"},
    "version zero": {"k": "source.heartbeat", "v": "0", "d": "{}"},
    "version no number": {"k": "source.heartbeat", "v": "one", "d": "{}"},
    "version too long": {"k": "source.heartbeat", "v": "9" * 5000, "d": "{}"},
    "broken JSON": {"k": "source.heartbeat", "v": "1", "d": "{"},
    "deep JSON": {"k": "source.heartbeat", "v": "1", "d": "[" * 100_000},
    "not UTF-8": {"k": b"\xff\xfe", "v": b"\xff", "d": b"\xff\0"},
    "missing field": {"k": "source.heartbeat", "v": "1", "d": '{"at_ms": 1}'},
}


@pytest.mark.parametrize("fields", POISON.values(), ids=POISON.keys())
async def test_a_poisoned_entry_is_unreadable_and_stops_nobody(
    log: EventLog, fields: dict[FieldT, EncodableT]
) -> None:
    await log.append([BEAT])
    await log.redis.xadd(log.key("log"), fields)
    await log.append([BEAT])
    before, poisoned, after = await log.read()
    assert before.event == after.event == BEAT
    assert isinstance(poisoned.event, Unreadable)
    assert poisoned.event.reason


async def test_following_resumes_without_a_gap_or_a_repeat(log: EventLog, incident: Make) -> None:
    async def follow(after: str, stop_at: int) -> list[str]:
        ids: list[str] = []
        async for entries in log.follow(after):
            ids += [entry.id for entry in entries]
            if len(ids) >= stop_at:
                return ids
        raise AssertionError("following never ends")

    follower = asyncio.create_task(follow("0-0", 10))
    first = [(await log.append([incident(n)]))[0].id for n in range(10)]
    assert await asyncio.wait_for(follower, 15) == first
    second = [(await log.append([incident(n)]))[0].id for n in range(10, 30)]
    assert await asyncio.wait_for(follow(first[-1], 20), 15) == second


async def test_positions_of_our_own_come_back_unparsed_and_equal_to_what_others_read(log: EventLog) -> None:
    async def follow(until: int) -> list[Entry]:
        found: list[Entry] = []
        async for entries in log.follow():
            found += entries
            if len(found) >= until:
                return found
        raise AssertionError("following never ends")

    def batch(number: int) -> PositionsObserved:
        position = UnitPosition(unit=f"u{number}", observed_ms=3, lon=105.1, lat=-5.7, callsign="Elang 1")
        return PositionsObserved(at_ms=3, received_ms=4, source="tests", positions=(position,))

    before, after, unheard = batch(1), batch(2), batch(3)
    await log.append([before], durable=False)
    follower = asyncio.create_task(follow(2))
    await asyncio.sleep(0.1)
    await log.append([after], durable=False)
    told = await asyncio.wait_for(follower, 15)
    assert [entry.event for entry in told] == [before, after]
    assert told[0].event is not before
    assert told[1].event is after
    await log.append([unheard], durable=False)
    assert [entry.event for entry in await log.read()] == [before, after, unheard]
    assert [entry.event for entry in await asyncio.wait_for(follow(3), 15)] == [before, after, unheard]


async def test_a_quiet_log_proves_contact_each_second(log: EventLog) -> None:
    started = asyncio.get_running_loop().time()
    async for entries in log.follow():
        assert entries == []
        break
    assert 0.5 < asyncio.get_running_loop().time() - started < 3


async def test_all_keys_share_one_cluster_slot(log: EventLog, incident: Make) -> None:
    await log.append([incident(1)])
    names = [name async for name in log.redis.scan_iter(match=log.key("*"))]
    assert len(names) == 2
    assert {key_slot(name) for name in names} == {key_slot(log.key("anything").encode())}


async def test_a_decoding_client_is_refused(shared_server: EmbeddedServer) -> None:
    redis = Redis.from_url(shared_server.url, decode_responses=True)
    with pytest.raises(ValueError, match="decode"):
        EventLog(redis)
    await redis.aclose()


async def has_waitaof(log: EventLog) -> bool:
    version = (await log.redis.info("server"))["redis_version"]
    return tuple(int(part) for part in version.split(".")[:2]) >= (7, 2)


@pytest.mark.parametrize(
    ("config", "lost_with", "lost_without"),
    [
        ({}, None, None),
        ({"appendfsync": "everysec"}, None, "two seconds"),
        ({"appendonly": "no"}, "nothing to disk", "nothing to disk"),
    ],
    ids=["always", "everysec", "no file"],
)
async def test_what_the_server_cannot_promise_is_said_once(
    server: EmbeddedServer,
    incident: Make,
    caplog: pytest.LogCaptureFixture,
    config: dict[str, str],
    lost_with: str | None,
    lost_without: str | None,
) -> None:
    log = EventLog.open(server.url)
    for name, value in config.items():
        await log.redis.config_set(name, value)
    lost = lost_with if await has_waitaof(log) else lost_without
    for number in range(3):
        assert (await log.append([incident(number)]))[0].new
    await log.close()
    said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(said) == (1 if lost else 0)
    assert log.lost is None if lost is None else lost in str(log.lost)


def test_retries_never_end_and_never_hurry() -> None:
    delays = retry_delays_s()
    first = [next(delays) for _ in range(20)]
    assert first == sorted(first)
    assert first[-1] == 5.0
