"""What a message from outside says, once it has been read, and the one way in which reading can fail.

The shapes are those of `feeds.inputs`: a reading is handed to the intake as it is. Trimmings that do not hold (a
speed of -1, a battery of 400 %) are left out here, because the fix itself is worth having without them; what makes
the message useless raises `NotUnderstood` with the field, the value and the reason.
"""

import math
import re
from dataclasses import dataclass
from typing import Any

from feeds.clock import read_ms, utc_text
from feeds.inputs import Problem, excerpt

Json = dict[str, Any]

KNOTS_TO_KMH = 1.852
MPS_TO_KMH = 3.6

#: Times outside these (2000-01-01 and 2100-01-01 UTC) are a broken clock, not a report.
EARLIEST_MS = 946_684_800_000
LATEST_MS = 4_102_444_800_000
#: Unix times from here on are milliseconds: as seconds they would lie after 2038, and Traccar reads them so too.
FIRST_AS_MS = 2**31

#: SOS messages of one device within this time are one cry for help.
SOS_WINDOW_MS = 10 * 60_000
SOS_CATEGORY = "kejadian_menonjol"
NOWHERE = "0, 0: the device does not know where it is"

_LOST_PLUS = re.compile(r"(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) (\d{2}:?\d{2})$")


class NotUnderstood(ValueError):
    """A message that cannot be used; `problem` says which field, what it held and why."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        self.problem = Problem(field, excerpt(value), reason)
        super().__init__(f"{field}: {reason} (got {self.problem.value})")


class ClockWrong(NotUnderstood):
    """The message's time is well written and cannot be: the device's clock has gone wrong, which nobody can see."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says. `note` tells why a well-formed message carries nothing for Siger.

    `alarm`: the incident is a cry for help under an id that this sender uses for every one.
    """

    device: str = ""
    positions: tuple[Json, ...] = ()
    incidents: tuple[Json, ...] = ()
    note: str = ""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """A device's position before it is checked. Degrees, km/h, metres, per cent; None where not told."""

    device: str
    at_ms: int
    lon: float
    lat: float
    speed_kmh: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    battery_pct: float | None = None
    callsign: str | None = None
    kind: str | None = None

    def position(self) -> Json:
        """The fix in the API's shape; trimmings out of their range are left out."""
        trimmings = {
            "speed_kmh": within(self.speed_kmh, 0, 1500),
            "heading_deg": within(self.heading_deg, 0, 360),
            "accuracy_m": within(self.accuracy_m, 0, 1_000_000),
            "battery_pct": within(self.battery_pct, 0, 100),
            "callsign": (self.callsign or "").strip()[:100] or None,
            "kind": self.kind,
        }
        return {
            "unit": self.device[:100],
            "observed_at": utc_text(self.at_ms),
            "lon": self.lon,
            "lat": self.lat,
            **{name: value for name, value in trimmings.items() if value is not None},
        }

    def sos(self) -> Json:
        """The incident that a pressed SOS button makes."""
        return {
            "external_id": f"sos:{self.device[:100]}:{self.at_ms // SOS_WINDOW_MS}",
            "occurred_at": utc_text(self.at_ms),
            "category": SOS_CATEGORY,
            "severity": 5,
            "title": f"SOS dari {self.callsign or self.device}"[:200],
            "lon": self.lon,
            "lat": self.lat,
            "reporter_unit": self.device[:100],
        }


def within(value: float | None, low: float, high: float) -> float | None:
    """The value if it lies in its range, else None."""
    return value if value is not None and low <= value <= high else None


def number(value: object) -> float | None:
    """A finite number, or None for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def degrees(field: str, value: object, limit: float) -> float:
    """A longitude or latitude; raises `NotUnderstood` where there is none."""
    found = number(value)
    if found is None or not -limit <= found <= limit:
        raise NotUnderstood(field, "(missing)" if value is None else value, f"must be degrees up to ±{limit:g}")
    return found


def is_nowhere(lon: float, lat: float) -> bool:
    """Whether this is what devices say while they do not know where they are: 0, 0."""
    return lon == 0 and lat == 0


def moment_ms(field: str, value: object, now_ms: int) -> int:
    """A time as epoch ms: Unix seconds or ms, ISO 8601, or `2024-11-27 08:00:00` (UTC). None means now."""
    if value is None or value == "":
        return now_ms
    unix = number(value)
    at_ms = _text_ms(field, value) if unix is None else round(unix if abs(unix) >= FIRST_AS_MS else unix * 1000)
    if not EARLIEST_MS <= at_ms <= LATEST_MS:
        raise ClockWrong(field, value, "not between the years 2000 and 2100; check the device's clock")
    return at_ms


def _text_ms(field: str, value: object) -> int:
    # A blank where the offset's "+" was: somebody put the time into a URL without encoding it.
    text = _LOST_PLUS.sub(r"\1+\2", value.strip()) if isinstance(value, str) else ""
    try:
        return read_ms(text)
    except ValueError as error:
        raise NotUnderstood(field, value, "must be Unix seconds or ms, or ISO 8601") from error
