"""The words of reports in both languages, and how they write numbers and times."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from dashboard.reports.period import Period
from dashboard.text import Language, say, table_of
from feeds.clock import wib_moment

TABLE = Path(__file__).with_name("words.toml")


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    return table_of(TABLE)


class Words:
    """One language's way to say things. A key that the table lacks is a fault of ours and raises `KeyError`."""

    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def __call__(self, key: str, **parts: str) -> str:
        text = _table()[key][self.lang]
        for name, part in parts.items():
            text = text.replace(f"{{{name}}}", part)
        return text

    def level(self, number: int) -> str:
        """A level as number and word."""
        return f"{number} {say(self.lang, f'level.{number}')}"

    def number(self, value: float, decimals: int = 0) -> str:
        """13.282 and 1,5 in Indonesian, 13,282 and 1.5 in English."""
        text = f"{value:,.{decimals}f}"
        return text if self.lang == "en" else text.translate(str.maketrans(",.", ".,"))

    def signed(self, value: float, decimals: int = 0) -> str:
        """With its sign; a minus is written as one."""
        sign = "+" if value > 0 else "−" if value < 0 else "±"
        return sign + self.number(abs(value), decimals)

    def day(self, day: date) -> str:
        """Senin, 02/12/2024"""
        name = say(self.lang, "days").split()[(day.weekday() + 1) % 7]
        return f"{name}, {day:%d/%m/%Y}"

    def moment(self, at_ms: int) -> str:
        """02/12/2024 08.00 WIB; with a colon in English."""
        wib = wib_moment(at_ms)
        return f"{wib:%d/%m/%Y} {wib:%H}{self._colon}{wib:%M} WIB"

    def hours(self, first: int, last: int) -> str:
        """Hours of the day: 06.00–09.00"""
        return f"{first:02}{self._colon}00–{last:02}{self._colon}00"

    def span(self, period: Period) -> str:
        if period.first == period.last:
            return self.day(period.first)
        return f"{self.day(period.first)} – {self.day(period.last)}"

    @property
    def _colon(self) -> str:
        return ":" if self.lang == "en" else "."
