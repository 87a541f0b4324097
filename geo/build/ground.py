"""The land around Lampung: ground for the map to stand on when there is no basemap."""

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo.build.sources import Shape

BOX = shapely.box(101.5, -7.5, 108.0, -2.5)
# Neighbouring regencies were thinned one by one: strips of up to about 1 km open between them and at Lampung's
# border. Growing and shrinking the land by this much closes them, and widens no bay that shows at this scale.
CLOSE_DEG = 0.012
SIMPLIFY_DEG = 0.004
SMALLEST_ISLAND_DEG2 = 0.00015  # about 2 km2
GRID_DEG = 1e-4


def ground(shapes: list[Shape], lampung: BaseGeometry) -> MultiPolygon:
    """One multipolygon: all other land in the box, reaching exactly to Lampung's outer border."""
    near = [shape.geometry for shape in shapes if shape.province != "Lampung" and shape.geometry.intersects(BOX)]
    neighbours = shapely.union_all(near)
    closed = shapely.union_all([neighbours, lampung]).buffer(CLOSE_DEG).buffer(-CLOSE_DEG)
    simple = shapely.simplify(shapely.union_all([closed, neighbours]), SIMPLIFY_DEG)
    inland = shapely.intersection(simple, BOX)
    # Closing also fills inlets of Lampung's own coast; only what hangs together with the neighbours is ground.
    rest = shapely.difference(inland, lampung)
    parts = [
        part
        for part in shapely.get_parts(shapely.set_precision(rest, GRID_DEG))
        if part.area > SMALLEST_ISLAND_DEG2 and shapely.intersection(part, neighbours).area > part.area / 2
    ]
    return MultiPolygon(parts)
