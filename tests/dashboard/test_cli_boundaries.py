"""`siger import boundaries` from its options to what a server would load."""

import io
import zipfile
from pathlib import Path

import geopandas
import pytest
import shapely
from click.testing import CliRunner, Result

from dashboard.cli.boundaries import boundaries
from geo.areas import bundled, load


@pytest.fixture
def file(tmp_path: Path) -> Path:
    areas = bundled().at("regency")
    frame = geopandas.GeoDataFrame(
        {"kode": [area.code for area in areas]}, geometry=[area.geometry for area in areas], crs="EPSG:4326"
    )
    frame.to_file(tmp_path / "batas.geojson")
    return tmp_path / "batas.geojson"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(boundaries, [str(argument) for argument in arguments])


def test_a_file_is_installed_and_reported(file: Path, data_dir: Path) -> None:
    result = run(file, "--level", "regency", "--source", "Badan Resmi", "--licence", "terbuka")
    assert result.exit_code == 0, result.output
    assert "15 areas of level regency" in result.output
    assert "Tanggamus" in result.output
    assert load(data_dir).source.startswith("Badan Resmi")


def test_undo_brings_the_bundled_ones_back(file: Path, data_dir: Path) -> None:
    run(file, "--level", "regency")
    result = run("--undo")
    assert result.exit_code == 0
    assert "bundled boundaries are in force again" in result.output
    assert load(data_dir) is bundled()


def test_a_dry_run_installs_nothing(file: Path, data_dir: Path) -> None:
    assert run(file, "--level", "regency", "--dry-run").exit_code == 0
    assert not data_dir.exists()


def test_a_refused_file_says_why_and_exits_1(file: Path, data_dir: Path) -> None:
    frame = geopandas.read_file(file)
    frame.geometry = shapely.transform(frame.geometry.to_numpy(), lambda points: points[:, ::-1])
    frame.to_file(file)
    result = run(file, "--level", "regency")
    assert result.exit_code == 1
    assert "[lat, lng]" in result.output


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


WITHOUT_TABLE = zipped(a_shp=b"x", a_dbf=b"y", a_shx=b"z")
NOTHING = b'{"type": "FeatureCollection", "features": []}'
NO_SHAPE = b'{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, "properties": {}}]}'


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"kode,nama\n1806,Lampung Utara\n", "a table without shapes"),
        ("a.geojson", NOTHING, "holds no areas"),
        ("a.geojson", NO_SHAPE, "holds no areas"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "cannot be read as"),
        ("a.zip", WITHOUT_TABLE, "holds no layer"),
        ("a.gpkg", b"SQLite format 3\0", "cannot be read as"),
        ("a.parquet", b"PAR1", "cannot be read as"),
    ],
)
def test_a_file_without_shapes_is_refused_with_the_reason(
    tmp_path: Path, data_dir: Path, name: str, content: bytes, says: str
) -> None:
    (tmp_path / name).write_bytes(content)
    result = run(tmp_path / name, "--level", "regency")
    assert (result.exit_code, says in result.output) == (1, True), result.output
    assert not data_dir.exists()


@pytest.mark.parametrize("arguments", [(), ("--level", "regency")])
def test_without_a_file_it_says_what_to_give(arguments: tuple[str, ...], data_dir: Path) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "--undo" in result.output


def test_nothing_to_undo_is_no_crash(data_dir: Path) -> None:
    result = run("--undo")
    assert result.exit_code == 1
    assert "no boundaries have been installed" in result.output
