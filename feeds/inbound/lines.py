"""NDJSON and CSV, line by line: what each line says, as the JSON object that the intake takes, or why it says
nothing.

Files may be larger than memory, so a line is read, handed on and forgotten; one that is longer than `MOST_BYTES`
is refused unread. A cell is text and stays text: the intake reads numbers out of it. What a value means is not
decided here.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from textwrap import shorten
from typing import IO, Any

import orjson

from feeds.inputs import IncidentIn, PositionIn, Problem, excerpt

MOST_BYTES = 1024 * 1024
DELIMITERS = ",;\t"
#: A name such as `victims.dead` may have as many parts; nothing that is taken is nested deeper.
MOST_PARTS = 4

_TELLTALE = frozenset({"title", "category"})
_FIELDS = frozenset(IncidentIn.model_fields) | frozenset(PositionIn.model_fields)
_BOM = b"\xef\xbb\xbf"
#: Stands for a line of a CSV file that was too long to be read.
_TOO_LONG = "\x00"


@dataclass(frozen=True, slots=True)
class Line:
    """A line's number in its file (from 1), and what it says or what is wrong with it."""

    number: int
    item: dict[str, Any] | None
    problem: Problem | None = None


class HeaderError(ValueError):
    """A CSV header that does not fit what was asked; the text says what it holds."""


def is_position(item: Mapping[str, Any]) -> bool:
    """A position has a unit, and neither title nor category; everything else is an incident."""
    return "unit" in item and not _TELLTALE & item.keys()


def is_either(item: Mapping[str, Any]) -> bool:
    """Whether an object can be told to be a position or an incident."""
    return "unit" in item or bool(_TELLTALE & item.keys())


def ndjson(stream: IO[bytes]) -> Iterator[Line]:
    """The lines of an NDJSON stream; empty ones are passed over."""
    for number, raw in enumerate(_bounded(stream), 1):
        if len(raw) > MOST_BYTES:
            yield _too_long(number)
        elif raw.strip():
            yield _json_line(number, raw)


def rows(stream: IO[bytes], columns: Mapping[str, str] | None = None) -> Iterator[Line]:
    """The rows of a CSV stream, under the names of its header. Empty cells are left out.

    `columns` maps fields to columns; columns that it does not name are then left out unless they bear the name of a
    field themselves. The delimiter (comma, semicolon or tab) is seen from the header. A name with a dot, such as
    `victims.dead`, makes an object. Raises `HeaderError`.
    """
    lines = (_text_of(raw) for raw in _bounded(stream))
    header = next(lines, "")
    if not _is_text(header):
        raise HeaderError("the first line is not UTF-8 text; save the file as UTF-8")
    delimiter = max(DELIMITERS, key=header.count)
    try:
        names = _names(next(csv.reader([header], delimiter=delimiter), []), columns)
    except csv.Error as error:
        raise HeaderError(f"the first line is no CSV header: {error}") from error
    yield from _rows(csv.reader(lines, delimiter=delimiter, strict=True), names)


def _bounded(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream's lines without a byte order mark; one that is too long is cut behind the limit."""
    first = True
    while raw := stream.readline(MOST_BYTES + 1):
        rest = raw
        while len(rest) > MOST_BYTES and not rest.endswith(b"\n"):
            rest = stream.readline(MOST_BYTES + 1)
        yield raw.removeprefix(_BOM) if first else raw
        first = False


def _text_of(raw: bytes) -> str:
    return _TOO_LONG if len(raw) > MOST_BYTES else raw.decode("utf-8", "surrogateescape")


def _too_long(number: int) -> Line:
    return Line(number, None, Problem("(line)", f"over {MOST_BYTES} bytes", "longer than 1 MiB"))


def _json_line(number: int, raw: bytes) -> Line:
    try:
        item = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        shown = excerpt(raw[:200].decode("utf-8", "replace"))
        return Line(number, None, Problem("(line)", shown, f"not JSON: {error.msg}, column {error.colno}"))
    if not isinstance(item, dict):
        return Line(number, None, Problem("(line)", excerpt(item), "a line must be one JSON object"))
    return Line(number, item)


def _names(header: list[str], columns: Mapping[str, str] | None) -> list[str | None]:
    """The field that each column is for; None: left out."""
    header = [name.strip() for name in header]
    if not any(header):
        raise HeaderError("the first line must be a header that names the columns")
    twice = sorted(name for name, times in Counter(header).items() if name and times > 1)
    if twice:
        raise HeaderError(f"the header names a column twice: {excerpt(', '.join(twice))}")
    names = _mapped(header, columns) if columns else [name or None for name in header]
    _refuse_wholes_and_parts([tuple(name.split(".")) for name in names if name])
    return names


def _refuse_wholes_and_parts(paths: list[tuple[str, ...]]) -> None:
    """A value cannot be there whole and in parts. Sorted, a whole stands right before its first part."""
    for whole, part in pairwise(sorted(paths)):
        if part[: len(whole)] == whole:
            raise HeaderError(f"there are '{excerpt('.'.join(whole))}' and parts of it; leave one out")
    deepest = max(paths, key=len, default=())
    if len(deepest) > MOST_PARTS:
        raise HeaderError(f"'{excerpt('.'.join(deepest))}' has more than {MOST_PARTS} parts")


def _mapped(header: list[str], columns: Mapping[str, str]) -> list[str | None]:
    lacking = sorted(set(columns.values()) - set(header))
    if lacking:
        there_are = shorten(", ".join(header), 1000, placeholder=" …")
        raise HeaderError(f"there is no column {', '.join(map(repr, lacking))}; there are: {there_are}")
    fields = {column: field for field, column in columns.items()}
    return [
        fields.get(name) or (name if name.partition(".")[0] in _FIELDS and name not in columns else None)
        for name in header
    ]


def _rows(reader: Any, names: list[str | None]) -> Iterator[Line]:
    while True:
        number = reader.line_num + 2  # the header is line 1, and a row may go over several lines
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(number, None, Problem("(line)", "", f"not CSV: {error}"))
            continue
        if cells == [_TOO_LONG]:
            yield _too_long(number)
        elif any(cells):
            yield _row(number, cells, names)


def _row(number: int, cells: list[str], names: list[str | None]) -> Line:
    if len(cells) > len(names):
        shown = _shown(cells[len(names)])
        return Line(number, None, Problem("(line)", shown, f"{len(cells)} cells under {len(names)} columns"))
    item: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if name is None or not cell.strip():
            continue
        if not _is_text(cell):
            return Line(number, None, Problem(name, _shown(cell), "not UTF-8 text"))
        _put(item, name.split("."), cell)
    return Line(number, item)


def _is_text(cell: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in cell)


def _shown(cell: str) -> str:
    return excerpt(cell.encode("utf-8", "replace").decode())


def _put(item: dict[str, Any], path: list[str], cell: str) -> None:
    for name in path[:-1]:
        item = item.setdefault(name, {})
    item[path[-1]] = cell
