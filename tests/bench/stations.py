"""Puts the demonstration's polling stations into a Siger as an operator would: one table, `siger import tps`."""

import csv
import os
import subprocess

from feeds.scenario.stations import simulated_lists
from geo.areas import bundled
from geo.locate import Locator
from geo.villages import bundled as villages
from tests.browser.conftest import SIGER, Siger

OWNED = ("--owner", "SIMULASI", "--date", "2024-09-18")


def list_stations(siger: Siger) -> int:
    """Imports them; answers how many there are."""
    rows = [
        (tps.village_code, tps.number, tps.voters, (tps.klass or "").replace("_", " "), tps.lon, tps.lat)
        for event in simulated_lists(bundled(), villages(), Locator(bundled()), at_ms=0)
        for tps in event.stations
    ]
    path = siger.data_dir / "tps.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("Kode desa", "No TPS", "DPT", "Kategori", "lon", "lat"), *rows])
    command = [*SIGER, "import", "tps", str(path), "--demo", *OWNED]
    subprocess.run(
        command, env={**os.environ, "SIGER_DATA_DIR": str(siger.data_dir)}, check=True, capture_output=True
    )
    return len(rows)
