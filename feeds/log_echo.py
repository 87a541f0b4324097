"""What this process appended comes back to it through the log; positions need not be taken apart again then.

Every entry is read from the log, in the log's order: only the work of parsing is saved where its bytes are those
that were just written. Positions alone: there are thousands a second, and they are the very same once they are read
back.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from feeds.events import PositionsObserved
from feeds.log_entry import Entry, RawEntry, read_entry

#: So many that were written and not yet read back are remembered; the others are parsed.
MOST_POSITIONS: Final = 100_000


class Echo:
    """Events on their way to the log and back. Remembers nothing while nobody follows the log."""

    def __init__(self) -> None:
        self._expected: deque[tuple[bytes, PositionsObserved]] = deque()
        self._positions = 0
        self._followed = False

    @contextmanager
    def awaited(self) -> Iterator[None]:
        """Somebody reads what comes back."""
        self._followed = True
        try:
            yield
        finally:
            self._followed = False
            self._forget(len(self._expected))

    def expect(self, event: object, data: bytes) -> None:
        """An event is being appended as these bytes."""
        if self._followed and isinstance(event, PositionsObserved) and self._positions < MOST_POSITIONS:
            self._expected.append((data, event))
            self._positions += len(event.positions)

    def read(self, raw: RawEntry) -> Entry:
        """The entry with its event, which may be known."""
        data = raw.fields.get(b"d")
        for number, (known, event) in enumerate(self._expected):
            if known == data and raw.fields.get(b"k") == event.kind.encode():
                # They come back in the order in which they were sent: what is before it was not stored.
                self._forget(number + 1)
                return Entry(raw.id, event)
        return read_entry(raw)

    def _forget(self, count: int) -> None:
        for _ in range(count):
            self._positions -= len(self._expected.popleft()[1].positions)
