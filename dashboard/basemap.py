"""The base map that an operator may put under the areas: a tile file of the post's own, or a tile address.

`SIGER_BASEMAP` is the one or the other. A file is served by Siger itself and needs no internet; an address sends
every viewer's browser to that host, and to that host alone. Whatever is wrong with it is said in `problem` and
never keeps the map from showing: the areas have a ground of their own.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.tiles import BadTiles, TileFile, open_tiles

OWN_TILES = "/tiles/{z}/{x}/{y}"
PARTS = ("{z}", "{x}", "{y}")


@dataclass(frozen=True, slots=True)
class Basemap:
    """What the browser needs to know to show it."""

    tiles: str | None = None  # a template of addresses; None: there is nothing to show
    attribution: str = ""
    min_zoom: int = 0
    max_zoom: int = 19
    bounds: tuple[float, float, float, float] | None = None  # west, south, east, north in degrees
    problem: str | None = None


def check(named: str) -> str:
    """`named`, if it can be a base map at all; whether a file is there is only asked when it is needed."""
    if not is_address(named):
        return named
    missing = [part for part in PARTS if part not in named]
    strange = set(re.findall(r"\{[^}]*\}", named)) - set(PARTS)
    if missing or strange:
        raise ValueError(
            f"{named!r} is no tile address: it needs {{z}}, {{x}} and {{y}} and no other braces, "
            "such as https://tile.example.org/{z}/{x}/{y}.png"
        )
    if "{" in urlsplit(named).netloc or not re.fullmatch(r"[\w.:\[\]-]+", urlsplit(named).netloc):
        raise ValueError(f"{named!r}: the host must be written out; one host alone is allowed to viewers' browsers")
    return named


def is_address(named: str) -> bool:
    return named.startswith(("https://", "http://"))


def host(named: str | None) -> str | None:
    """The one host outside that viewers' browsers may load pictures from; None where there is none."""
    if named is None or not is_address(named):
        return None
    parts = urlsplit(named)
    return f"{parts.scheme}://{parts.netloc}"


def describe(named: str | None) -> Basemap:
    """Reads a file's own description; blocks while it does."""
    if named is None:
        return Basemap()
    if is_address(named):
        return Basemap(named, attribution=urlsplit(named).hostname or "")
    try:
        with open_tiles(Path(named)) as tiles:
            return _described(tiles)
    except BadTiles as error:
        return Basemap(problem=str(error))


def tile(named: str | None, z: int, x: int, y: int) -> bytes | None:
    """One tile of the file, None where it has none; blocks while it reads. `BadTiles`: the file does not hold."""
    if named is None or is_address(named):
        return None
    if not (0 <= z <= 24 and 0 <= x < 2**z and 0 <= y < 2**z):
        return None
    with open_tiles(Path(named)) as tiles:
        return tiles.tile(z, x, y)


def _described(tiles: TileFile) -> Basemap:
    about = tiles.about()
    return Basemap(OWN_TILES, about.attribution, about.min_zoom, about.max_zoom, about.bounds)
