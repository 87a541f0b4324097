"""The form itself: head, parts with their tables, notes. Every file format is written from it."""

from dataclasses import dataclass
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell as a spreadsheet has it, and as people read it."""

    raw: str | float | None
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A titled table; `empty` is said where it has no rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A whole report. `head` are its labelled lines."""

    title: str
    simulated: str
    head: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
