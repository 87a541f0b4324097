"""CSV for spreadsheets: what came from outside stays text and is never taken for a formula.

A spreadsheet runs what begins with = + - @ (or a tab or carriage return before it), whoever wrote it. Such text
gets an apostrophe in front, which spreadsheets show as text. Numbers of ours stay numbers, negative ones too.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
#: Excel takes UTF-8 for Windows-1252 without it.
BOM = "\ufeff"


def harmless(cell: Any) -> Any:
    """A cell as a spreadsheet may have it: numbers as they are, text that could run marked as text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, int | float):
        return cell
    text = str(cell).replace("\0", "␀")
    return f"'{text}" if text.lstrip(" ").startswith(_RISKY) else text


def unguarded(cell: Any) -> Any:
    """What `harmless` was given, where a cell comes back from a file of ours."""
    if isinstance(cell, str) and cell[:1] == "'" and cell[1:].lstrip(" ").startswith(_RISKY):
        return cell[1:]
    return cell


def csv_lines(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> Iterator[str]:
    """A CSV file, line by line, beginning with a byte order mark and the header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([harmless(column) for column in columns])
    yield _taken(buffer)
    for row in rows:
        writer.writerow([harmless(row.get(column)) for column in columns])
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
