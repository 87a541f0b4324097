"""`siger import boundaries --relocate`: past incidents keep their areas until it is said, then change by events."""

import asyncio
from pathlib import Path

from click.testing import CliRunner
from shapely import affinity

from dashboard.cli import main
from dashboard.cli.relocate import relocate
from dashboard.settings import Settings
from feeds.embedded import EmbeddedServer
from feeds.events import IncidentReported
from feeds.log import EventLog
from feeds.picture import Picture
from geo.areas import Area, Areas, bundled
from tests.feeds.test_picture import K1, reported


def shifted() -> Areas:
    """The bundled regencies, each moved east by half a degree: most points lie in another one then."""
    moved = [
        Area(
            code=area.code,
            level="regency",
            name=area.name,
            parent="18",
            regencies=(area.code,),
            geometry=affinity.translate(area.geometry, 0.5),
            label=(area.label[0] + 0.5, area.label[1]),
        )
        for area in bundled().at("regency")
    ]
    return Areas(moved, source="test", licence="test")


async def store(url: str, event: IncidentReported) -> None:
    log = EventLog.open(url)
    await log.append([event])
    await log.close()


async def shown(url: str) -> Picture:
    log, picture = EventLog.open(url), Picture()
    for entry in await log.read():
        picture.apply(entry.id, entry.event)  # type: ignore[arg-type]  # all readable here
    await log.close()
    return picture


def test_relocation_is_a_correction_and_said_twice_changes_nothing_more(tmp_path: Path) -> None:
    settings = Settings(mode="serve", data_dir=tmp_path)
    settings.store_dir.mkdir(parents=True)
    with EmbeddedServer(settings.store_dir) as url:
        asyncio.run(store(url, reported(district="187101")))
        assert relocate(settings, bundled()) == 1  # the district was made up
        assert relocate(settings, shifted()) == 1
        assert relocate(settings, shifted()) == 0
        picture = asyncio.run(shown(url))
    incident = picture.incidents[K1]
    assert incident.report.regency not in (None, "1871")
    assert incident.status == "baru"
    assert [event.kind for _, event in picture.history(K1)] == ["incident.report"] + ["incident.action"] * 2


def test_the_command_starts_the_store_for_itself(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["import", "boundaries", "--relocate"], env={"SIGER_DATA_DIR": str(tmp_path)})
    assert done.exit_code == 0, done.output
    assert "0 past incidents" in done.output
