"""A busy day leaves the log in parts, and no reader notices: none that begins, follows, lags, or goes back."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import date, timedelta
from pathlib import Path

import pytest

from feeds import history as reading
from feeds.archive import Archive
from feeds.archivist import Archivist
from feeds.backup import back_up, restore
from feeds.day import DAY_MS, starts_ms
from feeds.embedded import EmbeddedServer
from feeds.events import IncidentReported, PositionsObserved, UnitPosition
from feeds.history import NEVER_TRIMMED_MS, History, HistoryError
from feeds.log import EventLog
from feeds.log_entry import RawEntry, place
from feeds.picture import Picture
from feeds.relief import Relief
from feeds.replay import moment_id, replay
from feeds.track import track
from tests.feeds.tables import write_here

Make = Callable[..., IncidentReported]
DAY = date(2024, 11, 27)
#: Noon, WIB; an entry a second from here on.
NOON_MS = starts_ms(DAY) + DAY_MS // 2
KEPT_BYTES = 4_000


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
async def history(log: EventLog, archive: Archive, incident: Make) -> History:
    history = History(log, archive)
    await happen(history, incident, range(100))
    return history


async def happen(history: History, incident: Make, seconds: range) -> None:
    for second in seconds:
        at_ms = NOON_MS + second * 1_000
        position = UnitPosition(unit=f"u{second % 3}", observed_ms=at_ms, lon=105 + second / 1_000, lat=-5.0)
        moved = PositionsObserved(at_ms=at_ms, received_ms=at_ms, source="gps", positions=(position,))
        event = incident(second, at_ms=at_ms, received_ms=at_ms) if second % 10 == 0 else moved
        await history.log.redis.xadd(
            history.log.key("log"), {"k": event.kind, "v": "1", "d": event.encode()}, id=f"{at_ms}-0"
        )


def relief(history: History, most_bytes: int = 1) -> Relief:
    assert history.archive is not None
    return Relief(history, history.archive, most_bytes=most_bytes, kept_bytes=KEPT_BYTES)


def archivist(history: History, days_later: int) -> Archivist:
    assert history.archive is not None
    at_ms = NOON_MS + days_later * DAY_MS
    return Archivist(history, history.archive, clock=lambda: at_ms, write_table=write_here)


async def all_raw(history: History, after: str = "0-0") -> list[RawEntry]:
    return [raw for page in [page async for page in history.raw(after)] for raw in page]


async def shown(history: History) -> str:
    return (await replay(history, Picture(), moment_id(2**62))).picture.state_hash()


async def test_what_is_not_too_large_stays_whole(history: History, archive: Archive) -> None:
    assert await relief(history, most_bytes=10 << 20).work() == 0
    assert archive.files() == []


async def test_a_busy_day_leaves_in_parts_and_no_reader_notices(
    history: History, archive: Archive, incident: Make
) -> None:
    before, hash_before = await all_raw(history), await shown(history)
    gone = await relief(history).work()
    kept = await history.log.read_raw(count=1_000)
    assert gone == 100 - len(kept) > 20
    assert sum(raw.n_bytes for raw in kept) >= KEPT_BYTES
    assert place(kept[0].id)[0] <= NOON_MS + 100_000 - NEVER_TRIMMED_MS
    assert (await all_raw(history), await shown(history)) == (before, hash_before)
    await happen(history, incident, range(100, 250))
    assert await relief(history).work() > 100
    assert [part.entries for _, part in archive.files()] == [100, 150], "what one part holds the next does not"
    assert archive.days() == []
    whole = await all_raw(history)
    assert [place(raw.id)[0] for raw in whole] == [NOON_MS + second * 1_000 for second in range(250)]
    for number in (0, 60, 99, 100, 180, 240, 249):
        assert await all_raw(history, whole[number].id) == whole[number + 1 :]


async def test_the_youngest_stay_however_much_they_are(history: History) -> None:
    greedy = Relief(history, history.archive or Archive(Path()), most_bytes=1, kept_bytes=0)
    await greedy.work()
    kept = await history.log.read_raw(count=1_000)
    assert place(kept[0].id)[0] == NOON_MS + 99_000 - NEVER_TRIMMED_MS + 1_000


async def test_parts_that_are_smaller_than_what_is_kept_leave_as_well(history: History, incident: Make) -> None:
    one = relief(history)
    for second in range(100, 400, 10):  # about 1,500 bytes each time
        await happen(history, incident, range(second, second + 10))
        await one.work()
    kept = await history.log.read_raw(count=1_000)
    assert KEPT_BYTES <= sum(raw.n_bytes for raw in kept) < 2 * KEPT_BYTES
    assert len(await all_raw(history)) == 400


async def test_a_closed_day_takes_its_parts_in(history: History, archive: Archive, incident: Make) -> None:
    await relief(history).work()
    await happen(history, incident, range(100, 200))
    await relief(history).work()
    before, hash_before = await all_raw(history), await shown(history)
    [day] = await archivist(history, 1).work()
    assert (day.day, day.entries, day.follows) == (str(DAY), 200, "0-0")
    assert [path for path, _ in archive.files()] == [archive.path(DAY)]
    assert list(archive.directory.glob("*.part.parquet")) == []
    assert (await all_raw(history), await shown(history)) == (before, hash_before)
    await archivist(history, 5).work()
    assert await history.log.read_raw() == []
    assert await all_raw(history) == before


async def test_parts_that_a_crash_left_beside_their_day_do_not_count(
    history: History, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await relief(history).work()
    before = await all_raw(history)
    with monkeypatch.context() as crash:
        crash.setattr(Archive, "drop_parts", lambda _archive: None)
        await archivist(history, 1).work()
    assert len(list(archive.directory.glob("*.part.parquet"))) == 1
    assert await all_raw(history) == before
    await archivist(history, 1).work()
    assert list(archive.directory.glob("*.part.parquet")) == []
    assert await all_raw(history) == before


async def test_a_reader_in_the_middle_of_a_part_that_goes_reads_on_in_the_day(
    history: History, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    await relief(history).work()
    before = await all_raw(history)
    following = Archive.following

    def late(known: Archive, after: str) -> object:
        found = following(known, after)
        for path in archive.directory.glob("*.part.parquet"):
            archive.write(DAY, before)
            path.unlink()
        return found

    monkeypatch.setattr(Archive, "following", late)
    assert await all_raw(history) == before


async def test_a_missing_part_is_said_and_not_skipped(history: History, archive: Archive, incident: Make) -> None:
    await relief(history).work()
    await happen(history, incident, range(100, 200))
    await relief(history).work()
    archive.files()[0][0].unlink()
    with pytest.raises(HistoryError, match="are missing from"):
        await all_raw(history)


async def test_who_follows_and_lags_finds_in_the_archive_what_was_trimmed(
    history: History, incident: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LAGS_AFTER_S", 0.05)
    seen: list[str] = []
    async with aclosing(history.follow()) as pages:
        async for page in pages:
            seen += [entry.id for entry in page]
            if len(seen) == 100:
                await happen(history, incident, range(100, 250))
                await relief(history).work()
                await asyncio.sleep(0.1)
            if len(seen) == 250:
                break
    assert seen == [f"{NOON_MS + second * 1_000}-0" for second in range(250)]


async def test_a_units_way_goes_back_into_the_archive(history: History, incident: Make) -> None:
    await relief(history).work()
    await happen(history, incident, range(100, 200))
    await relief(history).work()
    found = await track(history, "u1", NOON_MS + 20_000)
    way = [second for second in range(20, 200) if second % 3 == 1 and second % 10]
    assert [place["observed_ms"] - NOON_MS for place in found.positions] == [second * 1_000 for second in way]
    assert found.complete
    cut = await track(history, "u1", NOON_MS + 20_000, most_bytes=1)
    assert not cut.complete
    assert cut.positions == found.positions[-len(cut.positions) :]


async def test_a_backup_holds_the_parts_and_nothing_newer_than_itself(
    history: History, incident: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await relief(history).work()
    before, hash_before = await all_raw(history), await shown(history)
    replayed = replay

    async def busy(*given: object) -> object:
        """While the backup is being made, a day's next part is written."""
        await happen(history, incident, range(100, 200))
        await relief(history).work()
        return await replayed(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("feeds.backup.replay", busy)
    made = await back_up(history, tmp_path / "b.zip", {"archive": tmp_path / "archive"})
    monkeypatch.undo()
    assert made.state_hash == hash_before
    assert [path.name for path in tmp_path.iterdir() if "held" in path.name] == []
    with EmbeddedServer(tmp_path / "clean") as url:
        log = EventLog.open(url)
        clean = History(log, Archive(tmp_path / "clean-archive"))
        await restore(tmp_path / "b.zip", clean, {"archive": tmp_path / "clean-archive"})
        assert (await all_raw(clean), await shown(clean)) == (before, hash_before)
        await log.close()


async def test_an_unfinished_part_leaves_nothing(
    history: History, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr("feeds.archive_file._settle", broken)
    with pytest.raises(OSError, match="no space"):
        await relief(history).work()
    assert archive.files() == []
    assert len(await history.log.read_raw(count=1_000)) == 100
    monkeypatch.undo()
    assert await relief(history).work() > 0
    assert list(archive.directory.glob("*.growing")) == []


async def test_the_day_changes_while_it_is_busy(history: History, archive: Archive, incident: Make) -> None:
    midnight = DAY_MS // 2 // 1_000
    await happen(history, incident, range(midnight - 50, midnight + 50))
    await relief(history).work()
    await relief(history).work()
    assert [(part.day, part.entries) for _, part in archive.files()] == [
        (str(DAY), 150),
        (str(DAY + timedelta(days=1)), 50),
    ]
    assert len(await all_raw(history)) == 200
