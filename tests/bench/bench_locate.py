"""Points to districts: `geo.locate` beside `geopandas.sjoin`, one million points, one run.

Two sets of points: "land" lie in the province, "box" fill its bounding box, where half are sea or other land;
there sjoin answers only the ones inside, Locator also the ones offshore. Building the indexes is not counted;
making point objects, which only sjoin needs, is shown apart.
"""

import time
from collections.abc import Callable

import geopandas
import numpy as np
import shapely

from geo.areas import bundled
from geo.locate import Locator

POINTS = 1_000_000


def best_of(runs: int, work: Callable[[], object]) -> float:
    times_s = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times_s.append(time.perf_counter() - start)
    return min(times_s)


def sample(where: str, points: int) -> tuple[np.ndarray, np.ndarray]:
    province = bundled().get("18").geometry
    west, south, east, north = province.bounds
    random = np.random.default_rng(18)
    share = 1 if where == "box" else 3  # 44 % of the box is the province
    lons, lats = random.uniform(west, east, share * points), random.uniform(south, north, share * points)
    if where == "land":
        inside = np.flatnonzero(shapely.contains_xy(province, lons, lats))[:points]
        return lons[inside], lats[inside]
    return lons, lats


def measure(where: str = "box", points: int = POINTS) -> dict[str, float]:
    """Seconds of each way and their ratio."""
    areas = bundled()
    lons, lats = sample(where, points)
    districts = geopandas.GeoDataFrame(
        {"code": [area.code for area in areas.at("district")]},
        geometry=[area.geometry for area in areas.at("district")],
        crs=4326,
    )
    start = time.perf_counter()
    objects = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(lons, lats), crs=4326)
    objects_s = time.perf_counter() - start
    locator = Locator(areas)
    sjoin_s = best_of(2, lambda: geopandas.sjoin(objects, districts, how="left", predicate="intersects"))
    places_s = best_of(3, lambda: locator.places(lons, lats))
    few = list(zip(lons[:20_000].tolist(), lats[:20_000].tolist(), strict=True))
    single_s = best_of(3, lambda: [locator.place(lon, lat) for lon, lat in few]) / len(few)
    return {
        "points": points,
        "sjoin_s": sjoin_s,
        "point_objects_s": objects_s,
        "places_s": places_s,
        "ratio": sjoin_s / places_s,
        "single_us": single_s * 1e6,
    }


def run() -> str:
    """Both tables, one a kind of place."""
    lines = []
    for where in ("land", "box"):
        found = measure(where)
        rows = [
            ("geopandas.sjoin", found["sjoin_s"]),
            ("  and making its points", found["point_objects_s"]),
            ("geo.locate places()", found["places_s"]),
        ]
        lines += [f"{where}: ratio {found['ratio']:.1f}; one point alone {found['single_us']:.1f} microseconds"]
        lines += [
            f"  {name:<26} {seconds:7.3f} s  {found['points'] / seconds / 1e6:7.2f} M points/s"
            for name, seconds in rows
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(run())
