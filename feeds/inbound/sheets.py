"""Tables as people have them: CSV, XLSX, GeoJSON, and exports of KoboToolbox and ODK. Rows of named cells come
out.

A cell keeps the type that its file gave it; what it means is `columns`' question. Files are hostile until read:
sizes are bounded before anything is unpacked, formulas are taken by their last result, and a file that cannot be
read is one `TableError` that says why.
"""

import codecs
import csv
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import shapely
from openpyxl.utils.exceptions import InvalidFileException

MOST_COLUMNS = 200
MOST_ROWS = 500_000
MOST_JSON_BYTES = 128 * 1024 * 1024
#: An XLSX is a zip: what it unpacks to is bounded, not what it weighs.
MOST_UNPACKED_BYTES = 256 * 1024 * 1024
#: Entities are declared at the beginning of a part, if anywhere.
_PROLOG_BYTES = 4_096
_MOST_MEMBERS = 10_000
_DELIMITERS = ",;\t|"
#: So many lines with a single cell (a title, Excel's "sep=;") may stand above the names of the columns.
_TITLE_LINES = 20
#: Names that the objects of one file may have between them.
_MOST_NAMES = 2_000
#: What openpyxl raises on workbooks that are not.
_BROKEN_WORKBOOK = (
    OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, EOFError, RuntimeError,
    zipfile.BadZipFile, zlib.error, SyntaxError, InvalidFileException,
)  # fmt: skip


class TableError(ValueError):
    """A file that cannot be read as a table; the text says why and what would do."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row's number as its file counts it (a sheet's header is 1), and its cells by column; None: empty."""

    number: int
    cells: dict[str, Any] = field(default_factory=dict)


def rows_of(path: Path, sheet: str | None = None) -> Iterator[Row]:
    """The rows of a file, empty ones left out. Raises `TableError`, also in the middle."""
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        found = _named(_workbook(path, sheet))
    elif suffix in (".json", ".geojson"):
        found = _objects(path)
    elif suffix in (".csv", ".tsv", ".txt"):
        found = _named(_csv(path))
    else:
        raise TableError(f"{path.name}: give a .csv, .tsv, .xlsx, .geojson or .json file")
    for count, row in enumerate(found, 1):
        if count > MOST_ROWS:
            raise TableError(f"{path.name}: more than {MOST_ROWS} rows; split the file")
        yield row


def _csv(path: Path) -> Iterator[list[Any]]:
    with path.open("rb") as raw:
        start = raw.read(65_536)
    # Excel in Indonesia still saves Windows-1252 where it is not told otherwise, and UTF-16 as "Unicode text".
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8-sig" if _is_utf8(start) else "cp1252"
    lines = start.decode(encoding, "replace").splitlines()[:_TITLE_LINES]
    delimiter = max(_DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0))
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        try:
            yield from csv.reader(text, delimiter=delimiter)
        except csv.Error as error:
            raise TableError(f"{path.name}: not CSV: {error}") from error


def _is_utf8(start: bytes) -> bool:
    try:
        start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return error.start > len(start) - 4  # a letter cut in two by the end of the sample
    return True


def _workbook(path: Path, sheet: str | None) -> Iterator[list[Any]]:
    try:
        _check(path)
        with warnings.catch_warnings(), path.open("rb") as raw:
            warnings.simplefilter("ignore", UserWarning)  # about styles and extensions, which nothing here reads
            book = openpyxl.load_workbook(raw, read_only=True, data_only=True, keep_links=False)
            try:
                page = book[sheet] if sheet else book.worksheets[0]
                page.reset_dimensions()  # what a sheet says of its own size is not to be trusted
                for cells in page.iter_rows(values_only=True, max_col=MOST_COLUMNS):
                    yield list(cells)
            finally:
                book.close()
    except _BROKEN_WORKBOOK as error:
        raise TableError(f"{path.name}: not a workbook that can be read: {error}") from error


