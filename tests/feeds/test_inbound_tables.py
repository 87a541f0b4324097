"""Spreadsheets and exports in: the header in the field's own words, times and places as people write them."""

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.inbound.columns import Columns, incident_of
from feeds.inbound.reading import NotUnderstood
from feeds.inbound.sheets import MOST_UNPACKED_BYTES, TableError, rows_of
from feeds.inbound.times import moment
from feeds.outbound.tables import csv_lines, harmless, unguarded
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled as areas
from tests.feeds.table_files import HEADER, LINE, a_csv, incidents


@pytest.mark.parametrize("above", ["sep=;", "LAPORAN GANGGUAN KAMTIBMAS;;;\nPOLRES LAMPUNG TIMUR\n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_lines_above_the_header_are_a_title(tmp_path: Path, above: str, encoding: str) -> None:
    path = tmp_path / "lap.csv"
    path.write_text("\n".join((above, ";".join(HEADER), ";".join(LINE))), encoding=encoding)
    (incident,) = incidents(path)
    assert (incident["external_id"], incident["area"]) == ("7", "180701")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_in_the_words_of_the_field(tmp_path: Path, delimiter: str, encoding: str) -> None:
    line = [*LINE[:6], "Café", *LINE[7:]]
    (incident,) = incidents(a_csv(tmp_path, HEADER, line, delimiter=delimiter, encoding=encoding))
    assert incident == {
        "external_id": "7",
        "occurred_at": "2024-11-27T07:05:00.000Z",
        "category": "unjuk_rasa",
        "severity": 3,
        "title": "Unjuk rasa di Sukadana",
        "description": "Café",
        "area": "180701",
        "victims": {"badly_hurt": 1, "hurt": 12},
    }


def test_a_workbook_with_real_dates_and_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append([])
    page.append(["Waktu", "Kategori", "Lintang", "Bujur", "Judul", "Jumlah Massa", "Status Massa"])
    page.append([dt.datetime(2024, 11, 27, 14, 5), "unras", "-5,43", 105.26, "=1+1", 200, "Kuning"])
    page.append([dt.datetime(2024, 11, 27, 14, 6), "laka lantas", -5.4, 105.2, "Tabrakan", None, None])
    path = tmp_path / "lap.xlsx"
    book.save(path)
    rows = list(rows_of(path))
    assert [row.number for row in rows] == [3, 4]
    assert rows[0].cells["Judul"] is None, "a formula without a stored result says nothing; it is never run"
    first, second = incidents(path)
    assert (first["lon"], first["lat"], first["crowd"], first["crowd_state"]) == (105.26, -5.43, 200, "kuning")
    assert first["occurred_at"] == "2024-11-27T07:05:00.000Z"
    assert second["title"] == "Tabrakan"


def test_columns_may_be_named_by_hand(tmp_path: Path) -> None:
    path = a_csv(tmp_path, ["kapan", "apa", "x", "y"], ["2024-11-27T14:05:00+07:00", "banjir", "105.2", "-5.4"])
    (incident,) = incidents(path, {"occurred_at": "kapan", "category": "apa"})
    assert (incident["category"], incident["lon"]) == ("banjir", 105.2)
    with pytest.raises(NotUnderstood, match="no such column"):
        incidents(path, {"category": "nichts"})
    with pytest.raises(NotUnderstood, match="not a field"):
        incidents(path, {"nichts": "apa"})


def test_geojson_features(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    ring = [[105.0, -5.0], [105.2, -5.0], [105.2, -5.2], [105.0, -5.0]]
    features = [
        {
            "type": "Feature",
            "geometry": geometry,
            "properties": {"category": "banjir", "occurred_at": "2024-11-27", "id": n},
        }
        for n, geometry in enumerate(
            [{"type": "Point", "coordinates": [105.2, -5.4]}, {"type": "Polygon", "coordinates": [ring]}]
        )
    ]
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    point, polygon = incidents(path)
    assert (point["lon"], point["lat"], point["external_id"]) == (105.2, -5.4, "0")
    assert 105 < polygon["lon"] < 105.2


@pytest.mark.parametrize("cell", ["±200 orang", "200", "sekitar 200", "200 org", "lk. 200 massa"])
def test_a_crowd_as_people_write_it(tmp_path: Path, cell: str) -> None:
    (incident,) = incidents(a_csv(tmp_path, [*HEADER, "Massa"], [*LINE, cell]))
    assert incident["crowd"] == 200


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        ("27/11/2024 14.05", None, "2024-11-27T07:05"),
        ("27-11-2024 14:05 WIB", None, "2024-11-27T07:05"),
        ("27 November 2024 pukul 14.05", None, "2024-11-27T07:05"),
        ("27 Nov 2024", "14:05:00", "2024-11-27T07:05"),
        ("Rabu, 27/11/24", "pkl 14.05 WIB", "2024-11-27T07:05"),
        ("Jum'at, 29 November 2024", 0.586805555556, "2024-11-29T07:05"),
        ("2024-11-27 14:05", None, "2024-11-27T07:05"),
        ("2024-11-27T07:05:00Z", None, "2024-11-27T07:05"),
        (45623.586805555556, None, "2024-11-27T07:05"),
        (dt.date(2024, 11, 27), dt.time(14, 5), "2024-11-27T07:05"),
        (dt.datetime(2024, 11, 27), dt.datetime(1899, 12, 30, 14, 5), "2024-11-27T07:05"),
    ],
)
def test_times_as_people_write_them(day: Any, clock: Any, utc: str) -> None:
    assert moment(day, clock).astimezone(dt.UTC).isoformat().startswith(utc)


@pytest.mark.parametrize(
    ("column", "cell", "field"),
    [
        ("Tanggal", "kemarin", "occurred_at"),
        ("Tanggal", "32/11/2024", "occurred_at"),
        ("Jam", "25.00", "occurred_at"),
        ("Jenis Kejadian", "apa saja", "category"),
        ("Kecamatan", "Menteng", "district"),
        ("LR", "banyak", "hurt"),
        ("MD", "-1", "dead"),
    ],
)
def test_a_cell_that_does_not_hold_is_named(tmp_path: Path, column: str, cell: str, field: str) -> None:
    line = [cell if name == column else old for name, old in zip(HEADER, LINE, strict=True)]
    with pytest.raises(NotUnderstood) as caught:
        incidents(a_csv(tmp_path, HEADER, line))
    assert caught.value.problem.field == field


def test_the_first_hours_of_the_year_1_are_no_time(tmp_path: Path) -> None:
    told = {"Tanggal": "01/01/0001", "Jam": "06.59"}  # in UTC the year 0
    line = [told.get(name, old) for name, old in zip(HEADER, LINE, strict=True)]
    with pytest.raises(NotUnderstood, match="must be a time"):
        incidents(a_csv(tmp_path, HEADER, line))


def test_a_row_without_a_number_is_named_by_what_it_says(tmp_path: Path) -> None:
    path = a_csv(tmp_path, HEADER[1:], LINE[1:], LINE[1:], [*LINE[1:6], "lain", *LINE[7:]])
    first, again, other = (incident["external_id"] for incident in incidents(path))
    assert first == again != other


def test_files_that_are_no_tables_are_refused_with_a_reason(tmp_path: Path) -> None:
    for name, data in [
        ("a.csv", b""),
        ("a.xlsx", b"PK\x03\x04nonsense"),
        ("a.xlsx", b""),
        ("a.json", b"{"),
        ("a.json", b"7"),
        ("a.json", b"[7]"),
        ("a.csv", b"a,b,a\n1,2,3"),
        ("a.pdf", b"%PDF"),
    ]:
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(TableError):
            list(rows_of(path))


def test_a_zip_bomb_is_refused_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/workbook.xml", "w") as member:
        for _ in range(MOST_UNPACKED_BYTES // 2**24 + 1):
            member.write(b" " * 2**24)
    with pytest.raises(TableError, match="unpacks to"):
        list(rows_of(path))


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a"])
    whole = io.BytesIO()
    book.save(whole)
    path = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "xl/workbook.xml":
                data = b'<!DOCTYPE a [<!ENTITY b "ccc">]>' + data.replace(b'name="Sheet"', b'name="&b;"')
            new.writestr(member, data)
    with pytest.raises(TableError, match="declares entities"):
        list(rows_of(path))


@given(st.binary(max_size=400))
def test_any_csv_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(data)
    try:
        for row in rows_of(path):
            incident_of(row.cells, Columns.guess(row.cells), areas(), taxonomy())
    except (TableError, NotUnderstood):
        return


@pytest.mark.parametrize(
    "text", ["=1+1", "+62811", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "  =1", "=cmd|' /C calc'!A0"]
)
def test_text_that_a_spreadsheet_would_run_is_marked_as_text(text: str) -> None:
    assert str(harmless(text)).startswith("'")
    assert unguarded(harmless(text)) == text


def test_csv_out_is_a_table_that_holds() -> None:
    rows: list[dict[str, object]] = [
        {"a": "=1", "b": -5.4, "c": 'x,"y"\nz'},
        {"a": None, "b": True, "c": "'quoted'"},
    ]
    text = "".join(csv_lines(rows, ["a", "b", "c"]))
    assert text == '\ufeffa,b,c\r\n\'=1,-5.4,"x,""y""\nz"\r\n,ya,\'quoted\'\r\n'
    assert unguarded("'quoted'") == "'quoted'"
