"""Signed checkpoints of the audit, and its export as evidence: what proves the chain to who has not the store.

A checkpoint says "at this time the chain had N entries and ended in this hash", signed with the operators' key.
Kept elsewhere, it shows whether the whole chain was made anew since. An export is NDJSON: a head line, the entries,
the bare links up to the checkpoint, and the checkpoint.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, ValidationError

from dashboard.access.chain import GENESIS, Broken, Link, hash_of
from dashboard.access.keys import Keys


class Checkpoint(BaseModel):
    """The chain's length and last hash at a time, signed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["checkpoint"] = "checkpoint"
    n: int
    hash: str
    at_ms: int
    key: str
    signature: str = ""

    @property
    def said(self) -> bytes:
        """What is signed."""
        return f"siger audit|{self.n}|{self.hash}|{self.at_ms}".encode()


class BadEvidence(Exception):
    """A checkpoint or an export that does not prove what it says."""


def sign(keys: Keys, n: int, last: str, at_ms: int) -> Checkpoint:
    bare = Checkpoint(n=n, hash=last, at_ms=at_ms, key=keys.public)
    return bare.model_copy(update={"signature": keys.signing.sign(bare.said).hex()})


def read_checkpoint(line: bytes | str, key: str | None = None) -> Checkpoint:
    """A checkpoint whose signature holds under the key that it names; `key`: it must be this one.

    Raises `BadEvidence`.
    """
    try:
        found = Checkpoint.model_validate_json(line)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(found.key)).verify(
            bytes.fromhex(found.signature), found.said
        )
    except (ValidationError, ValueError) as error:
        raise BadEvidence("this is not a checkpoint of Siger's audit") from error
    except InvalidSignature as error:
        raise BadEvidence(f"the signature under the checkpoint of entry {found.n} does not hold") from error
    if key is not None and found.key != key:
        raise BadEvidence(f"the checkpoint of entry {found.n} is signed with another key ({found.key}) than {key}")
    return found


def export(links: Iterable[Link], first: int, last: int, checkpoint: Checkpoint) -> Iterator[bytes]:
    """Entries `first` to `last` in full, the links behind them bare, then the checkpoint that closes the chain."""
    previous = GENESIS
    for link in links:
        if link.n == first:
            yield orjson.dumps({"type": "siger-audit", "first": first, "last": last, "previous": previous})
        if first <= link.n <= last:
            yield orjson.dumps(_line(link, {"type": "entry", "body": link.body.decode()}))
        elif last < link.n <= checkpoint.n:
            yield orjson.dumps(_line(link, {"type": "link", "digest": link.digest}))
        previous = link.hash
    yield checkpoint.model_dump_json().encode()


def _line(link: Link, more: dict[str, Any]) -> dict[str, Any]:
    return {**more, "n": link.n, "events": link.events, "hash": link.hash}


def check_export(lines: Iterable[bytes], key: str | None = None) -> Checkpoint:
    """Walks an export from its first entry to its checkpoint, signed with `key` if one is given.

    Raises `Broken` or `BadEvidence`.
    """
    waiting = iter(lines)
    previous, expected = _begins(next(waiting, b""))
    for line in waiting:
        item = _item(line)
        if item["type"] == "checkpoint":
            closed = _closes(read_checkpoint(line, key), expected - 1, previous)
            if any(rest.strip() for rest in waiting):
                raise BadEvidence("behind its checkpoint the export goes on: what stands there proves nothing")
            return closed
        previous = _follows(item, expected, previous)
        expected += 1
    raise BadEvidence("the export ends without its checkpoint")


def _begins(line: bytes) -> tuple[str, int]:
    """The hash that the first entry follows, and its number: said once, at the top, so that nothing begins anew."""
    item = _item(line)
    try:
        if item["type"] == "siger-audit":
            return str(item["previous"]), int(item["first"])
    except (KeyError, ValueError) as error:
        raise BadEvidence(f"the first line of the export lacks something: {error}") from error
    raise BadEvidence("the export does not begin with its first line")


def _item(line: bytes) -> dict[str, Any]:
    try:
        item = orjson.loads(line)
        if isinstance(item, dict) and item.get("type") in ("siger-audit", "entry", "link", "checkpoint"):
            return item
    except orjson.JSONDecodeError as error:
        raise BadEvidence(f"a line of the export is not JSON: {line[:60]!r}") from error
    raise BadEvidence(f"a line of the export is none of ours: {line[:60]!r}")


def _follows(item: dict[str, Any], expected: int, previous: str) -> str:
    if item["type"] not in ("entry", "link"):
        raise BadEvidence(f"the export begins anew before entry {expected}: what stands above proves nothing")
    try:
        link = Link(int(item["n"]), str(item.get("body", "")).encode(), str(item["events"]), str(item["hash"]))
        digest = link.digest if item["type"] == "entry" else str(item["digest"])
    except (KeyError, ValueError) as error:
        raise BadEvidence(f"a line of the export lacks something: {error}") from error
    if link.n != expected:
        raise Broken(expected, f"missing: entry {link.n} stands in its place")
    if link.hash != hash_of(previous, link.n, digest, link.events):
        raise Broken(link.n, "its content or its link to the entry before was changed")
    return link.hash


def _closes(checkpoint: Checkpoint, n: int, last: str) -> Checkpoint:
    if (checkpoint.n, checkpoint.hash) != (n, last):
        raise Broken(n, f"the checkpoint closes entry {checkpoint.n}, not this one")
    return checkpoint
