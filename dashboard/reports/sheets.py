"""A form as CSV or as a workbook: numbers stay numbers, and nothing that came from outside can run."""

import csv
import io

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.reports.form import Form, Part
from feeds.outbound.tables import BOM, harmless

#: Excel takes no longer names of sheets, and not these signs in them.
_SHEET_CHARS = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_WIDEST = 60


def to_csv(form: Form) -> bytes:
    """One table under the other, each under its title."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([harmless(" · ".join(filter(None, (form.simulated, form.title))))])
    writer.writerows([harmless(name), harmless(value)] for name, value in form.head)
    for part in form.parts:
        writer.writerows([[], [harmless(part.title)], [harmless(column) for column in part.columns]])
        writer.writerows(_rows(part))
    writer.writerows([[], *([harmless(note)] for note in form.notes)])
    return buffer.getvalue().encode()


def to_xlsx(form: Form) -> bytes:
    """A sheet a table, the head on a first one."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = _sheet_name(form.parts[0].title)
    _add(first, [form.simulated or form.title], bold=True)
    if form.simulated:
        _add(first, [form.title], bold=True)
    for row in (*form.head, [], *([note] for note in form.notes), []):
        _add(first, list(row))
    for number, part in enumerate(form.parts):
        sheet = first if number == 0 else book.create_sheet(_sheet_name(part.title))
        _add(sheet, list(part.columns), bold=True)
        for cells in _rows(part):
            _add(sheet, cells)
        _widen(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _rows(part: Part) -> list[list[object]]:
    if not part.rows:
        return [[harmless(part.empty)]] if part.empty else []
    return [[harmless(cell.raw) for cell in row] for row in part.rows]


def _add(sheet: Worksheet, cells: list[object] | list[str], *, bold: bool = False) -> None:
    sheet.append([ILLEGAL_CHARACTERS_RE.sub("␀", cell) if isinstance(cell, str) else cell for cell in cells])
    if bold:
        for cell in sheet[sheet.max_row]:
            cell.font = Font(bold=True)


def _widen(sheet: Worksheet) -> None:
    for letter, column in zip("ABCDEFGH", sheet.iter_cols(), strict=False):
        longest = max(len(str(cell.value or "")) for cell in column)
        sheet.column_dimensions[letter].width = min(longest + 2, _WIDEST)


def _sheet_name(title: str) -> str:
    return title.translate(_FORBIDDEN)[:_SHEET_CHARS]
