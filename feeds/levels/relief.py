"""What would bring an area's level down: time alone, or which incidents being over. Pure: asks a feed's ledger."""

from dataclasses import dataclass

from feeds.levels.engine import LevelsFeed
from feeds.levels.ledger import MICRO
from feeds.levels.model import LEVEL_NAMES
from feeds.levels.weight import HOUR_MS, MINUTE_MS
from feeds.levels.words import clock

#: Further ahead than this nobody plans by a half-life.
LONGEST_MS = 14 * 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Relief:
    """The level below, when it comes by itself (None: not within two weeks), and what would bring it now."""

    level: int
    at_ms: int | None
    incidents: tuple[str, ...]
    texts: tuple[str, ...]


def relief(feed: LevelsFeed, code: str, at_ms: int) -> Relief | None:
    """What would bring `code` down a level from where it stands now; None at level 0."""
    shown = feed.picture.levels.get(code)
    if shown is None or shown.event.level == 0:
        return None
    feed.be_current(at_ms)
    level, p = shown.event.level - 1, feed.parameters
    under = p.thresholds[level] - p["hysteresis"]
    held_ms = shown.event.since_ms + round(p["dwell_min"] * MINUTE_MS)
    under_ms = _under(feed, code, under, at_ms)
    falls_ms = None if under_ms is None else max(under_ms + round(p["settle_min"] * MINUTE_MS), held_ms)
    incidents = _enough(feed, code, under, at_ms)
    return Relief(level, falls_ms, incidents, tuple(_texts(feed, level, falls_ms, incidents)))


def _under(feed: LevelsFeed, code: str, under: float, at_ms: int) -> int | None:
    """Since when the score is under, or the first minute from now on at which decay alone has brought it there."""
    low, high = at_ms, at_ms + LONGEST_MS
    if feed.score(code, low) < under:
        since = feed.under_since(code, under)
        return low if since is None else since
    if feed.score(code, high) >= under:
        return None
    while high - low > MINUTE_MS:
        middle = (low + high) // 2
        low, high = (middle, high) if feed.score(code, middle) >= under else (low, middle)
    return high


def _enough(feed: LevelsFeed, code: str, under: float, at_ms: int) -> tuple[str, ...]:
    """The fewest incidents, heaviest first, whose end would bring the score under; empty where none would."""
    standing, total = feed.standing(code, at_ms)
    kept = 1 - feed.parameters["closed_share"]
    found = []
    for micro, row in standing.lines:
        incident = feed.ledger.incidents[row]
        if not feed.taxonomy.is_open(incident.status):
            continue
        total -= micro * kept
        found.append(incident.id)
        if total < under * MICRO:
            return tuple(found)
    return ()


def _texts(feed: LevelsFeed, level: int, falls_ms: int | None, incidents: tuple[str, ...]) -> list[str]:
    name = LEVEL_NAMES[level]
    told = []
    if falls_ms is not None:
        told.append(f"Tanpa laporan baru turun ke {name} sekitar {clock(falls_ms)}")
    if len(incidents) == 1:
        told.append(f"Turun ke {name} bila kejadian terberat selesai")
    elif incidents:
        told.append(f"Turun ke {name} bila {len(incidents)} kejadian terberat selesai")
    return told
