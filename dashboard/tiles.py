"""Raster tile files: MBTiles and PMTiles, read and never written.

A file is opened for each answer and closed again: it may be replaced while Siger runs, and a broken one costs its
own tiles and nothing else. Vector tiles are refused by name: the map draws pictures, it has no style for vectors.
"""

import gzip
import html
import mmap
import re
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pmtiles.reader import Reader
from pmtiles.tile import Compression, MagicNumberNotFound, SpecVersionUnsupported

PICTURES = {"png", "jpg", "jpeg", "webp"}
#: The start of each kind of picture, for an answer's media type: files are known to name the wrong one.
SIGNS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
LONGEST_ATTRIBUTION = 200
#: What the readers raise at a file that is not what its name says, or is cut off.
BROKEN = (
    sqlite3.Error,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    EOFError,
    OverflowError,
    zlib.error,
    MagicNumberNotFound,
    SpecVersionUnsupported,
)

Bounds = tuple[float, float, float, float]


class BadTiles(Exception):
    """This file cannot be a base map; the text says which, why, and what would be right."""


@dataclass(frozen=True, slots=True)
class About:
    attribution: str
    min_zoom: int
    max_zoom: int
    bounds: Bounds | None


class TileFile(Protocol):
    def about(self) -> About: ...

    def tile(self, z: int, x: int, y: int) -> bytes | None: ...


@contextmanager
def open_tiles(path: Path) -> Iterator[TileFile]:
    """The file, ready to be asked; whatever is wrong with it is a `BadTiles`."""
    if not path.is_file():
        raise BadTiles(f"SIGER_BASEMAP: there is no file {path}")
    try:
        if path.suffix.lower() == ".pmtiles":
            with path.open("rb") as file, closing(_Pages(file.fileno())) as pages:
                yield _PmTiles(path, pages)
        else:
            with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
                yield _MbTiles(path, database)
    except BROKEN as error:
        reason = str(error) or type(error).__name__
        raise BadTiles(f"SIGER_BASEMAP: {path} is no readable MBTiles or PMTiles file ({reason})") from error


def media_type(tile: bytes) -> str:
    """A tile's media type by its first bytes."""
    return next((kind for sign, kind in SIGNS.items() if tile.startswith(sign)), "application/octet-stream")


class _MbTiles:
    """MBTiles 1.3: SQLite with rows counted from the south."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self._path = path
        self._database = database

    def about(self) -> About:
        told = dict(self._database.execute("select name, value from metadata"))
        _refuse_vectors(self._path, str(told.get("format", "png")))
        zooms = self._database.execute("select min(zoom_level), max(zoom_level) from tiles").fetchone()
        if zooms[0] is None:
            raise BadTiles(f"SIGER_BASEMAP: {self._path} holds no tiles")
        bounds = tuple(float(part) for part in told["bounds"].split(",")) if told.get("bounds") else None
        return About(_attribution(told), int(zooms[0]), int(zooms[1]), _bounds(bounds))

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        found = self._database.execute(
            "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ?",
            (z, x, 2**z - 1 - y),
        ).fetchone()
        return bytes(found[0]) if found else None


class _Pages:
    """A file's bytes by offset and length, until closed."""

    def __init__(self, descriptor: int) -> None:
        self._mapping = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)

    def __call__(self, offset: int, length: int) -> bytes:
        return self._mapping[offset : offset + length]

    def close(self) -> None:
        self._mapping.close()


class _PmTiles:
    """PMTiles 3."""

    def __init__(self, path: Path, pages: _Pages) -> None:
        self._path = path
        self._reader: Any = Reader(pages)  # type: ignore[no-untyped-call]  # the package has no types inside

    def about(self) -> About:
        header = self._reader.header()
        _refuse_vectors(self._path, header["tile_type"].name.lower())
        degrees = [header[f"{side}_e7"] / 1e7 for side in ("min_lon", "min_lat", "max_lon", "max_lat")]
        return About(
            _attribution(self._reader.metadata()), header["min_zoom"], header["max_zoom"], _bounds(tuple(degrees))
        )

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        found = self._reader.get(z, x, y)
        if found is None:
            return None
        packed = self._reader.header()["tile_compression"] == Compression.GZIP
        return gzip.decompress(found) if packed else bytes(found)


def _refuse_vectors(path: Path, kind: str) -> None:
    if kind not in PICTURES:
        raise BadTiles(f"SIGER_BASEMAP: {path} holds {kind} tiles; the map shows pictures (png, jpg, webp) alone")


def _attribution(told: Mapping[str, Any]) -> str:
    """Whose map it is, as plain text: the metadata usually hold it as a link."""
    text = html.unescape(re.sub(r"<[^>]*>", "", str(told.get("attribution") or told.get("name") or "")))
    return " ".join(text.split())[:LONGEST_ATTRIBUTION]


def _bounds(parts: tuple[float, ...] | None) -> Bounds | None:
    """West, south, east, north, where they make sense; a map of nothing is a file that does not say."""
    if parts is None or len(parts) != 4:
        return None
    west, south, east, north = parts
    return (west, south, east, north) if west < east and south < north else None
