"""Reads a boundary file of any usual format and coordinate system into polygons in lon, lat.

It looks at the coordinates before it trusts them: files with latitude first are common here, and swapping them
silently would hide that the rest of the file may be as careless.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.boundaries.errors import SwappedAxes, UnreadableFile, WrongPlace
from geo.segments import Geometries

if TYPE_CHECKING:
    import geopandas

FORMATS = "GeoJSON, GeoPackage, Shapefile or GeoParquet"
PARQUET = {".parquet", ".geoparquet", ".pq"}
# The province with room for its islands; a file may hold more (all Sumatra), but it must hold this.
LAMPUNG = shapely.box(103.3, -6.5, 106.5, -3.4)
INDONESIA = shapely.box(94.0, -12.0, 142.0, 7.0)


@dataclass(frozen=True, slots=True)
class BoundaryFile:
    """Rows of a file: polygons in lon, lat and the columns beside them."""

    name: str
    geometries: Geometries
    columns: dict[str, list[Any]]
    crs: str  # as the file had it
    invalid: int  # polygons that cross themselves, to be repaired
    empty: int  # rows without ground, left out


def read(path: Path, layer: str | None = None) -> BoundaryFile:
    """GeoJSON, GeoPackage, Shapefile (also zipped) or GeoParquet, in any coordinate system."""
    frame = _frame(path, layer)
    if frame.crs is None:
        raise UnreadableFile(
            f"{path.name} names no coordinate system; add it (a .prj beside a Shapefile: EPSG:4326 for degrees) "
            "and import again"
        )
    crs = frame.crs.to_string()
    full = np.asarray(~(frame.geometry.isna() | frame.geometry.is_empty))
    if not full.any():
        raise UnreadableFile(f"{path.name} holds no areas")
    _refuse_swapped(frame.total_bounds, path.name)
    frame = frame.to_crs("EPSG:4326")
    kept = frame[full]
    geometries = shapely.force_2d(np.asarray(kept.geometry.array, dtype=object))
    _refuse_others(geometries, path.name)
    return BoundaryFile(
        name=path.name,
        geometries=geometries,
        columns={str(name): kept[name].tolist() for name in kept.columns if name != kept.geometry.name},
        crs=crs,
        invalid=int((~shapely.is_valid(geometries)).sum()),
        empty=int((~full).sum()),
    )


def _frame(path: Path, layer: str | None) -> "geopandas.GeoDataFrame":
    # A second and 60 MB: a server that imports no boundaries should not start with them.
    import geopandas
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    if not path.exists():
        raise UnreadableFile(f"{path} does not exist")
    try:
        if path.suffix.lower() in PARQUET:
            return geopandas.read_parquet(path)
        layers = [str(name) for name, _ in pyogrio.list_layers(path)]
        if not layers:
            raise UnreadableFile(f"{path.name} holds no layer; boundaries are {FORMATS}")
        if layer is None and len(layers) > 1:
            raise UnreadableFile(f"{path.name} holds several layers ({', '.join(layers)}); name one with --layer")
        frame = geopandas.read_file(path, layer=layer or layers[0])
    except (DataSourceError, DataLayerError, ValueError, OSError) as error:
        raise UnreadableFile(f"{path.name} cannot be read as {FORMATS}: {error}") from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise UnreadableFile(f"{path.name} is a table without shapes; boundaries are {FORMATS}")
    return frame


def _refuse_swapped(bounds: Any, name: str) -> None:
    """A box that lies in Indonesia only after its axes are exchanged."""
    west, south, east, north = (float(value) for value in bounds)
    straight, swapped = shapely.box(west, south, east, north), shapely.box(south, west, north, east)
    if not straight.intersects(INDONESIA) and INDONESIA.contains(swapped):
        raise SwappedAxes(
            f"{name} has [lat, lng]: its first coordinate runs from {west:.3f} to {east:.3f}, its second from "
            f"{south:.3f} to {north:.3f}. Siger reads lon, lat only. Exchange them first (QGIS: Processing, "
            "'Swap X and Y coordinates'; or ogr2ogr -dialect sqlite -sql "
            '"SELECT *, SwapCoordinates(geometry) FROM layer") and import the result'
        )


def _refuse_others(geometries: Geometries, name: str) -> None:
    kinds = {str(kind) for kind in {geometry.geom_type for geometry in geometries}} - {"Polygon", "MultiPolygon"}
    if kinds:
        raise UnreadableFile(f"{name} holds {', '.join(sorted(kinds))}; boundaries must be polygons")
    west, south, east, north = shapely.total_bounds(geometries).tolist()
    if not shapely.box(west, south, east, north).intersects(LAMPUNG):
        raise WrongPlace(
            f"{name} lies at lon {west:.2f} to {east:.2f}, lat {south:.2f} to {north:.2f}, which is not Lampung; "
            "if its coordinate system is named wrongly, correct that and import again"
        )
