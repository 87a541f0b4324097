"""What stands beside an append: stored with it in one step, or neither is."""

from collections.abc import Callable, Sequence

import pytest

from feeds import log_append
from feeds.clock import now_ms
from feeds.events import IncidentReported
from feeds.log import EventLog, LogError, Witness
from feeds.log_entry import place

Make = Callable[..., IncidentReported]

_NOTES = b"redis.call('RPUSH', keys[1], words[1], appended[1], #appended / 2)"


async def test_a_witness_writes_in_the_step_that_appends_and_knows_the_ids(log: EventLog, incident: Make) -> None:
    key = log.key("notes")
    told = await log.append([incident(1), incident(2)], witness=Witness(_NOTES, (key,), (b"\xffseen",)))
    assert await log.redis.lrange(key, 0, -1) == [b"\xffseen", told[0].id.encode(), b"2"]
    assert [entry.id for entry in await log.read()] == [appended.id for appended in told]


async def test_plain_and_witnessed_appends_share_a_trip_and_survive_a_forgetful_server(
    log: EventLog, incident: Make
) -> None:
    await log.redis.script_flush()
    key = log.key("notes")
    await log.append([incident(1)])
    await log.append([incident(2)], witness=Witness(_NOTES, (key,), (b"x",)))
    await log.append([incident(3)])
    assert len(await log.read()) == 3


async def test_a_witness_that_fails_is_told_to_the_caller(log: EventLog, incident: Make) -> None:
    with pytest.raises(LogError):
        await log.append([incident(1)], witness=Witness(b"error('no')", (), ()))


@pytest.mark.parametrize(
    ("ahead_ms", "holds"), [(0, [True, True]), (10**7, [False, False]), (-(10**7), [False, True])]
)
async def test_a_witness_knows_the_ids_beforehand_where_the_clocks_agree(
    log: EventLog, incident: Make, monkeypatch: pytest.MonkeyPatch, ahead_ms: int, holds: list[bool]
) -> None:
    monkeypatch.setattr(log_append, "now_ms", lambda: now_ms() + ahead_ms)
    guessed: list[Sequence[str]] = []
    learned: list[Sequence[bytes]] = []

    def reckon(ids: Sequence[str]) -> tuple[bytes, ...]:
        guessed.append(ids)
        return (b"reckoned",)

    script = b"told = { words[1], words[2], appended[1] }"
    for at in (0, 1):
        witness = Witness(script, (), (b"word",), reckon=reckon, learn=learned.append)
        told = await log.append([incident(2 * at), incident(2 * at + 1)], witness=witness)
        ids = [appended.id for appended in told]
        assert (ids == guessed[at]) is holds[at]
        assert learned[at] == [b"reckoned", b"word", ids[0].encode()]
        assert abs(place(ids[0])[0] - now_ms()) < 60_000, "nobody's wrong clock gets into the log"


async def test_ids_that_somebody_else_took_meanwhile_are_left_alone(log: EventLog, incident: Make) -> None:
    for number in range(20):
        before = await log.append([incident(2 * number)], durable=False)
        await log.redis.xadd(
            log.key("log"), {"k": "later", "v": "1", "d": "{}"}, id=f"{now_ms() + 50}-{1_000 * number}"
        )
        witness = Witness(b"", (), ())
        after = await log.append([incident(2 * number + 1)], witness=witness)
        assert place(before[0].id) < place(after[0].id)
    assert len(await log.read()) == 60
