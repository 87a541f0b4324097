"""`python -m geo.build WHEELS`: see the package's docstring for how WHEELS is filled."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import shapely

from geo.build import sources
from geo.build.capitals import capital_point
from geo.build.districts import District, districts
from geo.build.ground import ground
from geo.build.regencies import Regency, regencies
from geo.build.write import feature, write, write_table
from geo.coverage import dissolve_by
from geo.measure import label_point

DATA = Path(__file__).parents[1] / "data"


@click.command()
@click.argument("wheels", type=click.Path(exists=True, file_okay=False, path_type=Path))
def build(wheels: Path) -> None:
    """Make every bundled boundary file from the wheels in WHEELS."""
    shapes = sources.shapes(wheels)
    villages = sources.villages(wheels)
    repaired = regencies(shapes, sources.regency_rows(wheels))
    cut = districts(repaired, villages, sources.district_rows(wheels))
    outlines = dissolve_by([district.geometry for district in cut], [district.code[:4] for district in cut])
    nested = [replace(regency, geometry=outlines[regency.code]) for regency in repaired]
    write_regencies(nested, villages)
    write_districts(cut)
    write_villages(sources.village_rows(wheels))
    lampung = shapely.coverage_union_all([regency.geometry for regency in nested])
    write(DATA / "ground.geojson", [feature(ground(shapes, lampung), name="Daratan di sekitar Lampung")])


def write_regencies(made: list[Regency], villages: list[sources.Village]) -> None:
    note = "capital_at: point of the capital's central village, from the register"
    write(DATA / "regencies.geojson", [_regency(regency, villages) for regency in made], note=note)


def _regency(regency: Regency, villages: list[sources.Village]) -> dict[str, Any]:
    capital, capital_at = capital_point(regency, villages)
    return feature(
        regency.geometry,
        code=regency.code,
        name=regency.name,
        aliases=regency.aliases,
        parent=sources.PROVINCE,
        label=label_point(regency.geometry),
        capital=capital,
        capital_at=capital_at,
    )


def write_districts(made: list[District]) -> None:
    features = [
        feature(
            district.geometry,
            code=district.code,
            name=district.name,
            parent=district.code[:4],
            label=label_point(district.geometry),
            centre=district.centre,
            aliases=district.aliases,
            indicative=True,
        )
        for district in made
    ]
    write(DATA / "districts.geojson", features, note="batas indikatif: sel Voronoi titik desa, bukan batas resmi")


def write_villages(rows: list[dict[str, str]]) -> None:
    columns = ("code", "name", "lon", "lat")
    told = sorted((row["id"], row["name"], *_point(row)) for row in rows)
    write_table(DATA / "villages.csv", columns, told)


def _point(row: dict[str, str]) -> tuple[str, str]:
    """Its point with four decimals, ten metres: more than the register's points hold. Empty where there is none."""
    lon, lat = row["longitude"], row["latitude"]
    return (f"{float(lon):.4f}", f"{float(lat):.4f}") if lon and lat else ("", "")


if __name__ == "__main__":
    build()
