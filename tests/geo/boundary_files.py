"""Boundary files: the bundled areas as others might write them, and the official ones where they are."""

from pathlib import Path

import geopandas
import pytest
import shapely

from geo.area import AreaLevel
from geo.areas import Areas, bundled

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
KEMENDAGRI = SHARED / "lampung-boundaries-kemendagri"
BPS = SHARED / "lampung-boundaries-bps2020"
needs_official = pytest.mark.skipif(
    not KEMENDAGRI.exists(), reason="the official sets are not beside this checkout"
)


def frame(level: AreaLevel = "regency", **columns: list[object]) -> geopandas.GeoDataFrame:
    """The bundled areas as a file that somebody else might have made."""
    areas = bundled().at(level)
    shown = columns or {"kode": [area.code for area in areas], "nama": [area.name for area in areas]}
    return geopandas.GeoDataFrame(shown, geometry=[area.geometry for area in areas], crs="EPSG:4326")


def check(areas: Areas, districts: int) -> None:
    """What must hold of every set: complete, nested, a valid coverage at every detail."""
    assert len(areas.at("regency")) == 15
    assert len(areas.at("district")) == districts
    assert shapely.get_num_interior_rings(shapely.get_parts(areas.get("18").geometry)).sum() == 0
    for detail in ("low", "mid", "high"):
        for level in ("regency", "district"):
            outlines = list(areas.shapes(level, detail).values())
            assert shapely.is_valid(outlines).all()
            assert not shapely.is_empty(outlines).any()
            assert shapely.coverage_is_valid(outlines)
    for regency in areas.at("regency"):
        children = shapely.coverage_union_all([area.geometry for area in areas.children(regency.code)])
        assert shapely.equals(shapely.normalize(children), shapely.normalize(regency.geometry))


def written(rows: geopandas.GeoDataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        rows.to_parquet(path)
    else:
        path.unlink(missing_ok=True)
        rows.to_file(path)
    return path
