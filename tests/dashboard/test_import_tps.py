"""`siger import tps`: into a store and out again, and what it says on the way."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import orjson
import pytest
from click.testing import CliRunner, Result

from dashboard.cli.import_tps import tps
from dashboard.cli.tps_store import TpsStore
from dashboard.settings import Settings
from dashboard.tps_shapes import tps_feature
from feeds.embedded import EmbeddedServer
from feeds.events import TpsListed
from feeds.tps import Tps

TABLE = """Kabupaten;Kecamatan;Desa;No TPS;L;P;Kategori;Alamat
Tanggamus;Kota Agung;Kuripan;1;240;251;Rawan;<img src=x onerror=alert(1)>
Tanggamus;Kota Agung;Kuripan;2;240;251;Kurang Rawan;=cmd()
Tanggamus;Kota Agung;Kuripan;3;240;251;gawat;=cmd()
"""
NAMED = ("--owner", "Polda Lampung", "--date", "2024-09-18")


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path / "data"))
    with EmbeddedServer(tmp_path / "store") as url:
        yield url


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "tps.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def run(url: str, *options: str) -> Result:
    return CliRunner().invoke(tps, ["--log", url, *options])


def stations(url: str) -> list[str]:
    with TpsStore.opened(Settings(), url) as store:
        return [station.id for event in store.known().values() for station in event.stations]


def test_a_list_goes_in_once_and_comes_out_again(url: str, table: Path) -> None:
    first = run(url, str(table), *NAMED)
    assert first.exit_code == 1
    assert "new 2, changed 0, unchanged 0, withdrawn 0, refused 1" in first.output
    assert "Tanggamus: 2 known, 981 stated by KPU" in first.output
    assert "'=cmd()" in table.with_suffix(".csv.refused.csv").read_text(encoding="utf-8-sig")
    assert stations(url) == ["1806011003-001", "1806011003-002"]

    table.write_text(TABLE.replace("gawat", "khusus"), encoding="utf-8")
    second = run(url, str(table), *NAMED)
    assert second.exit_code == 0
    assert "new 1, changed 0, unchanged 2" in second.output
    assert "1 districts go from 3 stations to 2" in run(url, "--undo").output
    assert len(stations(url)) == 2


def test_a_class_needs_its_owner_and_a_dry_run_stores_nothing(url: str, table: Path) -> None:
    nameless = run(url, str(table))
    assert nameless.exit_code == 2
    assert "--owner and --date" in nameless.output
    dry = run(url, str(table), *NAMED, "--dry-run")
    assert "dry run, nothing stored: new 2" in dry.output
    assert stations(url) == []
    assert "no import of polling stations to take back" in run(url, "--undo").output


def test_what_the_api_answers_can_be_imported_elsewhere(url: str, tmp_path: Path) -> None:
    tps_kuripan = Tps("1806011003-007", 7, "Kuripan", 104.62, -5.49, "point", "1806011003", klass="rawan")
    event = TpsListed(at_ms=1, received_ms=1, source="s", district="180601", edition="e", stations=(tps_kuripan,))
    path = tmp_path / "tps.geojson"
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": [tps_feature(tps_kuripan, event)]}))
    result = run(url, str(path), *NAMED)
    assert result.exit_code == 0, result.output
    assert "1 at a point of their own" in result.output
    assert stations(url) == ["1806011003-007"]


def test_a_workbook_with_columns_of_its_own_names(url: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Kode", "Lokasi pemungutan", "Urut"])
    sheet.append(["1806011003", "Balai pekon", 7])
    path = tmp_path / "tps.xlsx"
    book.save(path)
    result = run(url, str(path), "--map", "number=Urut", "--map", "place=Lokasi pemungutan")
    assert result.exit_code == 0, result.output
    assert "1 at their village" in result.output
    assert stations(url) == ["1806011003-007"]
    assert "no such column" in run(url, str(path), "--map", "number=Nomor").output
