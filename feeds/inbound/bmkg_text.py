"""What BMKG writes into the text of a nowcast: which districts, and until when. A machine has to read it there."""

import re
from datetime import datetime, timedelta, timezone

from feeds.clock import epoch_ms

#: By their first three letters, which are how they are abbreviated too.
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_ZONES = {"WIB": 7, "WITA": 8, "WIT": 9}
_MOMENT = re.compile(
    r"(\d{1,2}) ([A-Za-z]{3,9}) (\d{4}),? (?:pukul |pkl\.? )?(\d{1,2})[:.](\d{2}) (WITA|WIB|WIT)\b"
)
#: The sentence's end is a full stop before a line break: names may hold one ("BTS. ULU").
_NAMED = re.compile(r"khususnya di (.+?)(?:\.\s*(?:\n|$)|$)", re.DOTALL)
_LONGEST_NAME = 60


def names_in(text: str) -> tuple[str, ...]:
    """The areas that a nowcast's text names: "khususnya di ABUNG KUNANG, ABUNG TIMUR."."""
    found = _NAMED.search(text)
    parts = found[1].split(",") if found else []
    return tuple(name for part in parts if (name := part.strip()) and len(name) <= _LONGEST_NAME)


def first_moment_ms(text: str) -> int | None:
    """The first "24 September 2026, 13:50 WIB" of a text, as epoch ms."""
    found = _MOMENT.search(text)
    if found is None:
        return None
    day, month, year, hour, minute, zone = found.groups()
    try:
        number = _MONTHS.index(month.lower()[:3]) + 1
        offset = timezone(timedelta(hours=_ZONES[zone]))
        return epoch_ms(datetime(int(year), number, int(day), int(hour), int(minute), tzinfo=offset))
    except (ValueError, OverflowError):
        return None


def period_ms(text: str) -> tuple[int | None, int | None]:
    """When the warning begins and when it is over ("… dapat berlangsung hingga 24 September 2026, 16:30 WIB")."""
    before, _, after = text.partition("hingga ")
    return first_moment_ms(before), first_moment_ms(after)
