"""A day's incident reports as GeoParquet: as they came in, one row a report, for QGIS and data tools.

What was done about them later stands in the day's own archive file; this table is for maps and counts.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from feeds.apart import run_apart
from feeds.events import IncidentReported
from feeds.log_entry import RawEntry, read_entry

_COLUMNS = (
    "incident", "external_id", "source", "category", "severity", "title", "description", "located", "regency",
    "district", "polres", "kodim", "agency", "reporter_unit", "crowd", "crowd_state", "sensitivity", "simulated",
)  # fmt: skip


def write_incidents(path: Path, entries: Iterable[RawEntry]) -> int:
    """Writes the readable reports among `entries`, verified by reading back; how many."""
    import geopandas as gpd  # a second and 60 MB, of which nobody else has need

    rows = [_row(raw.id, event) for raw in entries if isinstance(event := read_entry(raw).event, IncidentReported)]
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    names = ["event_id", "occurred_at", "received_at", *_COLUMNS]
    points = gpd.points_from_xy([row.pop("lon") for row in rows], [row.pop("lat") for row in rows], crs="EPSG:4326")
    table = gpd.GeoDataFrame({name: [row[name] for row in rows] for name in names}, geometry=points)
    for name in ("occurred_at", "received_at"):
        table[name] = table[name].astype("datetime64[ms, UTC]")
    growing = path.with_suffix(".growing")
    table.to_parquet(growing, compression="zstd")
    found = len(gpd.read_parquet(growing))
    if found != len(rows):
        raise OSError(f"{growing}: {len(rows)} reports were written, {found} read back")
    growing.replace(path)
    return len(rows)


async def write_incidents_apart(path: Path, entries: Iterable[RawEntry]) -> None:
    """As `write_incidents`, in a process of its own: the libraries take 60 MB, which a server would keep."""
    reports = [[raw.id, {_text(name): _text(word) for name, word in raw.fields.items()}] for raw in entries]
    await run_apart(__name__, {"path": str(path), "reports": reports})


def _text(word: bytes) -> str:
    return word.decode("latin-1")  # any bytes, and back


def main() -> None:
    """Writes the table that is told on standard input."""
    told = json.load(sys.stdin)
    entries = [
        RawEntry(id, {name.encode("latin-1"): word.encode("latin-1") for name, word in fields.items()})
        for id, fields in told["reports"]
    ]
    write_incidents(Path(told["path"]), entries)


def _row(id: str, event: IncidentReported) -> dict[str, Any]:
    times = {"occurred_at": event.at_ms, "received_at": event.received_ms}
    place = {"lon": event.lon, "lat": event.lat}
    return {"event_id": id, **times, **place, **{name: getattr(event, name) for name in _COLUMNS}}


if __name__ == "__main__":
    main()
