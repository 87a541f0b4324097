"""The log while its server is killed, stopped or starved: refusals with a reason, nothing acknowledged lost."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from feeds import room
from feeds.embedded import EmbeddedServer
from feeds.events import IncidentReported
from feeds.log import EventLog, LogFull, LogUnavailable
from feeds.room import MIB, room_on_disk

Make = Callable[..., IncidentReported]


@pytest.fixture
async def own_log(server: EmbeddedServer) -> AsyncIterator[EventLog]:
    """A log whose server the test may hurt; it waits half a second for answers."""
    log = EventLog.open(server.url, patience_s=0.5)
    yield log
    await log.close()


def kill(server: EmbeddedServer, how: signal.Signals = signal.SIGKILL) -> None:
    assert server.pid is not None
    os.kill(server.pid, how)


async def restart(server: EmbeddedServer) -> None:
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)


async def numbers(log: EventLog) -> list[str]:
    found: list[str] = []
    after = "0-0"
    while page := await log.read(after):
        found += [entry.event.external_id for entry in page if isinstance(entry.event, IncidentReported)]
        after = page[-1].id
    return found


async def test_what_was_acknowledged_survives_kills_exactly_once(
    server: EmbeddedServer, own_log: EventLog, incident: Make
) -> None:
    acknowledged: set[str] = set()

    async def post(number: int) -> None:
        event = incident(number)
        while event.external_id not in acknowledged:
            try:
                await own_log.append([event])
                acknowledged.add(event.external_id)
            except LogUnavailable:
                await asyncio.sleep(0.05)

    async def clients() -> None:
        for start in range(0, 600, 8):
            await asyncio.gather(*(post(number) for number in range(start, start + 8)))

    async def killer() -> None:
        for kills in range(3):
            await asyncio.sleep(0.1)
            kill(server)
            while server.restarts <= kills:
                await asyncio.sleep(0.02)

    keeper = asyncio.create_task(server.supervise())
    await asyncio.wait_for(asyncio.gather(clients(), killer()), 40)
    keeper.cancel()
    found = await numbers(own_log)
    assert len(found) == len(set(found)) == 600
    assert set(found) == acknowledged


async def test_keys_are_known_after_a_restart(server: EmbeddedServer, own_log: EventLog, incident: Make) -> None:
    first = (await own_log.append([incident(1)]))[0]
    await restart(server)
    again = (await own_log.append([incident(1)]))[0]
    assert (again.id, again.new) == (first.id, False)


async def test_a_server_that_is_gone_is_said_to_be_gone(
    server: EmbeddedServer, own_log: EventLog, incident: Make
) -> None:
    await asyncio.to_thread(server.stop)
    with pytest.raises(LogUnavailable, match="cannot be reached") as refusal:
        await own_log.append([incident(1)])
    assert not refusal.value.unsure
    for ask in (own_log.check, own_log.last_id, own_log.read):
        with pytest.raises(LogUnavailable):
            await ask()
    server.start()
    await own_log.check()
    assert await own_log.last_id() == "0-0"


async def test_a_stopped_server_refuses_in_bounded_time_and_loses_nothing(
    server: EmbeddedServer, own_log: EventLog, incident: Make
) -> None:
    await own_log.append([incident(0)])
    kill(server, signal.SIGSTOP)
    started = asyncio.get_running_loop().time()
    answers = await asyncio.gather(*(own_log.append([incident(n)]) for n in range(1, 9)), return_exceptions=True)
    assert asyncio.get_running_loop().time() - started < 2
    assert all(isinstance(answer, LogUnavailable) for answer in answers)
    with pytest.raises(LogUnavailable):
        await own_log.check()
    kill(server, signal.SIGCONT)
    answers_again = [(await own_log.append([incident(n)]))[0] for n in range(1, 9)]
    assert len(set(await numbers(own_log))) == len(await numbers(own_log)) == 9
    assert len({answer.id for answer in answers_again}) == 8


async def test_those_behind_a_lost_answer_know_that_nothing_of_theirs_was_stored(
    server: EmbeddedServer, own_log: EventLog, incident: Make
) -> None:
    await own_log.append([incident(0)])
    kill(server, signal.SIGSTOP)
    sent = asyncio.create_task(own_log.append([incident(1)]))
    await asyncio.sleep(0.1)
    behind = asyncio.create_task(own_log.append([incident(2)]))
    with pytest.raises(LogUnavailable) as lost:
        await sent
    with pytest.raises(LogUnavailable, match="nothing was stored") as refused:
        await behind
    kill(server, signal.SIGCONT)
    assert (lost.value.unsure, refused.value.unsure) == (True, False)
    await own_log.check()
    assert "2" not in await numbers(own_log)


async def test_following_ends_with_a_reason_and_resumes(
    server: EmbeddedServer, own_log: EventLog, incident: Make
) -> None:
    patient = EventLog.open(server.url, patience_s=2)
    first = (await patient.append([incident(1)]))[0].id

    async def follow(after: str) -> list[str]:
        async for entries in patient.follow(after):
            if entries:
                return [entry.id for entry in entries]
        raise AssertionError("following never ends")

    assert await follow("0-0") == [first]
    follower = asyncio.create_task(follow(first))
    await asyncio.sleep(0.1)
    kill(server)
    with pytest.raises(LogUnavailable):
        await follower
    await restart(server)
    second = (await patient.append([incident(2)]))[0].id
    assert await follow(first) == [second]
    await patient.close()


async def test_full_memory_refuses_all_of_an_append_and_says_why(own_log: EventLog, incident: Make) -> None:
    await own_log.append([incident(0)])
    used = (await own_log.redis.info("memory"))["used_memory"]
    await own_log.redis.config_set("maxmemory", used + 2_000_000)
    stored = 1

    async def fill() -> None:
        nonlocal stored
        while True:
            await own_log.append([incident(n, description="x" * 5000) for n in (stored, stored + 1)])
            stored += 2

    with pytest.raises(LogFull, match="maxmemory"):
        await fill()
    assert len(await numbers(own_log)) == stored
    with pytest.raises(LogFull):
        await own_log.append([incident(stored)])
    await own_log.redis.config_set("maxmemory", 0)
    assert (await own_log.append([incident(stored)]))[0].new
    assert len(await numbers(own_log)) == stored + 1


async def test_a_server_that_cannot_write_its_disk_refuses_and_says_why(
    server: EmbeddedServer, own_log: EventLog, incident: Make, tmp_path: Path
) -> None:
    """A failed background save makes the server refuse writes (MISCONF), as a full disk does."""
    await own_log.redis.config_set("save", "3600 1")
    await own_log.append([incident(0)])
    (tmp_path / "log").chmod(0o700)
    blocked = tmp_path / "log" / "dump.rdb"
    blocked.mkdir()
    (blocked / "in the way").touch()
    with contextlib.suppress(Exception):
        await own_log.redis.bgsave()
    while (await own_log.redis.info("persistence"))["rdb_bgsave_in_progress"]:
        await asyncio.sleep(0.02)
    with pytest.raises(LogFull, match="cannot write to its disk"):
        await own_log.append([incident(1)])
    assert await numbers(own_log) == ["0"]
    await own_log.redis.config_set("save", "")
    assert (await own_log.append([incident(1)]))[0].new


async def test_without_room_nothing_is_sent(server: EmbeddedServer, incident: Make) -> None:
    log = EventLog.open(server.url, room=lambda n_bytes: f"no room for {n_bytes} bytes" if n_bytes > 1000 else None)
    with pytest.raises(LogFull, match="no room for"):
        await log.append([incident(1, description="x" * 2000)])
    assert (await log.append([incident(2)]))[0].new
    assert await numbers(log) == ["2"]
    await log.close()


def test_the_room_check_says_how_much_is_left(tmp_path: Path) -> None:
    check = room_on_disk(tmp_path)
    assert check(1000) is None
    refusal = check(1 << 60)
    assert refusal is not None
    assert "MiB left" in refusal


def test_what_is_let_through_between_two_looks_at_the_disk_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Path] = []

    def disk(directory: Path) -> os.statvfs_result:
        looks.append(directory)
        return os.statvfs_result((4096, 4096, 25_600, 2_600, 2_600, 0, 0, 0, 0, 255))  # 100 MiB, 10.2 of them free

    monkeypatch.setattr(os, "statvfs", disk)
    monkeypatch.setattr(room, "LOOK_EVERY_S", 60.0)
    check = room_on_disk(tmp_path)
    taken = [check(MIB) for _ in range(3)]  # twice as much is reckoned: the third would cut into the 5 MiB
    assert taken[:2] == [None, None]
    assert len(looks) == 2, "before it refuses, it looks again"
    assert taken[2] is None, "nothing was written after all: the disk has the last word"


async def test_a_read_only_replica_is_said_to_be_one(
    server: EmbeddedServer, own_log: EventLog, incident: Make
) -> None:
    await own_log.redis.replicaof("127.0.0.1", "1")
    with pytest.raises(LogUnavailable, match="replica"):
        await own_log.append([incident(1)])
    await own_log.redis.replicaof("NO", "ONE")
    assert (await own_log.append([incident(1)]))[0].new


@pytest.fixture
def guarded_url(binary: Path, tmp_path: Path) -> Iterator[str]:
    """Somebody else's server, over TCP, with a password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--port", str(port), "--requirepass", "rahasia", "--save", "", "--appendonly", "yes"]
    process = subprocess.Popen(
        [binary, *words, "--bind", "127.0.0.1", "--dir", tmp_path], stdout=subprocess.DEVNULL
    )
    yield f"redis://:rahasia@127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


async def test_a_server_of_somebody_elses_with_a_password(guarded_url: str, incident: Make) -> None:
    log = EventLog.open(guarded_url)
    async with asyncio.timeout(10):
        while True:
            with contextlib.suppress(LogUnavailable):
                await log.check()
                break
            await asyncio.sleep(0.05)
    assert (await log.append([incident(1)]))[0].new
    await log.close()
    for url in (guarded_url.replace("rahasia", "salah"), guarded_url.replace(":rahasia@", "")):
        stranger = EventLog.open(url)
        with pytest.raises(LogUnavailable, match="password") as refusal:
            await stranger.append([incident(1)])
        assert "salah" not in str(refusal.value)
        await stranger.close()


async def test_a_cancellation_in_the_middle_of_a_command_is_never_lost(own_log: EventLog) -> None:
    await own_log.redis.set("a", "1")
    for steps in range(30):
        asked = asyncio.ensure_future(own_log.redis.get("a"))
        for _ in range(steps):
            await asyncio.sleep(0)
        if asked.done():
            break
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
    assert steps > 3
