"""What stands beside an append: stored with it in one step, or neither is."""

from collections.abc import Callable

import pytest

from feeds.events import IncidentReported
from feeds.log import EventLog, LogError, Witness

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
