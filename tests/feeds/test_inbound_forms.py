"""Tables as forms export them: KoboToolbox, ODK Central, and places in degrees however they are written."""

from pathlib import Path

import orjson
import pytest

from feeds.inbound.columns import Columns, incident_of
from feeds.inbound.sheets import rows_of
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled as areas
from tests.feeds.table_files import HEADER, LINE, a_csv, incidents


def test_kobotoolbox_and_odk_exports(tmp_path: Path) -> None:
    kobo = {
        "count": 1,
        "next": None,
        "results": [
            {
                "_id": 17,
                "_uuid": "8f2c",
                "_submission_time": "2024-11-27T07:05:00",
                "_geolocation": [-5.4, 105.2],
                "laporan/kategori": "laka_lantas",
                "laporan/uraian": "dua motor",
                "_attachments": [],
            }
        ],
    }
    path = tmp_path / "kobo.json"
    path.write_bytes(orjson.dumps(kobo))
    (incident,) = incidents(path)
    assert (incident["external_id"], incident["occurred_at"]) == ("8f2c", "2024-11-27T07:05:00.000Z")
    assert (incident["lon"], incident["lat"], incident["category"]) == (105.2, -5.4, "laka_lantas")
    odk = {
        "value": [
            {
                "__id": "uuid:1",
                "__system": {"submissionDate": "2024-11-27T07:05:00.000Z"},
                "kejadian": "tawuran",
                "tkp": {"type": "Point", "coordinates": [105.3, -5.3, 0]},
            }
        ]
    }
    path.write_bytes(orjson.dumps(odk))
    (incident,) = incidents(path)
    assert (incident["lon"], incident["category"]) == (105.3, "tawuran")
    assert incident["occurred_at"] == "2024-11-27T07:05:00.000Z"


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        (["Lintang", "Bujur"], ["-5,49", "104,62"]),
        (["Lintang", "Bujur"], ["5.49 LS", "104.62 BT"]),
        (["Lintang", "Bujur"], ["5°29'24\" LS", "104°37’12” BT"]),
        (["Koordinat"], ["-5.49, 104.62"]),
        (["Titik koordinat"], ["104.62 -5.49"]),
        (["lokasi/titik"], ["-5.49 104.62 12.5 4.8"]),
        (["lokasi-titik-Latitude", "lokasi-titik-Longitude"], ["-5.49", "104.62"]),
        (["_Lokasi kejadian_latitude", "_Lokasi kejadian_longitude"], ["-5.49", "104.62"]),
    ],
)
def test_a_place_in_degrees_however_it_is_written(tmp_path: Path, columns: list[str], cells: list[str]) -> None:
    quoted = [f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells]
    (incident,) = incidents(a_csv(tmp_path, [*HEADER[:3], *columns, "jenis"], ["1", *LINE[1:3], *quoted, "curat"]))
    assert (incident["lat"], incident["lon"]) == (pytest.approx(-5.49), pytest.approx(104.62))


def test_odk_centrals_table_and_a_kobo_form_with_unanswered_questions(tmp_path: Path) -> None:
    odk = ["SubmissionDate", "kejadian-tanggal", "kejadian-jenis", "lokasi-kecamatan", "lokasi-kabupaten", "KEY"]
    line = ["2024-11-28T01:00:00.000Z", "2024-11-27", "banjir", "kota_agung", "tanggamus", "uuid:1"]
    (incident,) = incidents(a_csv(tmp_path, odk, line))
    told = (incident["occurred_at"], incident["area"], incident["external_id"])
    assert told == ("2024-11-26T17:00:00.000Z", "180601", "uuid:1")
    answers = [
        {
            "_uuid": "1",
            "tanggal": "2024-11-27",
            "jenis": "banjir",
            "kecamatan": "Sukadana",
            "_geolocation": [None, None],
        },
        {
            "_uuid": "2",
            "tanggal": "2024-11-27",
            "jenis": "banjir",
            "_geolocation": [-5.49, 104.62],
            "uraian": "air naik",
        },
    ]
    path = tmp_path / "kobo.json"
    path.write_bytes(orjson.dumps({"results": answers}))
    first, second = (
        incident_of(row.cells, columns, areas(), taxonomy())
        for columns in [Columns.guess(next(rows_of(path)).cells)]
        for row in rows_of(path)
    )
    assert (first["area"], second["lat"], second["description"]) == ("180701", -5.49, "air naik")
