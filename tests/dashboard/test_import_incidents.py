"""`siger import incidents`: what is refused comes back in a file that can be put right and imported again."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dashboard.cli.import_incidents import incidents

TABLE = """No;Tanggal;Jam;Kecamatan;Jenis Kejadian;Uraian
1;27/11/2024;14.05;Sukadana;Unjuk rasa;tertib
2;27/11/2024;14.10;Rajabasa;Curas;nama dua kecamatan
3;27/11/2024;14.15;Kalianda;Entah;=HYPERLINK("x")
1;27/11/2024;14.05;Sukadana;Unjuk rasa;tertib
4;27/11/2099;14.05;Sukadana;Unjuk rasa;besok
"""


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(incidents, [str(path), "--dry-run", *options])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "lap.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_a_dry_run_counts_and_explains(table: Path) -> None:
    result = run(table)
    assert result.exit_code == 1
    assert "dry run, nothing stored: accepted 1, duplicate 1, refused 3" in result.output
    assert "row 3: area: ada di dua kabupaten" in result.output
    assert "row 4: category:" in result.output
    assert "row 6: occurred_at:" in result.output


def test_the_refused_rows_are_harmless_and_can_be_put_right(table: Path) -> None:
    run(table)
    refused = table.with_suffix(".csv.refused.csv")
    text = refused.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "baris,No,Tanggal,Jam,Kecamatan,Jenis Kejadian,Uraian,alasan"
    assert "'=HYPERLINK" in text
    lines = [line for line in text.splitlines() if "2099" not in line]
    right = "\n".join(lines).replace("Rajabasa", "Kalianda").replace("Entah", "Curat")
    refused.write_text(right, encoding="utf-8-sig")
    again = run(refused)
    assert again.exit_code == 0
    assert "accepted 2, duplicate 0, refused 0" in again.output
    assert not refused.with_suffix(".csv.refused.csv").exists()


def test_a_file_that_is_no_table_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"no")
    result = run(path)
    assert result.exit_code == 1
    assert "not a workbook that can be read" in result.output
    assert run(path, "--map", "kategori").exit_code == 2
