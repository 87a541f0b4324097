"""A form as PDF on A4, set by typst. What came from outside goes in as data, never as markup."""

import json
from pathlib import Path

import typst

from dashboard.reports.form import Form
from dashboard.reports.page import is_number_column
from dashboard.text import Language

#: A longer word would run out of its cell: it may be broken after each so many characters.
LONGEST_WORD_CHARS = 30
#: Characters that turn the direction of writing around, and with it the order of what stands beside them.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])
_BREAK = "\u200b"

TEMPLATE = Path(__file__).with_name("form.typ")


def to_pdf(form: Form, lang: Language) -> bytes:
    """The PDF file's bytes."""
    made = typst.compile(TEMPLATE.read_bytes(), sys_inputs={"form": json.dumps(_told(form, lang))})
    assert isinstance(made, bytes)
    return made


def _told(form: Form, lang: Language) -> dict[str, object]:
    return {
        "lang": lang,
        "title": form.title,
        "simulated": form.simulated,
        "head": form.head,
        "notes": form.notes,
        "parts": [
            {
                "title": part.title,
                "empty": part.empty,
                "columns": part.columns,
                "right": [is_number_column(part, index) for index in range(len(part.columns))],
                "rows": [[tamed(cell.text) for cell in row] for row in part.rows],
            }
            for part in form.parts
        ],
    }


def tamed(text: str) -> str:
    """Text that stays in its cell and in its direction."""
    return " ".join(_broken(word) for word in text.translate(_TURNING).split(" "))


def _broken(word: str) -> str:
    parts = range(0, len(word), LONGEST_WORD_CHARS)
    return _BREAK.join(word[start : start + LONGEST_WORD_CHARS] for start in parts)
