"""`siger import boundaries --relocate`: past incidents get the areas of the boundaries in force, as new events.

An import alone changes no past incident. This writes one correction for each incident whose point now lies in
another area; said twice, it finds nothing to correct the second time.
"""

import asyncio

import click

from dashboard.cli.store import log_url
from dashboard.settings import Settings
from feeds.archive import Archive
from feeds.clock import now_ms
from feeds.events import Correction, IncidentActed
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.incident import Incident
from feeds.log import EventLog
from feeds.log_errors import LogError
from feeds.picture import Picture
from feeds.taxonomy import load as load_taxonomy
from geo.areas import Areas, load
from geo.boundaries.compare import Located, Relocation, relocations
from geo.locate import locator_of

SOURCE = "siger:boundaries"
BATCH = 500


def relocate(settings: Settings, areas: Areas | None = None) -> int:
    """Writes the corrections and returns how many incidents changed their areas."""
    try:
        with log_url(settings) as url:
            return asyncio.run(_relocate(settings, url, areas or load(settings.data_dir)))
    except LogError as error:
        raise click.ClickException(f"the incidents could not be relocated: {error}") from error


async def _relocate(settings: Settings, url: str, areas: Areas) -> int:
    log = EventLog.open(url, prefix=settings.log_prefix)
    try:
        picture = await _picture(settings, log)
        moved = relocations(_located(picture), locator_of(areas))
        events = [correction(relocation, areas.version, now_ms()) for relocation in moved]
        for start in range(0, len(events), BATCH):
            await log.append(events[start : start + BATCH])
        return len(events)
    finally:
        await log.close()


async def _picture(settings: Settings, log: EventLog) -> Picture:
    history = History(log, Archive(settings.archive_dir))
    return await FastStart(history, load_taxonomy(settings.taxonomy)).picture_up_to()


def _located(picture: Picture) -> list[Located]:
    return [_place_of(incident) for incident in picture.incidents.values() if incident.report.located == "point"]


def _place_of(incident: Incident) -> Located:
    report = incident.report
    return Located(incident.id, report.lon, report.lat, report.regency, report.district)


def correction(relocation: Relocation, version: str, at_ms: int) -> IncidentActed:
    """The event that gives an incident the areas of the boundaries `version`."""
    place = relocation.after
    fields = {name: getattr(place, name, None) for name in ("regency", "district", "polres", "kodim")}
    return IncidentActed(
        at_ms=at_ms,
        received_ms=at_ms,
        source=SOURCE,
        incident=relocation.incident,
        action="correct",
        note=f"Wilayah dihitung ulang dengan batas {version}",
        correction=Correction(**fields),
    )
