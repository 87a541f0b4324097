"""Input that nobody here wrote, published as an operator would: BMKG's catalogue, and GPX tracks of real receivers.

The files are not part of the repository (see their licences); without them these tests are skipped. The tracks come
from Istria and the Slovenian Karst: they are moved rigidly to Lampung, which keeps every speed and gap as recorded.
"""

import asyncio
from collections import Counter
from itertools import pairwise
from pathlib import Path

import gpxpy
import pytest
from click.testing import CliRunner, Result
from gpxpy.gpx import GPXTrackPoint

from dashboard.cli.publish import publish
from feeds.embedded import EmbeddedServer
from feeds.events import PositionsObserved, UnitPosition
from feeds.log import EventLog, Unreadable
from feeds.picture import Picture
from geo.areas import bundled
from geo.measure import great_circle_m

DATA = Path(__file__).parents[3] / "shared" / "data"
QUAKES = DATA / "quakes-bmkg-2021-2022" / "katalog_gempa.csv"
TRACKS = DATA / "tracks-gpx-nmea-samples"
BOX = "103.3,-6.3,106.4,-3.4"

#: Track points with a usable time, and without one. Mojstrovka's recorder thought that it was 1901.
POINTS = {
    "around-visnjan-with-car.gpx": (104, 0),
    "cerknicko-jezero.gpx": (296, 0),
    "korita-zbevnica.gpx": (513, 358),
    "Mojstrovka.gpx": (0, 184),
}
PRINGSEWU = "104.97,-5.36"


def needs(path: Path) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not path.exists(), reason=f"real data is not here: {path.name}")


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("SIGER_REDIS_URL", raising=False)
    return tmp_path / "real"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(publish, [*arguments], catch_exceptions=False)


MOVED = ("--unit", "uji-1", "--move-to", PRINGSEWU, "--begin", "2026-11-01T07:00:00+07:00")


def stored(data_dir: Path) -> tuple[Picture, list[UnitPosition]]:
    """The picture that the log in `data_dir` gives, and every position in it."""
    with EmbeddedServer(data_dir) as url:
        return asyncio.run(_read(url, "siger-demo" if data_dir.name == "demo" else "siger"))


async def _read(url: str, prefix: str) -> tuple[Picture, list[UnitPosition]]:
    picture, positions, log = Picture(), list[UnitPosition](), EventLog.open(url, prefix=prefix)
    for entry in await log.read(count=10_000):
        assert not isinstance(entry.event, Unreadable)
        picture.apply(entry.id, entry.event)
        if isinstance(entry.event, PositionsObserved):
            positions += entry.event.positions
    await log.close()
    return picture, positions


@needs(QUAKES)
def test_the_catalogue_s_487_rows_near_lampung_are_473_incidents_and_14_duplicates(data_dir: Path) -> None:
    arguments = ("--format", "bmkg", "--within", BOX, str(QUAKES))
    first, again = run(*arguments), run(*arguments)
    assert first.stdout == "accepted 473, duplicate 14, refused 0, skipped 18741\n"
    assert again.stdout == "accepted 0, duplicate 487, refused 0, skipped 18741\n"
    picture, _ = stored(data_dir)
    reports = [incident.report for incident in picture.incidents.values()]
    assert len(reports) == 473
    assert {(report.source, report.category, report.located) for report in reports} == {("bmkg", "gempa", "point")}
    # Most of them are at sea: those beyond the territorial waters belong to no regency, and are kept all the same.
    regencies = Counter(report.regency for report in reports)
    assert {None, "1813", "1806"} <= set(regencies)
    assert regencies[None] > 100
    severities = Counter(report.severity for report in reports)
    assert set(severities) == {1, 2, 3, 4}
    assert severities[1] > severities[2] > severities[3] > severities[4]


@needs(QUAKES)
def test_rows_beyond_the_province_and_its_margin_are_refused_line_by_line(data_dir: Path, tmp_path: Path) -> None:
    some = tmp_path / "some.csv"
    some.write_bytes(b"".join(QUAKES.read_bytes().splitlines(keepends=True)[:21]))
    result = run("--format", "bmkg", str(some))
    *refused, counts = result.stdout.splitlines()
    assert result.exit_code == 1
    assert all(line.startswith("line ") and "outside Lampung" in line for line in refused)
    assert counts == f"accepted {20 - len(refused)}, duplicate 0, refused {len(refused)}"


@needs(TRACKS)
@pytest.mark.parametrize("name", POINTS)
def test_a_real_track_moved_to_lampung_keeps_its_speeds_and_gaps(data_dir: Path, name: str) -> None:
    usable, without_time = POINTS[name]
    result = run("--demo", *MOVED, str(TRACKS / name))
    assert result.stdout.splitlines()[-1] == f"accepted {usable}, duplicate 0, refused {without_time}"
    assert result.exit_code == (1 if without_time else 0)
    picture, positions = stored(data_dir.parent / "demo")
    recorded = [point for point in _points(TRACKS / name) if point.time and point.time.year > 2000]
    assert len(positions) == len(recorded) == usable
    if not usable:
        assert picture.units == {}
        return
    assert picture.units["uji-1"].simulated
    west, south, east, north = bundled().get("18").geometry.bounds
    assert all(west <= position["lon"] <= east and south <= position["lat"] <= north for position in positions)
    for before, after in zip(pairwise(recorded), pairwise(positions), strict=True):
        gap_ms = (before[1].time - before[0].time).total_seconds() * 1000  # type: ignore[operator]
        assert after[1]["observed_ms"] - after[0]["observed_ms"] == pytest.approx(gap_ms, abs=1)
        # Positions are kept to 1e-6 degrees, which is up to 0.11 m at each end.
        assert _metres(after) == pytest.approx(_recorded_metres(before), abs=0.35, rel=1e-4)


@needs(TRACKS)
def test_a_moved_track_is_no_observation_so_the_real_store_refuses_it(data_dir: Path) -> None:
    usable, _ = POINTS["around-visnjan-with-car.gpx"]
    result = run(*MOVED, str(TRACKS / "around-visnjan-with-car.gpx"))
    assert result.stdout.splitlines()[-1] == f"accepted 0, duplicate 0, refused {usable}"
    assert "siger demo" in result.stdout
    assert result.exit_code == 1
    assert stored(data_dir)[1] == []


def _points(path: Path) -> list[GPXTrackPoint]:
    """The file's track points as gpxpy reads them, which is not how Siger does."""
    with path.open(encoding="utf-8") as file:
        track = gpxpy.parse(file)
    return [point for part in track.tracks for segment in part.segments for point in segment.points]


def _recorded_metres(pair: tuple[GPXTrackPoint, GPXTrackPoint]) -> float:
    one, two = pair
    return float(great_circle_m(one.longitude, one.latitude, two.longitude, two.latitude))


def _metres(pair: tuple[UnitPosition, UnitPosition]) -> float:
    one, two = pair
    return float(great_circle_m(one["lon"], one["lat"], two["lon"], two["lat"]))
