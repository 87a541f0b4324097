"""The state hash: one line an object, checksums of all lines added up, so that a change costs what it touches.

Two pictures that show the same have the same hash (docs/live-protocol.md has the lines, for other programs).
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from feeds.incident import Incident
from feeds.level_events import LevelChanged, LevelOverridden
from feeds.unit import Unit

#: An object: its kind (u, i or l) and its name.
Key = tuple[str, str]
_WORD = 0xFFFFFFFF


@dataclass(slots=True)
class Digest:
    """Sums of the lines of many objects. `stale`: those whose line is to be read anew before the next answer."""

    stale: set[Key] = field(default_factory=set)
    _known: dict[Key, tuple[int, int]] = field(default_factory=dict)
    _crc: int = 0
    _adler: int = 0

    def read(self, line: Callable[[str, str], str]) -> str:
        """16 hex digits; `line` says an object's line by its kind and name."""
        for key in self.stale:
            old_crc, old_adler = self._known.get(key, (0, 0))
            text = line(*key).encode()
            crc, adler = self._known[key] = (zlib.crc32(text), zlib.adler32(text))
            self._add(crc - old_crc, adler - old_adler)
        self.stale.clear()
        return f"{self._crc:08x}{self._adler:08x}"

    def forget(self, key: Key) -> None:
        """Takes an object out."""
        self.stale.discard(key)
        crc, adler = self._known.pop(key, (0, 0))
        self._add(-crc, -adler)

    def clear(self) -> None:
        """Takes all of them out."""
        self.stale.clear()
        self._known.clear()
        self._crc = self._adler = 0

    def _add(self, crc: int, adler: int) -> None:
        self._crc = (self._crc + crc) & _WORD
        self._adler = (self._adler + adler) & _WORD


def micro(degrees: float) -> int:
    """Degrees as whole microdegrees, the form in which frames and hashes carry them."""
    return round(degrees * 1_000_000)


def unit_line(unit: Unit) -> str:
    return f"u|{unit.id}|{unit.observed_ms}|{micro(unit.lon)}|{micro(unit.lat)}"


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
