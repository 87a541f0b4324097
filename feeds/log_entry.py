"""What the log holds, one entry at a time: as it stands there, and as an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from feeds.events import Event, parse


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry byte for byte: its id and its fields, ours or not. What an archive keeps."""

    id: str
    fields: Mapping[bytes, bytes]

    @property
    def n_bytes(self) -> int:
        """What its fields come to."""
        return sum(len(key) + len(value) for key, value in self.fields.items())


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A poisoned entry: it is in the log, but its content is not an event that we know."""

    kind: str
    version: str
    data: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log; ids rise strictly."""

    id: str
    event: Event | Unreadable


class Appended(NamedTuple):
    """Where an event stands in the log; `new` is False when its key was known, and the id is the first one's."""

    id: str
    new: bool


def place(id: str) -> tuple[int, int]:
    """An id "ms-number" as numbers that sort as the log does."""
    ms, _, number = id.partition("-")
    return int(ms), int(number or 0)


def read_entry(raw: RawEntry) -> Entry:
    """The entry with its event, or with the reason why there is none."""
    kind = raw.fields.get(b"k", b"").decode(errors="replace")
    version = raw.fields.get(b"v", b"").decode(errors="replace")
    data = raw.fields.get(b"d", b"")
    try:
        return Entry(raw.id, parse(kind, int(version), data))
    except Exception as error:  # noqa: BLE001  whatever is in there must never stop those who read on
        return Entry(raw.id, Unreadable(kind, version, data, f"{type(error).__name__}: {error}"))
