"""Siger's clock and the forms of time: UTC epoch milliseconds inside, RFC 3339 UTC text in answers."""

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Siger's clock: UTC epoch milliseconds."""
    return time.time_ns() // 1_000_000


def epoch_ms(moment: datetime) -> int:
    """An aware time as UTC epoch milliseconds."""
    return round(moment.timestamp() * 1000)


def utc_text(at_ms: int) -> str:
    """Epoch milliseconds as RFC 3339 UTC text, such as 2024-11-25T07:05:00.000Z."""
    moment = datetime.fromtimestamp(at_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
