"""The state hash: one line an object, checksums of all lines added up, so that a change costs what it touches.

Two pictures that show the same have the same hash (docs/live-protocol.md has the lines, for other programs).
"""

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from feeds.incident import Incident
from feeds.level_events import LevelChanged, LevelOverridden
from feeds.unit import Unit

#: Units, incidents and levels.
KINDS = ("u", "i", "l")
_WORD = 0xFFFFFFFF
#: The two checksums of a line, and the two sums, stand in one number, far enough apart not to run into each other.
_ADLER_AT = 64


def _by_kind() -> dict[str, set[str]]:
    return {kind: set() for kind in KINDS}


def _sums_by_kind() -> dict[str, dict[str, int]]:
    return {kind: {} for kind in KINDS}


@dataclass(slots=True)
class Digest:
    """Sums of the lines of many objects. `stale`: names, by kind, whose line the next answer reads anew."""

    stale: dict[str, set[str]] = field(default_factory=_by_kind)
    _known: dict[str, dict[str, int]] = field(default_factory=_sums_by_kind)
    _sums: int = 0

    def read(self, line: Callable[[str, str], str]) -> str:
        """16 hex digits; `line` says an object's line by its kind and name."""
        for kind, names in self.stale.items():
            known = self._known[kind]
            for name in names:
                text = line(kind, name).encode()
                checksums = zlib.crc32(text) | zlib.adler32(text) << _ADLER_AT
                self._sums += checksums - known.get(name, 0)
                known[name] = checksums
            names.clear()
        return f"{self._sums & _WORD:08x}{self._sums >> _ADLER_AT & _WORD:08x}"

    def forget(self, kind: str, name: str) -> None:
        """Takes an object out."""
        self.stale[kind].discard(name)
        self._sums -= self._known[kind].pop(name, 0)

    def clear(self) -> None:
        """Takes all of them out."""
        for kind in KINDS:
            self.stale[kind].clear()
            self._known[kind].clear()
        self._sums = 0


def micro(degrees: float) -> int:
    """Degrees as whole microdegrees, the form in which frames and hashes carry them."""
    return round(degrees * 1_000_000)


def micros(degrees: Sequence[float]) -> NDArray[np.int64]:
    """As `micro`, for many at once."""
    return np.rint(np.array(degrees, np.float64) * 1_000_000).astype(np.int64)


def unit_line(unit: Unit) -> str:
    # Not by `micro`: thousands of these are made for each tick.
    return f"u|{unit.id}|{unit.observed_ms}|{round(unit.lon * 1_000_000)}|{round(unit.lat * 1_000_000)}"


def level_line(level: LevelChanged, override: LevelOverridden | None) -> str:
    aside = f"|{override.level}|{override.until_ms}" if override else ""
    return f"l|{level.area}|{level.level}|{level.since_ms}{aside}"


def incident_line(incident: Incident) -> str:
    return "|".join(_incident_parts(incident))


def _incident_parts(incident: Incident) -> Iterator[str]:
    report = incident.report
    yield from ("i", incident.id, incident.rev, incident.status, str(report.severity), report.category)
    yield from (str(micro(report.lon)), str(micro(report.lat)))
    yield from (report.regency or "", report.district or "", report.title)
