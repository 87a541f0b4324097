"""Archive and log as one: days are moved, verified and trimmed, and no reader notices; nor does a replay."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
from redis.typing import EncodableT, FieldT

from feeds.archive import Archive, ArchiveError, read_file
from feeds.archivist import Archivist
from feeds.day import DAY_MS, day_of, starts_ms
from feeds.events import (
    IncidentActed,
    IncidentReported,
    LevelChanged,
    LevelOverridden,
    NothingToReport,
    PositionsObserved,
    UnitPosition,
)
from feeds.fast_start import FastStart
from feeds.history import History, HistoryError
from feeds.incident_table import write_incidents_apart
from feeds.log import EventLog
from feeds.log_entry import RawEntry, place
from feeds.picture import Picture, Source
from feeds.replay import StateHashes, apply_all, moment_id, replay
from feeds.retention import Rule, apply_rules
from feeds.snapshot import SnapshotRefused, dump, load
from feeds.unit import Unit
from tests.feeds.tables import write_here

Make = Callable[..., IncidentReported]
#: Five days ago relative to the clock that the tests hand in.
FIRST = date(2024, 11, 25)
NOW_MS = starts_ms(FIRST) + 5 * DAY_MS + 3_600_000


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
async def history(log: EventLog, archive: Archive, incident: Make) -> History:
    """Five closed days of twenty entries each and one still open, some of them poisoned or foreign."""
    for day in range(6):
        for number in range(20):
            at_ms = starts_ms(FIRST) + day * DAY_MS + number * 60_000
            event = incident(day * 100 + number, at_ms=at_ms, received_ms=at_ms)
            moved = moved_to(105 + number / 100, at_ms)
            kept = event if number % 2 else moved
            fields: dict[FieldT, EncodableT] = {"k": kept.kind, "v": str(kept.version), "d": kept.encode()}
            if number == 7:
                fields = {"something": "else", b"\xff": b"\0\xfe"}
            await log.redis.xadd(log.key("log"), fields, id=f"{at_ms}-{number % 3}")
    return History(log, archive)


def moved_to(lon: float, at_ms: int) -> PositionsObserved:
    position = UnitPosition(unit="u1", observed_ms=at_ms, lon=lon, lat=-5.0, callsign="Elang 1", battery_pct=50)
    return PositionsObserved(at_ms=at_ms, received_ms=at_ms, source="gps", positions=(position,))


def archivist(history: History, **options: object) -> Archivist:
    assert history.archive is not None
    found = {"clock": lambda: NOW_MS, "write_table": write_here} | options
    return Archivist(history, history.archive, **found)  # type: ignore[arg-type]


async def all_raw(history: History, after: str = "0-0") -> list[RawEntry]:
    return [raw async for page in history.raw(after) for raw in page]


async def replayed(history: History, picture: Picture | None = None) -> Picture:
    return (await replay(history, picture or Picture(), moment_id(2**62))).picture


def test_a_day_is_lampungs_day() -> None:
    assert day_of(starts_ms(FIRST)) == FIRST
    assert day_of(starts_ms(FIRST) - 1) == FIRST - timedelta(days=1)
    assert starts_ms(date(1970, 1, 2)) == 17 * 3_600_000


async def test_closed_days_move_to_the_archive_and_no_reader_notices(history: History, archive: Archive) -> None:
    before = await all_raw(history)
    hash_before = (await replayed(history)).state_hash()
    days = await archivist(history).work()
    assert [day.day for day in days] == [str(FIRST + timedelta(days=n)) for n in range(5)]
    assert sum(day.entries for day in days) == 100
    assert len(await history.log.read_raw(count=1000)) == 60, "two closed days and the open one stay in the log"
    assert await all_raw(history) == before
    assert await all_raw(history, before[33].id) == before[34:]
    assert (await replayed(history)).state_hash() == hash_before
    assert await archivist(history).work() == []


async def test_following_starts_in_the_archive_and_goes_on_in_the_log(history: History, incident: Make) -> None:
    await archivist(history).work()
    seen: list[str] = []

    async def follow() -> None:
        async for page in history.follow():
            seen.extend(entry.id for entry in page)
            if len(seen) == 121:
                return

    follower = asyncio.create_task(follow())
    await asyncio.sleep(0.2)
    newest = (await history.log.append([incident(9999)]))[0].id
    await asyncio.wait_for(follower, 15)
    assert seen[-1] == newest
    assert seen == sorted(seen, key=place)
    assert len(set(seen)) == 121


async def test_incidents_are_kept_as_geoparquet(history: History, archive: Archive) -> None:
    await archivist(history, write_table=write_incidents_apart).archive_closed()
    table = gpd.read_parquet(archive.directory / "incidents" / f"{FIRST}.parquet")
    assert len(table) == 9
    assert table.crs.to_epsg() == 4326
    assert {round(point.x, 2) for point in table.geometry} == {105.26}
    assert table["occurred_at"].dt.tz is not None
    assert set(table["category"]) == {"curas"}


async def test_a_day_that_does_not_read_back_the_same_is_not_archived(
    history: History, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.archive_file.read_file", lambda path, after="0-0": list(read_file(path, after))[:-1])
    with pytest.raises(ArchiveError, match="not the same"):
        await archivist(history).work()
    assert archive.days() == []
    assert len(await history.log.read_raw(count=1000)) == 120
    assert list(archive.directory.glob("*.growing")) == []


async def test_the_log_is_not_trimmed_beyond_the_archive(history: History) -> None:
    entries = await all_raw(history)
    with pytest.raises(HistoryError, match="does not hold it"):
        await history.trim(entries[50].id)
    assert len(await all_raw(history)) == 120


async def test_a_missing_archive_is_said_and_not_skipped(history: History, archive: Archive) -> None:
    await archivist(history).work()
    with pytest.raises(HistoryError, match="no archive directory"):
        await all_raw(History(history.log))
    for day in (1, 4, 3, 2):
        archive.path(FIRST + timedelta(days=day)).unlink()
        if day != 4:
            with pytest.raises(HistoryError, match="are missing from"):
                await all_raw(history)


async def test_a_foreign_file_in_the_archive_is_refused(archive: Archive) -> None:
    archive.directory.mkdir()
    gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([1], [1])).to_parquet(archive.path(FIRST))
    with pytest.raises(ArchiveError, match="not a file of Siger"):
        archive.days()


async def test_the_picture_of_a_past_moment_has_the_hash_recorded_then(history: History) -> None:
    live = Picture()
    hashes = StateHashes(history.log)
    moments: list[tuple[int, str]] = []
    async for page in history.entries():
        for entry in page:
            apply_all(live, [entry])
        await hashes.record(live)
        await hashes.record(live)
        moments.append((place(live.last_id)[0], live.state_hash()))
    await archivist(history).work()
    assert len(moments) == 3
    for at_ms, shown in moments:
        recorded = await hashes.last(moment_id(at_ms))
        result = await replay(history, Picture(), moment_id(at_ms), recorded)
        assert result.agrees is True
        assert result.picture.state_hash() == shown
        assert result.unreadable > 0
    earlier = await replay(history, Picture(), moment_id(moments[0][0] - 1))
    assert earlier.picture.state_hash() != moments[0][1]
    assert earlier.agrees is None


async def test_a_snapshot_and_the_rest_make_the_same_picture_as_the_whole(history: History, incident: Make) -> None:
    told: dict[str, Any] = {"at_ms": NOW_MS, "received_ms": NOW_MS, "source": "tests"}
    await history.log.append(
        [
            IncidentActed(**told, incident="K_unreported", action="verify"),
            IncidentActed(**told, incident=incident(1).incident, action="verify", note="benar"),
            LevelChanged(**told, area="1871", level=2, score=31.5, since_ms=NOW_MS),
            LevelOverridden(**told, area="1871", level=3, until_ms=NOW_MS + 1, why="uji"),
            NothingToReport(**told, area="1806", since_ms=NOW_MS),
        ]
    )
    start = FastStart(history)
    assert await start.renew()
    assert not await start.renew()
    await history.log.append([incident(5000), moved_to(104.5, NOW_MS)])
    resumed = await replayed(history, await start.picture())
    whole = await replayed(history)
    assert resumed.state_hash() == whole.state_hash()
    # All of it, also what no hash covers: a part added to the picture later must be added to snapshots too.
    assert vars(resumed) == vars(whole)


async def test_a_snapshot_that_is_not_the_truth_is_not_used(
    history: History, caplog: pytest.LogCaptureFixture
) -> None:
    start = FastStart(history)
    await start.renew()
    key = history.log.key("snapshot")
    data = await history.log.redis.get(key)
    assert isinstance(data, bytes)
    for damaged in (b"", data[:-9], data[:40] + b"\0" + data[41:], b"siger-snapshot-0\n" + data[17:]):
        await history.log.redis.set(key, damaged)
        assert (await start.picture()).last_id == "0-0"
    assert "the whole log is read" in caplog.text


async def test_no_snapshot_is_kept_that_disagrees_with_what_was_shown(history: History) -> None:
    entries = await all_raw(history)
    await history.log.redis.xadd(history.log.key("hashes"), {"h": "0" * 16}, id=entries[-1].id)
    assert not await FastStart(history).renew()
    assert await history.log.redis.get(history.log.key("snapshot")) is None


def test_a_snapshot_survives_its_own_round_trip_and_refuses_another_picture() -> None:
    picture = Picture()
    picture.apply("5-0", moved_to(105.0, 5))
    data = dump(picture)
    assert load(data).units == picture.units
    picture.apply("6-0", moved_to(106.0, 6))
    with pytest.raises(SnapshotRefused):
        load(dump(picture)[:-1])


async def test_a_snapshot_that_would_leave_something_out_is_not_kept(
    history: History, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = Picture.resume

    def forgetful(picture: Picture, last_id: str, units: Iterable[Unit], sources: Mapping[str, Source]) -> None:
        whole(picture, last_id, units, {})

    monkeypatch.setattr(Picture, "resume", forgetful)
    assert not await FastStart(history).renew()
    assert "would not hold the picture's sources" in caplog.text
    assert await history.log.redis.exists(history.log.key("snapshot")) == 0


async def test_nothing_is_purged_without_a_rule_and_a_reason(history: History, archive: Archive) -> None:
    await archivist(history).work()
    assert apply_rules(archive, [], FIRST + timedelta(days=900)) == []
    with pytest.raises(ValueError, match="needs a reason"):
        Rule("unit.positions", 90, " ")


async def test_a_purge_takes_one_kind_and_says_so_for_ever(history: History, archive: Archive) -> None:
    await archivist(history).work()
    before = await all_raw(history)
    rule = Rule("unit.positions", 3, "PDP: jejak petugas tidak disimpan lebih lama")
    changed = apply_rules(archive, [rule], FIRST + timedelta(days=5))
    assert [day.day for day in changed] == [str(FIRST), str(FIRST + timedelta(days=1))]
    assert "10 entries purged" in changed[0].purged[0]
    assert "PDP" in archive.days()[0].purged[0]
    assert apply_rules(archive, [rule], FIRST + timedelta(days=5)) == []
    after = await all_raw(history)
    assert [raw for raw in before if raw in after] == after
    assert len(after) == len(before) - 20
    assert pq.ParquetFile(archive.path(FIRST)).metadata.num_rows == 10


async def test_a_day_purged_of_all_it_held_still_leads_into_the_next(history: History, archive: Archive) -> None:
    await archivist(history).work()
    kinds = (b"incident.report", b"unit.positions")
    before = await all_raw(history)
    apply_rules(archive, [Rule(kind.decode(), 1, "uji") for kind in kinds], FIRST + timedelta(days=3))
    kept = [raw for raw in before if place(raw.id)[0] >= starts_ms(FIRST + timedelta(days=2))]
    strangers = [raw for raw in before if raw not in kept and raw.fields.get(b"k") not in kinds]
    assert await all_raw(history) == strangers + kept
    assert await all_raw(history, before[39].id) == kept
