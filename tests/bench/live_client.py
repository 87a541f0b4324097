"""A viewer's side of `/live`, written from docs/live-protocol.md alone: it shares no line with the server.

`decode` takes a frame apart, `Copy` is what a screen knows, and `state_hash` proves that it is what the server
knows.
"""

import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

COLUMNS = (
    ("observed_ms", "<f8"),
    ("slot", "<u4"),
    ("lon_e6", "<i4"),
    ("lat_e6", "<i4"),
    ("heading_deg", "<u2"),
    ("speed_dkmh", "<u2"),
    ("state", "u1"),
)

Columns = dict[str, "np.ndarray[Any, Any]"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame: its header and its columns by name, all of one length."""

    header: dict[str, Any]
    columns: Columns

    @property
    def positions(self) -> int:
        return int(self.header["units"]["n"])


def decode(data: bytes) -> Frame:
    """Takes a binary message apart. Raises `ValueError` where it is not as long as it says."""
    size = int.from_bytes(data[:4], "little")
    header = orjson.loads(data[4 : 4 + size])
    count = header["units"]["n"]
    columns: Columns = {}
    if not count:
        return Frame(header, columns)
    at = -(-(4 + size) // 8) * 8
    for name, dtype in COLUMNS:
        columns[name] = np.frombuffer(data, dtype, count, at)
        at += columns[name].nbytes
    if at != len(data):
        raise ValueError(f"a frame of {len(data)} bytes whose columns end at {at}")
    return Frame(header, columns)


@dataclass(slots=True)
class Copy:
    """What one screen knows. `gaps` counts frames that did not follow the one before."""

    id: str | None = None
    boot: str | None = None
    gaps: int = 0
    names: dict[int, str] = field(default_factory=dict)
    incidents: dict[str, dict[str, Any]] = field(default_factory=dict)
    levels: dict[str, dict[str, Any]] = field(default_factory=dict)
    _places: dict[int, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return len(self._places)

    def apply(self, frame: Frame) -> bool:
        """Takes a frame over. False when one is missing before it: then nothing was taken, ask for a snapshot."""
        header = frame.header
        if header["type"] == "snapshot":
            self._forget()
        elif header["prev"] != self.id:
            self.gaps += 1
            return False
        self.id, self.boot = header["id"], header["boot"]
        for slot, name, *_ in header["units"]["meta"]:
            self.names[slot] = name
        for incident in header.get("incidents", ()):
            self.incidents[incident["id"]] = incident
        for level in header.get("levels", ()):
            self.levels[level["code"]] = level
        if frame.positions:
            c = frame.columns
            rows = zip(
                c["observed_ms"].astype("i8").tolist(), c["lon_e6"].tolist(), c["lat_e6"].tolist(), strict=True
            )
            self._places.update(zip(c["slot"].tolist(), rows, strict=True))
        return True

    def state_hash(self) -> str:
        """The hash of all that is known, as the page says."""
        lines = [
            *(f"u|{self.names[slot]}|{at}|{lon}|{lat}" for slot, (at, lon, lat) in self._places.items()),
            *map(_incident_line, self.incidents.values()),
            *map(_level_line, self.levels.values()),
        ]
        encoded = [line.encode() for line in lines]
        crc = sum(map(zlib.crc32, encoded)) % 2**32
        return f"{crc:08x}{sum(map(zlib.adler32, encoded)) % 2**32:08x}"

    def _forget(self) -> None:
        for part in (self.names, self.incidents, self.levels, self._places):
            part.clear()


def _incident_line(incident: dict[str, Any]) -> str:
    lon, lat = (round(incident[key] * 1_000_000) for key in ("lon", "lat"))
    where = f"{incident['regency'] or ''}|{incident['district'] or ''}"
    kept = "|".join(str(incident[key]) for key in ("id", "rev", "status", "severity", "category"))
    return f"i|{kept}|{lon}|{lat}|{where}|{incident['title']}"


def _level_line(level: dict[str, Any]) -> str:
    line = f"l|{level['code']}|{level['level']}|{level['since_ms']}"
    override = level["override"]
    return line if override is None else f"{line}|{override['level']}|{override['until_ms']}"
