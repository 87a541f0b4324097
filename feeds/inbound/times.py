"""Times as people write them into tables: 27/11/2024 14.05, 27 November 2024 pukul 14:05, an Excel day count."""

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from feeds.clock import WIB
from feeds.inbound.reading import number

_WRITTEN = re.compile(
    r"^(?:[a-zA-Z']{4,6}[,/ ]+)?(\d{1,2})[/.\- ]+(\d{1,2}|[a-zA-Z]{3,9})[/.\- ]+(\d{4}|\d{2})(?:[ ,]+(.*))?$"
)
_CLOCK = re.compile(r"^(?:pukul |pkl\.? |jam )?(\d{1,2})[.:](\d{2})(?:[.:](\d{2}))?\s*(?:WIB)?$", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_ENGLISH = {"may": 5, "aug": 8, "oct": 10, "dec": 12}
_CENTURY = 2000
#: Excel counts days from here; between these two numbers (2000 and 2100) a bare number is such a count.
_EXCEL_EPOCH = datetime(1899, 12, 30)
_EXCEL_DAYS = (36_526, 73_050)


def moment(day: Any, clock: Any, zone: timezone = WIB) -> datetime:
    """A cell's time, at `clock` if that cell says one; `zone` where there is no offset. Raises `ValueError`."""
    at = _moment(day)
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    hour = _clock(clock)
    return at if hour is None else datetime.combine(at.date(), hour, at.tzinfo)


def _moment(cell: Any) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    days = number(cell)
    if days is not None and _EXCEL_DAYS[0] <= days <= _EXCEL_DAYS[1]:
        return _EXCEL_EPOCH + timedelta(seconds=round(days * 86_400))
    text = str(cell or "").strip()
    if written := _WRITTEN.match(text):
        day, month, year, rest = written.groups()
        full = int(year) + (_CENTURY if len(year) == len("24") else 0)
        return datetime.combine(date(full, _month(month), int(day)), _clock(rest) or time())
    return datetime.fromisoformat(text)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    short = text.lower()[:3]
    return _ENGLISH.get(short) or _MONTHS.index(short) + 1


def _clock(cell: Any) -> time | None:
    if isinstance(cell, time):
        return cell
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, float) and 0 <= cell < 1:  # Excel's part of a day
        return (_EXCEL_EPOCH + timedelta(seconds=round(cell * 86_400))).time()
    text = str(cell or "").strip()
    if not text:
        return None
    if found := _CLOCK.match(text):
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    raise ValueError(f"'{text}' is not a time of day")
