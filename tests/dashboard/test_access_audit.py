"""The audit chain: written with what it records; whatever is changed, removed or inserted is found and named."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.typing import EncodableT, FieldT

from dashboard.access.audit import Audit, Deed
from dashboard.access.chain import GENESIS, Broken, Link, checked, digest_of, hash_of
from dashboard.access.checkpoints import BadEvidence, check_export, export, read_checkpoint, sign
from dashboard.access.keys import Keys, KeyTrouble
from dashboard.access.witnessed import Compared, compare
from feeds.archive import Archive
from feeds.events import IncidentActed, IncidentReported
from feeds.history import History
from feeds.log import EventLog
from feeds.log_entry import RawEntry
from feeds.log_errors import told

DEED = Deed("ani", "komando", "incident.verify", "K1", detail={"note": "ünïcode"})


@pytest.fixture
async def log(log_url: str, log_prefix: str) -> AsyncIterator[EventLog]:
    log = EventLog.open(log_url, prefix=log_prefix)
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
    assert link.events == f"{appended.id} {appended.id} 1 1"
    assert digest_of(event.encode()).encode() in link.body
    await audit.verify()


def report(n: int) -> IncidentReported:
    return IncidentReported(
        at_ms=n, received_ms=n, source="t", incident=f"K{n}", external_id=str(n), category="senpi",
        severity=3, title="t", lon=105.0, lat=-5.0, located="point",
    )  # fmt: skip


async def test_links_of_several_writers_at_once_make_one_chain(log: EventLog, log_url: str) -> None:
    other = EventLog.open(log_url, prefix=log.key("")[1:-2])
    one, two = Audit(log), Audit(other)

    async def write(number: int) -> None:
        audit, its_log = ((one, log), (two, other))[number % 2]
        events = [report(number // 3 + at) for at in range(1 + number % 2)]  # many of them known already
        await its_log.append(events, witness=audit.witness(DEED)(events))
        if number % 10 == 0:
            await audit.record(DEED)
            await its_log.append(events[:1])

    await asyncio.gather(*(write(number) for number in range(60)))
    await other.close()
    assert (await one.verify())[0] == 66


async def test_a_link_reckoned_beforehand_is_taken_only_where_it_fits(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit, other = Audit(log), Audit(log)
    monkeypatch.setattr("dashboard.access.audit.hash_of", lambda *_: "f" * 64)

    async def next_link(audit: Audit, number: int) -> str:
        await log.append([report(number)], witness=audit.witness(DEED)([report(number)]))
        return [link.hash async for link in audit.links()][-1]

    assert await next_link(audit, 1) != "f" * 64, "this process knew nothing of the chain yet"
    await other.record(DEED)
    assert await next_link(audit, 2) != "f" * 64, "the chain went on without it"
    assert await next_link(audit, 2) != "f" * 64, "the event had its id already"
    await audit.verify()
    assert await next_link(audit, 3) == "f" * 64
    with pytest.raises(Broken, match="entry 5"):
        await audit.verify()


@pytest.mark.parametrize("harm", ["change", "remove", "insert", "cut", "forge", "foreign"])
async def test_harm_to_the_stream_is_found_and_named(log: EventLog, harm: str) -> None:
    audit = Audit(log)
    for _ in range(6):
        await audit.record(DEED)
    stream = log.key("audit")
    rows = await told(log.redis.xrange(stream))
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
    with pytest.raises(BadEvidence, match="another key"):
        check_export(lines, "00" * 32)
    assert check_export(lines, Keys(tmp_path).public).n == 7


def test_nothing_is_slipped_into_an_export_beside_what_is_proved(tmp_path: Path) -> None:
    links = chain([b'{"n":%d}' % n for n in range(1, 4)])
    lines = list(export(links, 1, 3, sign(Keys(tmp_path), 3, links[-1].hash, 1)))
    made_up = list(export(chain([b'{"who":"udi"}']), 1, 1, sign(Keys(tmp_path), 1, "ab" * 32, 1)))[:-1]
    with pytest.raises(BadEvidence, match="begins anew"):
        check_export([*made_up, *lines])
    with pytest.raises(BadEvidence, match="goes on"):
        check_export([*lines, made_up[1]])
    with pytest.raises(BadEvidence, match="does not begin"):
        check_export(lines[1:])


def test_an_export_is_checked_without_siger_as_the_page_says(tmp_path: Path) -> None:
    links = chain([b'{"n":%d}' % n for n in range(1, 8)])
    evidence = tmp_path / "evidence.ndjson"
    evidence.write_bytes(b"\n".join(export(links, 3, 4, sign(Keys(tmp_path), 7, links[-1].hash, 1))))
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    script = page.partition("```python\n")[2].partition("```")[0]
    assert "siger" not in script.replace("siger audit|", "").replace("siger-audit", "")
    command = [sys.executable, "-I", "-c", script, str(evidence), Keys(tmp_path).public]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    evidence.write_bytes(evidence.read_bytes().replace(b'{\\"n\\":3}', b'{\\"n\\":9}'))
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


async def test_the_chain_holds_while_it_is_being_written(log: EventLog) -> None:
    audit, other = Audit(log), Audit(log)
    await audit.record(DEED)
    links = audit.links

    async def slowly() -> AsyncIterator[Link]:
        async for link in links():
            await other.record(DEED)
            yield link
            if link.n >= 3:
                return

    audit.links = slowly  # type: ignore[method-assign]
    assert (await audit.verify())[0] == 3


@pytest.mark.parametrize("harm", ["", "change", "remove", "archive"])
async def test_what_the_audit_vouches_for_is_found_changed_in_log_and_archive(
    log: EventLog, tmp_path: Path, harm: str
) -> None:
    audit = Audit(log)
    made = [report(n) for n in range(1, 6)]
    await log.append(made[:2], witness=audit.witness(DEED)(made[:2]))
    await log.append(made[:1], witness=audit.witness(DEED)(made[:1]))  # a repeat: what was stored first stands
    await log.append([made[4]])  # nobody vouches for it
    await log.append(made[2:4], witness=audit.witness(DEED)(made[2:4]))
    raw = await log.read_raw()
    archive = Archive(tmp_path)
    if harm == "archive":
        fields = {**raw[3].fields, b"d": raw[3].fields[b"d"].replace(b"senpi", b"tawur")}
        archive.write(date(2024, 11, 27), [*raw[:3], RawEntry(raw[3].id, fields), *raw[4:]])
        await History(log, archive).trim(raw[-1].id)
    elif harm:
        stream = log.key("log")
        await log.redis.delete(stream)
        for at, entry in enumerate(raw):
            again: dict[FieldT, EncodableT] = dict(entry.fields.items())
            if at == 3 and harm == "change":
                again[b"d"] = entry.fields[b"d"].replace(b"senpi", b"tawur")
            if at != 3 or harm == "change":
                await log.redis.xadd(stream, again, id=entry.id)
    await audit.verify()
    if not harm:
        assert await compare(audit.links(), History(log, archive), 3) == Compared(2, 1)
        return
    with pytest.raises(Broken) as found:
        await compare(audit.links(), History(log, archive), 3)
    assert found.value.n == 3
    assert ("vouches for 2 entries" in found.value.reason) == (harm == "remove")


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    assert len(Keys(tmp_path).sealing) == 32
    (tmp_path / "sealing.key").chmod(0o644)
    with pytest.raises(KeyTrouble, match="chmod 600"):
        _ = Keys(tmp_path).sealing
