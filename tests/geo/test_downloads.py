import io
from pathlib import Path

import geopandas
import orjson
import pyarrow.parquet
import pytest
import shapely

from geo.area import AreaLevel
from geo.areas import bundled
from geo.boundaries.importing import prepare
from geo.downloads import download, file_name


@pytest.mark.parametrize(
    ("level", "count"), [("province", 1), ("regency", 15), ("district", 229), ("polres", 15), ("kodim", 9)]
)
def test_both_forms_hold_the_same_areas(level: AreaLevel, count: int) -> None:
    areas = bundled()
    collection = orjson.loads(download(areas, level, "geojson"))
    frame = geopandas.read_parquet(io.BytesIO(download(areas, level, "parquet")))
    assert len(frame) == len(collection["features"]) == count
    for feature, row in zip(collection["features"], frame.itertuples(), strict=True):
        assert feature["properties"]["code"] == row.code
        assert shapely.equals_exact(shapely.geometry.shape(feature["geometry"]), row.geometry, 1e-9, normalize=True)


def test_source_and_licence_travel_with_the_file() -> None:
    areas = bundled()
    collection = orjson.loads(download(areas, "district", "geojson"))
    table = pyarrow.parquet.read_table(io.BytesIO(download(areas, "district", "parquet")))
    assert collection["licence"] == "CC BY 4.0"
    assert table.schema.metadata[b"licence"] == b"CC BY 4.0"
    assert "geoBoundaries" in table["source"][0].as_py()
    assert set(table["note"].to_pylist()) == {"batas indikatif"}
    assert {feature["properties"]["note"] for feature in collection["features"]} == {"batas indikatif"}


def test_a_download_can_be_imported_again(tmp_path: Path) -> None:
    path = tmp_path / file_name(bundled(), "district", "parquet")
    path.write_bytes(download(bundled(), "district", "parquet"))
    report = prepare(path, "district", bundled()).report
    assert max(abs(difference.change or 0) for difference in report.differences) < 1e-4
