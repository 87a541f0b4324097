"""`python -m geo.build WHEELS`: see the package's docstring for how WHEELS is filled."""

from pathlib import Path

import click
import shapely

from geo.build import sources
from geo.build.capitals import capital_points
from geo.build.ground import ground
from geo.build.regencies import Regency, regencies
from geo.build.write import feature, write
from geo.measure import label_point

DATA = Path(__file__).parents[1] / "data"


@click.command()
@click.argument("wheels", type=click.Path(exists=True, file_okay=False, path_type=Path))
def build(wheels: Path) -> None:
    """Make every bundled boundary file from the wheels in WHEELS."""
    shapes = sources.shapes(wheels)
    made = regencies(shapes, sources.regency_rows(wheels))
    write_regencies(made, sources.villages(wheels))
    lampung = shapely.coverage_union_all([regency.geometry for regency in made])
    write(DATA / "ground.geojson", [feature(ground(shapes, lampung), name="Daratan di sekitar Lampung")])


def write_regencies(made: list[Regency], villages: list[sources.Village]) -> None:
    capitals = capital_points(villages)
    features = [
        feature(
            regency.geometry,
            code=regency.code,
            name=regency.name,
            parent=sources.PROVINCE,
            label=label_point(regency.geometry),
            capital=capitals[regency.code][0],
            capital_at=capitals[regency.code][1],
        )
        for regency in made
    ]
    note = "capital_at: point of the capital's central village, from the register"
    write(DATA / "regencies.geojson", features, note=note)


if __name__ == "__main__":
    build()
