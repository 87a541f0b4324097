"""Each level of areas as a file to take away: GeoJSON or GeoParquet, every vertex, source and licence inside."""

import io
from typing import Literal

import orjson
import pyarrow.parquet

from geo.areas import Area, AreaLevel, Areas

Format = Literal["geojson", "parquet"]
MEDIA_TYPES: dict[Format, str] = {
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}
INDICATIVE = "batas indikatif"


def download(areas: Areas, level: AreaLevel, form: Format) -> bytes:
    """The bytes of the file; the same boundaries give the same areas in either form."""
    return geojson(areas, level) if form == "geojson" else geoparquet(areas, level)


def geojson(areas: Areas, level: AreaLevel) -> bytes:
    return orjson.dumps(areas.geojson(level, "high"))


def geoparquet(areas: Areas, level: AreaLevel) -> bytes:
    """GeoParquet 1.1 in lon, lat; source and licence are columns too, for readers that show no file metadata."""
    import geopandas  # a second and 60 MB, for which no start should wait

    listed = areas.at(level)
    frame = geopandas.GeoDataFrame(
        {
            "code": [area.code for area in listed],
            "name": [area.name for area in listed],
            "level": level,
            "parent": [area.parent for area in listed],
            "capital": [area.capital for area in listed],
            "label_lon": [area.label[0] for area in listed],
            "label_lat": [area.label[1] for area in listed],
            "note": [_note(area) for area in listed],
            "source": areas.source,
            "licence": areas.licence,
        },
        geometry=list(areas.shapes(level, "high").values()),
        crs="OGC:CRS84",
    )
    plain = io.BytesIO()
    frame.to_parquet(plain, index=False, schema_version="1.1.0")
    return _with_metadata(plain, source=areas.source, licence=areas.licence, version=areas.version)


def file_name(areas: Areas, level: AreaLevel, form: Format) -> str:
    """ "siger-district-1a2b3c4d5e6f.parquet": the version tells two downloads apart."""
    return f"siger-{level}-{areas.version}.{form}"


def _note(area: Area) -> str:
    return "; ".join([*([INDICATIVE] if area.indicative else []), *area.notes])


def _with_metadata(plain: io.BytesIO, **about: str) -> bytes:
    table = pyarrow.parquet.read_table(plain)
    held = {**(table.schema.metadata or {}), **{key.encode(): value.encode() for key, value in about.items()}}
    finished = io.BytesIO()
    pyarrow.parquet.write_table(table.replace_schema_metadata(held), finished)
    return finished.getvalue()
