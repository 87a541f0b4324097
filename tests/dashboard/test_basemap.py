"""The base map: tile files made here are served as they are, broken ones say so, and one host at most is let in."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from pydantic import ValidationError
from starlette.testclient import TestClient

from dashboard import basemap
from dashboard.access.headers import security_headers
from dashboard.app import create_app
from dashboard.settings import Settings
from dashboard.tiles import BadTiles, open_tiles
from feeds.log import EventLog

PNG = b"\x89PNG\r\n\x1a\n" + b"north-west"
OTHER = b"\x89PNG\r\n\x1a\n" + b"south-east"
CREDIT = '<a href="https://example.org">&copy; Peta Lampung</a>'
TILES = {(1, 0, 0): PNG, (1, 1, 1): OTHER}
Make = Callable[..., Path]


def mbtiles(path: Path, kind: str = "png") -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table metadata (name text, value text)")
        database.execute("create table tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        told = {"format": kind, "attribution": CREDIT, "bounds": "103.5,-6.2,106.2,-3.6"}
        database.executemany("insert into metadata values (?, ?)", told.items())
        rows = [(z, x, 2**z - 1 - y, data) for (z, x, y), data in TILES.items()]
        database.executemany("insert into tiles values (?, ?, ?, ?)", rows)
        database.commit()
    return path


def pmtiles(path: Path, kind: str = "png") -> Path:
    header = {
        "tile_type": TileType[kind.upper()],
        "tile_compression": Compression.NONE,
        "min_zoom": 1,
        "max_zoom": 1,
        "min_lon_e7": 1035000000,
        "min_lat_e7": -62000000,
        "max_lon_e7": 1062000000,
        "max_lat_e7": -36000000,
        "center_zoom": 1,
        "center_lon_e7": 1050000000,
        "center_lat_e7": -50000000,
    }
    with path.open("wb") as file:
        writer: Any = Writer(file)  # type: ignore[no-untyped-call]  # the package has no types inside
        for (z, x, y), data in TILES.items():
            writer.write_tile(zxy_to_tileid(z, x, y), data)
        writer.finalize(header, {"attribution": CREDIT})
    return path


FORMS = pytest.mark.parametrize(
    ("make", "suffix"), [(mbtiles, ".mbtiles"), (pmtiles, ".pmtiles")], ids=["mbtiles", "pmtiles"]
)


@FORMS
def test_a_file_tells_of_itself_and_gives_its_tiles(tmp_path: Path, make: Make, suffix: str) -> None:
    named = str(make(tmp_path / f"lampung{suffix}"))
    found = basemap.describe(named)
    assert found == basemap.Basemap(
        tiles="/tiles/{z}/{x}/{y}",
        attribution="© Peta Lampung",
        min_zoom=1,
        max_zoom=1,
        bounds=(103.5, -6.2, 106.2, -3.6),
    )
    assert {place: basemap.tile(named, *place) for place in TILES} == TILES
    assert basemap.tile(named, 1, 0, 1) is None
    for nowhere in [(-1, 0, 0), (1, 2, 0), (1, 0, -1), (99, 0, 0)]:
        assert basemap.tile(named, *nowhere) is None


@FORMS
def test_vectors_are_refused_by_name(tmp_path: Path, make: Make, suffix: str) -> None:
    kind = "pbf" if suffix == ".mbtiles" else "mvt"
    assert f"holds {kind} tiles" in str(basemap.describe(str(make(tmp_path / f"v{suffix}", kind))).problem)


@pytest.mark.parametrize("suffix", [".mbtiles", ".pmtiles"])
@pytest.mark.parametrize("content", [b"", b"not a map at all", b"PMTiles\x03" + b"\xff" * 200])
def test_whatever_is_wrong_with_a_file_is_said(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    found = basemap.describe(str(path))
    assert found.tiles is None
    assert str(path) in str(found.problem)
    with pytest.raises(BadTiles):
        basemap.tile(str(path), 1, 0, 0)


def test_a_file_that_is_cut_off_is_said(tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "cut.pmtiles")
    path.write_bytes(path.read_bytes()[:150])
    assert basemap.describe(str(path)).problem


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadTiles, match="there is no file"), open_tiles(tmp_path / "none.mbtiles"):
        pass


@pytest.mark.parametrize(
    "address",
    [
        "https://tile.example.org/{z}/{x}.png",
        "https://{s}.example.org/{z}/{x}/{y}.png",
        "https://tile.example.org; script-src *//{z}/{x}/{y}",
        "https:///{z}/{x}/{y}.png",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValidationError, match="basemap"):
        Settings(basemap=address)


def test_the_policy_lets_in_the_address_host_and_no_other() -> None:
    address = "https://tile.example.org:8443/lampung/{z}/{x}/{y}.png?key=1"
    assert Settings(basemap=address).basemap == address
    assert basemap.describe(address).tiles == address
    policy = security_headers([], https=True, tile_host=basemap.host(address))["content-security-policy"]
    assert "img-src 'self' data: blob: https://tile.example.org:8443;" in policy
    assert policy.count("https://") == 1
    plain = security_headers([], https=True, tile_host=basemap.host("/srv/lampung.mbtiles"))
    assert "img-src 'self' data: blob:;" in plain["content-security-policy"]


@pytest.fixture
def served(log_url: str, tmp_path: Path, log_prefix: str) -> Iterator[TestClient]:
    named = str(mbtiles(tmp_path / "lampung.mbtiles"))
    settings = Settings(mode="demo", data_dir=tmp_path, basemap=named)
    app = create_app(settings, EventLog.open(log_url, prefix=log_prefix))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_tiles_come_over_http(served: TestClient, tmp_path: Path) -> None:
    assert served.get("/api/v1/basemap").json()["attribution"] == "© Peta Lampung"
    answer = served.get("/tiles/1/0/0")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert "max-age" in answer.headers["cache-control"]
    assert served.get("/tiles/1/0/1").status_code == 204
    assert served.get("/tiles/1/0/x").status_code == 422
    (tmp_path / "lampung.mbtiles").unlink()
    assert served.get("/tiles/1/0/0").status_code == 503
    told = served.get("/api/v1/basemap").json()
    assert (told["tiles"], told["problem"]) == (None, "missing")


def test_without_a_base_map_there_is_nothing_to_fetch(client: TestClient) -> None:
    assert client.get("/api/v1/basemap").json()["tiles"] is None
    assert client.get("/tiles/1/0/0").status_code == 204
