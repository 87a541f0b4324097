"""A form as one HTML file that needs nothing beside it, for a browser and its printer."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

from dashboard.reports.form import Cell, Form, Part
from dashboard.text import Language

STYLE = Path(__file__).with_name("form.css")


def to_html(form: Form, lang: Language) -> bytes:
    """The whole page; every word from outside is escaped."""
    return "".join(_page(form, lang)).encode()


def _page(form: Form, lang: Language) -> Iterator[str]:
    yield f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(form.title)}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body>"
    if form.simulated:
        yield f'<div class="simulated">{escape(form.simulated)}</div>'
    yield f"<h1>{escape(form.title)}</h1><dl>"
    for name, value in form.head:
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    yield "</dl>"
    for part in form.parts:
        yield from _part(part)
    yield (
        '<div class="notes">' + "".join(f"<p>{escape(note)}</p>" for note in form.notes) + "</div></body></html>\n"
    )


def _part(part: Part) -> Iterator[str]:
    yield f"<h2>{escape(part.title)}</h2>"
    if not part.rows:
        yield f"<p>{escape(part.empty)}</p>"
        return
    numeric = [is_number_column(part, index) for index in range(len(part.columns))]
    head = "".join(
        f"<th{_class(number)}>{escape(name)}</th>" for name, number in zip(part.columns, numeric, strict=True)
    )
    yield f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>'
    for row in part.rows:
        yield "<tr>" + "".join(_cell(cell, number) for cell, number in zip(row, numeric, strict=True)) + "</tr>"
    yield "</tbody></table></div>"


def is_number_column(part: Part, index: int) -> bool:
    """Whether a column holds numbers, and nothing but numbers to be read as such."""
    return all(not isinstance(row[index].raw, str) and row[index].text[:1] in "0123456789+−±–" for row in part.rows)


def _cell(cell: Cell, number: bool) -> str:
    return f"<td{_class(number)}>{escape(cell.text)}</td>"


def _class(number: bool) -> str:
    return ' class="n"' if number else ""
