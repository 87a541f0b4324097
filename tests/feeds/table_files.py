"""Tables for the tests of reading them."""

from pathlib import Path

from feeds.inbound.columns import Columns, incident_of
from feeds.inbound.reading import Json
from feeds.inbound.sheets import rows_of
from feeds.inputs import IncidentIn
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled as areas

HEADER = ["No", "Tanggal", "Jam", "Kecamatan", "Kabupaten", "Jenis Kejadian", "Uraian", "MD", "LB", "LR"]


LINE = ["7", "27/11/2024", "14.05", "Sukadana", "Lampung Timur", "Unjuk rasa", "di depan kantor", "", "1", "12"]


def incidents(path: Path, given: dict[str, str] | None = None) -> list[Json]:
    found = []
    for row in rows_of(path):
        incident = incident_of(row.cells, Columns.guess(row.cells, given), areas(), taxonomy())
        IncidentIn.model_validate(incident)
        found.append(incident)
    return found


def a_csv(tmp_path: Path, *lines: list[str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path = tmp_path / "lap.csv"
    path.write_text("\n".join(delimiter.join(line) for line in lines), encoding=encoding)
    return path
