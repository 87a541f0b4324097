"""The periods that reports are made for, cut at Lampung's midnights (WIB)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self, get_args

from feeds.day import starts_ms

Rhythm = Literal["daily", "weekly", "monthly"]
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)


@dataclass(frozen=True, slots=True)
class Period:
    """A day, a week (Monday to Sunday) or a calendar month: from `first` up to and including `last`."""

    rhythm: Rhythm
    first: date
    last: date

    @classmethod
    def around(cls, rhythm: Rhythm, day: date) -> Self:
        """The period of this rhythm that `day` lies in."""
        if rhythm == "daily":
            return cls(rhythm, day, day)
        if rhythm == "weekly":
            monday = day - timedelta(days=day.weekday())
            return cls(rhythm, monday, monday + timedelta(days=6))
        return cls(rhythm, day.replace(day=1), _month_end(day))

    def before(self) -> "Period":
        """The one before it. Months differ in length; a report that compares them names both."""
        return Period.around(self.rhythm, self.first - timedelta(days=1))

    @property
    def start_ms(self) -> int:
        return starts_ms(self.first)

    @property
    def end_ms(self) -> int:
        """The first moment after it."""
        return starts_ms(self.last + timedelta(days=1))

    def holds(self, at_ms: int) -> bool:
        return self.start_ms <= at_ms < self.end_ms


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
