"""Siger's clock and the forms of time: UTC epoch milliseconds inside, RFC 3339 UTC text in answers."""

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from feeds.day import WIB_MS
from feeds.numbers import EARLIEST_MS, LATEST_MS

#: Lampung's time, UTC+7, without summer time.
WIB: Final = timezone(timedelta(milliseconds=WIB_MS), "WIB")

_MS: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WIB_EPOCH: Final = _EPOCH.astimezone(WIB)
#: The last moment that a calendar in WIB can say.
_WIB_LATEST_MS: Final = LATEST_MS - WIB_MS


def now_ms() -> int:
    """Siger's clock: UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


def epoch_ms(moment: datetime) -> int:
    """The UTC epoch millisecond in which an aware time lies.

    Raises `ValueError` where no calendar has it in UTC: the year 1 begins in Lampung while it is the year 0 there.
    """
    at_ms = (moment - _EPOCH) // _MS
    if EARLIEST_MS <= at_ms <= LATEST_MS:
        return at_ms
    raise ValueError(f"{moment} lies outside the years 1 to 9999 UTC")


def read_ms(text: str) -> int:
    """ISO 8601 text as UTC epoch milliseconds; without an offset it is UTC. Raises `ValueError`."""
    at = datetime.fromisoformat(text)
    return epoch_ms(at if at.tzinfo else at.replace(tzinfo=UTC))


def utc_text(at_ms: int) -> str:
    """Epoch milliseconds as RFC 3339 UTC text, such as 2024-11-25T07:05:00.000Z."""
    moment = _EPOCH + at_ms * _MS
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wib_moment(at_ms: int) -> datetime:
    """Epoch milliseconds as clocks in Lampung show them; the year 9999's last hours as the last they can."""
    return _WIB_EPOCH + min(at_ms, _WIB_LATEST_MS) * _MS
