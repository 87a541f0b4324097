"""The day as Lampung counts it (WIB, UTC+7, no summer time): archives and reports are cut at its midnights."""

from datetime import date, timedelta
from typing import Final

WIB_MS: Final = 7 * 3_600_000
DAY_MS: Final = 86_400_000
_EPOCH: Final = date(1970, 1, 1)


def day_of(at_ms: int) -> date:
    """The WIB day of a moment."""
    return _EPOCH + timedelta(days=(at_ms + WIB_MS) // DAY_MS)


def starts_ms(day: date) -> int:
    """The first moment of a WIB day."""
    return (day - _EPOCH).days * DAY_MS - WIB_MS
