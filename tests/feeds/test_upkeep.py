"""One process at a time keeps the store in order, and another takes over when it is gone."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds import taxonomy as taxonomies
from feeds.archive import Archive
from feeds.events import IncidentReported
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.lease import Lease
from feeds.log import EventLog, LogUnavailable
from feeds.picture import Picture
from feeds.replay import StateHashes, moment_id, replay
from feeds.snapshot_process import Order
from feeds.upkeep import keep_in_order, record_what_is_shown

Make = Callable[..., IncidentReported]


class Work:
    """Work under a lease, and who does it."""

    def __init__(self) -> None:
        self.doing: set[str] = set()
        self.most = 0

    def by(self, name: str) -> Callable[[], asyncio.Future[None]]:
        async def job() -> None:
            self.doing.add(name)
            self.most = max(self.most, len(self.doing))
            try:
                await asyncio.Event().wait()
            finally:
                self.doing.discard(name)

        return lambda: asyncio.ensure_future(job())


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.01)


async def test_one_works_and_another_takes_over(log: EventLog) -> None:
    work = Work()
    # A lease shorter than a busy machine holds its breath would be lost without anybody's fault.
    leases = {name: Lease(log, "work", lease_s=1.0) for name in "abc"}
    runs = [asyncio.create_task(lease.run(work.by(name))) for name, lease in leases.items()]
    await until(lambda: len(work.doing) == 1)
    await asyncio.sleep(1.2)
    assert len(work.doing) == 1
    (first,) = work.doing
    runs.pop("abc".index(first)).cancel()
    await until(lambda: bool(work.doing) and first not in work.doing)
    assert work.most == 1
    for run in runs:
        run.cancel()
    await asyncio.wait(runs)


async def test_whoever_lost_the_lease_stops(log: EventLog) -> None:
    work = Work()
    run = asyncio.create_task(Lease(log, "work", lease_s=0.3).run(work.by("a")))
    await until(lambda: bool(work.doing))
    await log.redis.set(log.key("lease:work"), "somebody else", px=60_000)
    await until(lambda: not work.doing)
    run.cancel()
    await asyncio.wait([run])
    assert await log.redis.get(log.key("lease:work")) == b"somebody else"


async def test_the_log_refuses_who_lost_the_lease(log: EventLog, incident: Make) -> None:
    run, held = None, asyncio.Event()
    lease = Lease(log, "work", lease_s=0.3)

    async def job() -> None:
        held.set()
        await asyncio.Event().wait()

    run = asyncio.create_task(lease.run(job))
    await held.wait()
    assert await lease.is_held()
    assert (await log.append([incident(1)], witness=lease.fence))[0].new
    await log.redis.set(log.key("lease:work"), "somebody else", px=60_000)
    with pytest.raises(LogUnavailable, match="taken this work over"):
        await log.append([incident(2)], witness=lease.fence)
    assert len(await log.read()) == 1
    run.cancel()
    await asyncio.wait([run])


async def test_upkeep_archives_snapshots_and_records(
    log: EventLog, tmp_path: Path, incident: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.fast_start.RENEW_EVERY_S", 0.05)
    monkeypatch.setattr("feeds.upkeep.RECORD_EVERY_S", 0.05)
    event = incident(1)
    await log.redis.xadd(log.key("log"), {"k": event.kind, "v": "1", "d": event.encode()}, id="1732518300000-0")
    await log.append([incident(2)])
    archive = Archive(tmp_path / "archive")
    history = History(log, archive)
    picture = Picture()
    tasks = [
        asyncio.create_task(keep_in_order(history, archive, FastStart(history).renew)),
        asyncio.create_task(record_what_is_shown(history, picture)),
    ]
    await asyncio.sleep(0.01)
    await replay(history, picture, moment_id(2**62))
    async with asyncio.timeout(30):
        while not (
            archive.days() and await log.redis.exists(log.key("snapshot")) and await StateHashes(log).last()
        ):
            await asyncio.sleep(0.02)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    recorded = await StateHashes(log).last()
    assert recorded is not None
    assert (recorded.id, recorded.hash) == (picture.last_id, picture.state_hash())
    assert archive.days()[0].day == "2024-11-25"


async def test_a_process_of_its_own_makes_the_snapshot_by_our_terms(
    log: EventLog, tmp_path: Path, incident: Make
) -> None:
    terms = tmp_path / "terms.toml"
    own = 'keributan = { group = "kamtibmas", id = "Keributan", en = "Row", weight = 1.0, half_life_h = 6 }'
    terms.write_text(f"[categories]\n{own}\n", encoding="utf-8")
    await log.append([incident(1, category="keributan"), incident(2)])
    history = History(log, Archive(tmp_path / "archive"))
    picture = Picture(taxonomies.load(terms))
    await replay(history, picture, moment_id(2**62))
    assert log.url is not None
    await Order(log.url, log.prefix, str(tmp_path / "archive"), str(terms)).carry_out()
    found = await FastStart(history, picture.taxonomy).picture()
    assert (found.last_id, found.state_hash()) == (picture.last_id, picture.state_hash())


async def test_a_snapshot_that_could_not_be_made_is_the_logs_trouble(tmp_path: Path) -> None:
    with pytest.raises(ChildProcessError, match="ended with 1"):
        await Order(f"unix://{tmp_path}/nobody", "siger", str(tmp_path), None).carry_out()