def _check(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        members = packed.infolist()
        size = sum(member.file_size for member in members)
        if size > MOST_UNPACKED_BYTES:
            raise TableError(f"{path.name}: unpacks to {size} bytes; at most {MOST_UNPACKED_BYTES} are read")
        for member in members[:_MOST_MEMBERS]:
            with packed.open(member) as part:
                if b"<!DOCTYPE" in part.read(_PROLOG_BYTES):
                    raise TableError(f"{path.name}: {member.filename[:60]} declares entities; no workbook does")


def _named(lines: Iterable[list[Any]]) -> Iterator[Row]:
    """Lines under the names of the first that holds more than a title."""
    header: list[str] | None = None
    for number, line in enumerate(lines, 1):
        filled = sum(not (cell is None or (isinstance(cell, str) and not cell.strip())) for cell in line)
        if not filled or (header is None and filled == 1 and number <= _TITLE_LINES):
            continue
        if header is None:
            header = _header(line)
        else:
            cells = zip_longest(header, line[: len(header)])
            yield Row(number, {name: cell if cell != "" else None for name, cell in cells if name})
    if header is None:
        raise TableError("the table is empty: the first line must name the columns")


def _header(line: list[Any]) -> list[str]:
    names = ["" if cell is None else " ".join(str(cell).split()) for cell in line[:MOST_COLUMNS]]
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise TableError(f"the header names a column twice: {', '.join(sorted(twice))}")
    return names


def _objects(path: Path) -> Iterator[Row]:
    if path.stat().st_size > MOST_JSON_BYTES:
        raise TableError(f"{path.name}: at most {MOST_JSON_BYTES} bytes of JSON; split the file")
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise TableError(f"{path.name}: not JSON: {error}") from error
    found = []
    for number, item in enumerate(_items(document, path.name), 1):
        if not isinstance(item, dict):
            raise TableError(f"{path.name}: entry {number} is not an object")
        found.append(flat(item.get("properties") or {}, item.get("geometry")) if _is_feature(item) else flat(item))
    # A form leaves out what was not answered: what the columns are is only known from all of them.
    names = dict.fromkeys(name for cells in found for name in cells)
    if len(names) > _MOST_NAMES:
        raise TableError(f"{path.name}: {len(names)} different names; at most {_MOST_NAMES} are read")
    for number, cells in enumerate(found, 1):
        yield Row(number, {name: cells.get(name) for name in names})


def _items(document: Any, name: str) -> list[Any]:
    # GeoJSON has "features", KoboToolbox "results", ODK Central "value".
    found = document
    if isinstance(document, dict):
        found = next((document[key] for key in ("features", "results", "value") if key in document), None)
    if not isinstance(found, list):
        raise TableError(f"{name}: neither GeoJSON nor an export of KoboToolbox or ODK, nor a list of objects")
    return found


def _is_feature(item: dict[str, Any]) -> bool:
    return item.get("type") == "Feature" and isinstance(item.get("properties") or {}, dict)


def flat(item: dict[str, Any], geometry: Any = None) -> dict[str, Any]:
    """An object's cells; groups become `group/field`, and a place anywhere in it becomes `lon` and `lat`."""
    cells: dict[str, Any] = {}
    _flatten(item, "", cells)
    _place(geometry, cells)
    return cells


def _flatten(item: dict[str, Any], prefix: str, cells: dict[str, Any]) -> None:
    for name, value in list(item.items())[:MOST_COLUMNS]:
        if name == "_geolocation" and isinstance(value, list) and len(value) == 2 and None not in value:
            cells.setdefault("lat", value[0])
            cells.setdefault("lon", value[1])
        elif isinstance(value, dict) and value.get("type") == "Point":
            _place(value, cells)
        elif isinstance(value, dict) and prefix.count("/") < 8:
            _flatten(value, f"{prefix}{name}/", cells)
        elif isinstance(value, str | int | float) and value != "":
            cells[f"{prefix}{name}"] = value


def _place(geometry: Any, cells: dict[str, Any]) -> None:
    if not isinstance(geometry, dict):
        return
    try:
        point = shapely.geometry.shape(geometry).representative_point()
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, shapely.errors.ShapelyError):
        return  # a row without a usable place says so itself when it is taken in
    if not point.is_empty:
        cells.setdefault("lon", point.x)
        cells.setdefault("lat", point.y)
