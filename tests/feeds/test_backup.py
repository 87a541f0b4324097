"""Backup while everything runs, restore elsewhere, and the same picture comes out."""

import asyncio
import stat
import zipfile
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import pytest

from feeds.archive import Archive
from feeds.archivist import Archivist
from feeds.backup import BackupError, back_up, restore
from feeds.clock import now_ms
from feeds.day import DAY_MS
from feeds.embedded import EmbeddedServer
from feeds.events import IncidentReported
from feeds.history import History
from feeds.log import EventLog
from feeds.picture import Picture
from feeds.refused import RefusedStore
from feeds.replay import StateHashes, moment_id, replay
from feeds.sources import Sources
from tests.feeds.tables import write_here

Make = Callable[..., IncidentReported]
EVER = moment_id(2**62)


@pytest.fixture
async def store(log: EventLog, tmp_path: Path, incident: Make) -> History:
    """Two archived days, of which one is trimmed, and today; and something of every kind beside the log."""
    today = now_ms()
    for day in (5, 4, 3, 0):
        for number in range(10):
            event = incident(day * 10 + number)
            await log.redis.xadd(
                log.key("log"),
                {"k": event.kind, "v": "1", "d": event.encode()},
                id=f"{today - day * DAY_MS - 20_000 + number}-0",
            )
            await log.redis.hset(log.key("keys"), event.key(), f"{today - day * DAY_MS - 20_000 + number}-0")
    history = History(log, Archive(tmp_path / "archive"))
    await Archivist(history, Archive(tmp_path / "archive"), write_table=write_here).work()
    sources = Sources(log)
    sources.note("app", accepted=3, refused=1)
    await sources.flush()
    await RefusedStore(log).keep("app", "api", b"\xff\0", ["broken"])
    await StateHashes(log).record((await replay(history, Picture(), EVER)).picture)
    redis = log.redis
    await redis.set(log.key("session:abc"), "somebody", ex=100)
    await redis.set(log.key("lease"), "somebody", px=3_600_000)
    await redis.rpush(log.key("a-list"), "one", "two")
    await redis.sadd(log.key("a-set"), *[f"member{n}" for n in range(1200)])
    await redis.zadd(log.key("a-ranking"), {"a": 1.5, "b": -2})
    return history


@pytest.fixture
async def empty(binary: Path, tmp_path: Path) -> AsyncIterator[History]:
    """A clean machine."""
    server = EmbeddedServer(tmp_path / "clean", binary=binary)
    with server as url:
        log = EventLog.open(url)
        yield History(log, Archive(tmp_path / "clean" / "archive"))
        await log.close()


def folders(history: History) -> dict[str, Path]:
    assert history.archive is not None
    return {"archive": history.archive.directory}


async def everything(history: History) -> dict[str, object]:
    log, redis = history.log, history.log.redis
    return {
        "raw": [raw async for page in history.raw() for raw in page],
        "last": await log.last_id(),
        "keys": await redis.hgetall(log.key("keys")),
        "sources": await Sources(log).all({}),
        "refused": await RefusedStore(log).newest(),
        "hash": await StateHashes(log).last(),
        "list": await redis.lrange(log.key("a-list"), 0, -1),
        "set": await redis.smembers(log.key("a-set")),
        "ranking": await redis.zrange(log.key("a-ranking"), 0, -1, withscores=True),
        "trimmed": await history.trimmed_to(),
    }


async def test_a_restored_store_is_the_same_store(store: History, empty: History, tmp_path: Path) -> None:
    file = tmp_path / "siger.backup"
    made = await back_up(store, file, folders(store))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = await restore(file, empty, folders(empty))
    assert found == made
    assert await everything(empty) == await everything(store)
    assert 0 < await empty.log.redis.pttl(empty.log.key("lease")) <= 3_600_000
    assert await empty.log.redis.exists(empty.log.key("session:abc")) == 0
    assert (await replay(empty, Picture(), EVER)).picture.state_hash() == made.state_hash


async def test_known_reports_stay_known_after_a_restore(
    store: History, empty: History, tmp_path: Path, incident: Make
) -> None:
    await back_up(store, tmp_path / "b", folders(store))
    await restore(tmp_path / "b", empty, folders(empty))
    again, new = await empty.log.append([incident(51), incident(999)])
    assert (again.new, new.new) == (False, True)


async def test_a_backup_of_a_running_store_is_of_one_moment(
    store: History, empty: History, tmp_path: Path, incident: Make
) -> None:
    stop = asyncio.Event()

    async def post() -> None:
        number = 1000
        while not stop.is_set():
            await store.log.append([incident(number)])
            number += 1

    posting = asyncio.create_task(post())
    await asyncio.sleep(0.1)
    made = await back_up(store, tmp_path / "b", folders(store))
    stop.set()
    await posting
    await restore(tmp_path / "b", empty, folders(empty))
    assert await empty.log.last_id() == made.last_id
    known = await empty.log.redis.hlen(empty.log.key("keys"))
    assert known == len([raw async for page in empty.raw() for raw in page])


async def test_a_restore_into_a_store_in_use_is_refused(store: History, tmp_path: Path) -> None:
    await back_up(store, tmp_path / "b", folders(store))
    before = await everything(store)
    with pytest.raises(BackupError, match="not empty"):
        await restore(tmp_path / "b", store, {})
    assert await everything(store) == before


async def test_a_damaged_backup_changes_nothing(store: History, empty: History, tmp_path: Path) -> None:
    file = tmp_path / "b"
    await back_up(store, file, folders(store))
    whole = file.read_bytes()
    for damaged in (whole[:-100], whole[: len(whole) // 2], b"", whole[:200] + b"\xff\xff" + whole[202:]):
        file.write_bytes(damaged)
        with pytest.raises(BackupError, match="nothing was restored"):
            await restore(file, empty, folders(empty))
    assert await empty.log.redis.dbsize() == 0


async def test_a_part_that_leads_elsewhere_is_refused(empty: History, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b", "w") as packed:
        packed.writestr("../../evil", "x")
        packed.writestr(
            "manifest.json",
            '{"format": 1, "siger": "", "made_ms": 0, "last_id": "0-0", "entries": 0, "state_hash": "", '
            '"digests": {"../../evil": ""}}',
        )
    with pytest.raises(BackupError, match="leads elsewhere"):
        await restore(tmp_path / "b", empty, {})


async def test_an_empty_store_can_be_backed_up(log: EventLog, empty: History, tmp_path: Path) -> None:
    await back_up(History(log), tmp_path / "b", {"archive": tmp_path / "none"})
    assert (await restore(tmp_path / "b", empty, {})).last_id == "0-0"


async def test_a_log_emptied_into_the_archive_never_gives_an_id_anew(
    store: History, empty: History, tmp_path: Path
) -> None:
    assert store.archive is not None
    entries = [raw async for page in store.raw() for raw in page]
    later = Archivist(store, store.archive, clock=lambda: now_ms() + 40 * DAY_MS, write_table=write_here)
    await later.work()
    assert await store.log.read_raw() == []
    made = await back_up(store, tmp_path / "b", folders(store))
    assert made.last_id == entries[-1].id
    await restore(tmp_path / "b", empty, folders(empty))
    assert await empty.log.last_id() == entries[-1].id
    assert [raw async for page in empty.raw() for raw in page] == entries
    assert date.fromisoformat(store.archive.days()[-1].day)
