"""The audit chain: entries that each carry a hash over the one before, so that none can be changed unseen.

Pure. What was written once can be checked anywhere: on the server, from an export, years later, with nothing
but this file. A chain proves that nothing between two links was changed; that the whole chain was not made anew is
proved by a signed checkpoint kept elsewhere (`checkpoints`).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as it is stored: its number, what happened (JSON), the log ids that came with it, and its hash."""

    n: int
    body: bytes
    events: str
    hash: str
    id: str = ""

    @property
    def digest(self) -> str:
        return digest_of(self.body)


class Broken(Exception):
    """The chain does not hold; names the first entry that shows it."""

    def __init__(self, n: int, reason: str) -> None:
        self.n, self.reason = n, reason
        super().__init__(f"entry {n}: {reason}")


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def hash_of(previous: str, n: int, digest: str, events: str) -> str:
    """The hash that entry `n` must carry."""
    return hashlib.sha256(f"{previous}|{n}|{digest}|{events}".encode()).hexdigest()


def checked(links: Iterable[Link], *, after: int = 0, previous: str = GENESIS) -> Iterator[Link]:
    """The links one by one while the chain holds behind entry `after`. Raises `Broken` at the first that fails."""
    expected = after + 1
    for link in links:
        if link.n != expected:
            raise Broken(expected, _misplaced(expected, link.n))
        if link.hash != hash_of(previous, link.n, link.digest, link.events):
            raise Broken(link.n, "its content or its link to the entry before was changed")
        yield link
        expected, previous = expected + 1, link.hash


def _misplaced(expected: int, found: int) -> str:
    if found > expected:
        return f"missing: entry {found} stands in its place" + (" (removed)" if found == expected + 1 else "")
    return f"entry {found} stands here a second time (inserted)"
