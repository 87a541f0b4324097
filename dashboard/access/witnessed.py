"""Whether log and archive still hold what the audit witnessed: the other half of `siger audit verify`.

An audit entry about events names the first and the last of them, how many they are and how many are new, and holds
the digest of their bytes. Where all are new they stand in one unbroken run, and the digest can be computed again. A
batch with repeats cannot be: the log holds what came first. Neither can what a rule purged from the archive.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from hashlib import sha256

import orjson

from dashboard.access.chain import Broken, Link
from feeds.clock import utc_text
from feeds.history import History
from feeds.log_entry import RawEntry, place

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A run of log entries that an audit entry vouches for."""

    n: int
    first: Span
    last: Span
    count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Compared:
    """How many audit entries about events were compared with them, and how many could not be."""

    held: int
    left_out: int


def witnessed(link: Link) -> Witnessed | None:
    """What an audit entry vouches for; None where it is about no events, or about some that were known before."""
    words = link.events.split()
    if len(words) != 4 or words[2] != words[3]:
        return None
    digest = orjson.loads(link.body)["detail"].get("sha256", "")
    return Witnessed(link.n, place(words[0]), place(words[1]), int(words[2]), str(digest))


async def compare(links: AsyncIterator[Link], history: History, up_to: int, purged: Iterable[str] = ()) -> Compared:
    """Goes through audit and history side by side, once. Raises `Broken` at the first that differ.

    `up_to`: the last audit entry that counts, since others may be written meanwhile; `purged`: days (UTC, such as
    2024-11-27) from which a rule took entries.
    """
    days = frozenset(purged)
    runs = Runs(history)
    held = left_out = 0
    async for link in links:
        if link.n > up_to:
            break
        known = witnessed(link)
        if known is None:
            left_out += bool(link.events)
            continue
        found = await runs.between(known.first, known.last)
        if _holds(known, found):
            held += 1
        elif len(found) < known.count and _day(known.first) in days:
            left_out += 1
        else:
            raise Broken(known.n, _differs(link, known, found))
    return Compared(held, left_out)


class Runs:
    """The history as runs of entries, read once from beginning to end."""

    def __init__(self, history: History) -> None:
        self._pages = history.raw()
        self._page: list[RawEntry] = []

    async def between(self, first: Span, last: Span) -> list[RawEntry]:
        """The entries from `first` to `last`; those before are passed over for good."""
        found: list[RawEntry] = []
        while True:
            for at, entry in enumerate(self._page):
                if place(entry.id) > last:
                    del self._page[:at]
                    return found
                if place(entry.id) >= first:
                    found.append(entry)
            self._page = await anext(self._pages, [])
            if not self._page:
                return found


def _holds(known: Witnessed, found: list[RawEntry]) -> bool:
    data = b"".join(entry.fields.get(b"d", b"") for entry in found)
    return len(found) == known.count and sha256(data).hexdigest() == known.sha256


def _differs(link: Link, known: Witnessed, found: list[RawEntry]) -> str:
    span = " to ".join(link.events.split()[:2])
    if len(found) != known.count:
        return f"it vouches for {known.count} entries of the log ({span}); {len(found)} are there"
    return f"what the log or the archive holds from {span} is not what it vouches for: changed since"


def _day(at: Span) -> str:
    return utc_text(at[0]).split("T")[0]
