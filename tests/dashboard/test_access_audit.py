"""The audit chain: written with what it records; whatever is changed, removed or inserted is found and named."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.audit import Audit, Deed
from dashboard.access.chain import GENESIS, Broken, Link, checked, digest_of, hash_of
from dashboard.access.checkpoints import BadEvidence, check_export, export, read_checkpoint, sign
from dashboard.access.keys import Keys, KeyTrouble
from feeds.events import IncidentActed
from feeds.log import EventLog

DEED = Deed("ani", "komando", "incident.verify", "K1", detail={"note": "ünïcode"})


@pytest.fixture
async def log(log_url: str, request: pytest.FixtureRequest) -> AsyncIterator[EventLog]:
    log = EventLog.open(log_url, prefix=request.node.name)
    yield log
    await log.close()


def chain(bodies: list[bytes]) -> list[Link]:
    links, previous = [], GENESIS
    for n, body in enumerate(bodies, 1):
        previous = hash_of(previous, n, digest_of(body), "")
        links.append(Link(n, body, "", previous))
    return links


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=6), st.data())
def test_any_single_flipped_bit_is_found_and_named(bodies: list[bytes], data: st.DataObject) -> None:
    links = chain([body + b"!" for body in bodies])
    assert len(list(checked(links))) == len(links)
    at = data.draw(st.integers(0, len(links) - 1))
    body = bytearray(links[at].body)
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    body[bit // 8] ^= 1 << bit % 8
    links[at] = Link(links[at].n, bytes(body), "", links[at].hash)
    with pytest.raises(Broken) as found:
        list(checked(links))
    assert found.value.n == at + 1


async def test_deeds_make_a_chain_that_python_and_the_server_compute_alike(log: EventLog) -> None:
    audit = Audit(log)
    for _ in range(5):
        assert await audit.record(DEED)
    length, last = await audit.verify()
    assert (length, last) == await audit.head()
    assert length == 5


async def test_a_change_and_its_entry_are_one_step(log: EventLog) -> None:
    audit = Audit(log)
    key = log.key("people")
    assert await audit.record(DEED, guards=[(key, "ani", None)], commands=[("HSET", key, "ani", "1")])
    assert not await audit.record(DEED, guards=[(key, "ani", None)], commands=[("HSET", key, "ani", "2")])
    assert await log.redis.hget(key, "ani") == b"1"
    assert (await audit.verify())[0] == 1


async def test_an_action_and_its_entry_are_one_step_bound_to_the_event(log: EventLog) -> None:
    audit = Audit(log)
    event = IncidentActed(at_ms=1, received_ms=1, source="t", incident="K1", action="verify")
    (appended,) = await log.append([event], witness=audit.witness(DEED)([event]))
    (link,) = [link async for link in audit.links()]
    assert link.events == f"{appended.id} {appended.id} 1"
    assert digest_of(event.encode()).encode() in link.body
    await audit.verify()


@pytest.mark.parametrize("harm", ["change", "remove", "insert", "cut", "forge", "foreign"])
async def test_harm_to_the_stream_is_found_and_named(log: EventLog, harm: str) -> None:
    audit = Audit(log)
    for _ in range(6):
        await audit.record(DEED)
    stream = log.key("audit")
    rows = await log.redis.xrange(stream)
    await log.redis.delete(stream)
    fields = [dict(row[1]) for row in rows]
    if harm == "change":
        fields[3][b"b"] = fields[3][b"b"].replace(b"ani", b"udi")
    elif harm == "remove":
        del fields[3]
    elif harm == "insert":
        fields.insert(3, fields[2])
    elif harm == "cut":
        del fields[3:]
    elif harm == "forge":
        body = fields[3][b"b"].replace(b"ani", b"udi")
        previous = fields[2][b"h"].decode()
        fields[3] |= {b"b": body, b"h": hash_of(previous, 4, digest_of(body), "").encode()}
    else:
        fields[3] = {b"hello": b"world"}
    for number, field in enumerate(fields, 1):
        await log.redis.xadd(stream, field, id=f"{number}-0")
    with pytest.raises(Broken) as found:
        await audit.verify()
    # A forged entry is sound in itself: it is the next one that does not follow it.
    assert found.value.n == (5 if harm == "forge" else 4)


def test_a_checkpoint_proves_itself_and_nothing_else(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    line = sign(keys, 7, "ab" * 32, 1).model_dump_json()
    assert read_checkpoint(line).n == 7
    with pytest.raises(BadEvidence, match="signature"):
        read_checkpoint(line.replace('"n":7', '"n":8'))
    with pytest.raises(BadEvidence):
        read_checkpoint("{}")
    assert Keys(tmp_path).public == keys.public


def test_an_export_proves_its_entries_without_showing_the_later_ones(tmp_path: Path) -> None:
    links = chain([b'{"n":%d}' % n for n in range(1, 8)])
    checkpoint = sign(Keys(tmp_path), 7, links[-1].hash, 1)
    lines = list(export(links, 3, 4, checkpoint))
    assert check_export(lines).n == 7
    assert b'{\\"n\\":6}' not in b"".join(lines)
    with pytest.raises(Broken, match="entry 3"):
        check_export([line.replace(b'{\\"n\\":3}', b'{\\"n\\":9}') for line in lines])
    with pytest.raises(Broken, match="entry 5"):
        check_export(lines[:3] + lines[4:])
    with pytest.raises(BadEvidence):
        check_export(lines[:-1])


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    assert len(Keys(tmp_path).sealing) == 32
    (tmp_path / "sealing.key").chmod(0o644)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        _ = Keys(tmp_path).sealing
