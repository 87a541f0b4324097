"""Request bodies: bounded, then one object, a list, or NDJSON; what is broken is named with its place."""

from dataclasses import dataclass
from typing import NamedTuple, cast

import orjson
from starlette.requests import Request

from dashboard.api.problems import BadRequest
from feeds.inputs import Problem, excerpt

MAX_BYTES = 8 * 1024 * 1024
#: Of all bodies that are still coming in: many slow senders of large ones must not fill the memory.
MOST_IN_HAND = 128 * 1024 * 1024
#: No item of ours has a fifth of these; a refusal tells of each field that is wrong.
MOST_FIELDS = 200
NDJSON = (b"application/x-ndjson", b"application/ndjson", b"application/jsonlines")


class Body(NamedTuple):
    """The items of a body, and whether it was a single object."""

    items: list[object]
    single: bool


@dataclass(slots=True)
class _Hand:
    """How much of unfinished bodies this process holds."""

    n_bytes: int = 0


_hand = _Hand()


async def read_items(request: Request, most: int) -> Body:
    """The items of a JSON or NDJSON body. Raises `BadRequest`: 413 too large, 400 broken, 422 too many."""
    return items_of(request, await read_bytes(request), most)


def items_of(request: Request, raw: bytes, most: int) -> Body:
    """The items of a body that was read already."""
    kind = _header(request, b"content-type").partition(b";")[0].strip().lower()
    body = _lines(raw) if kind in NDJSON else _json(raw)
    if len(body.items) > most:
        reason = f"at most {most} items a request; send the rest in another one"
        raise BadRequest(422, "Too many items", Problem("(body)", str(len(body.items)), reason))
    for index, item in enumerate(body.items):
        if isinstance(item, dict) and len(item) > MOST_FIELDS:
            problem = Problem(
                "(the whole item)", f"{len(item)} fields", f"item {index}: at most {MOST_FIELDS} fields"
            )
            raise BadRequest(422, "Too many fields", problem)
    return body


async def read_bytes(request: Request, most: int = MAX_BYTES) -> bytes:
    """The whole body; refused as soon as it is known to be larger than `most` bytes."""
    declared = _header(request, b"content-length")
    if declared.isdigit() and int(declared) > most:
        raise _too_large(declared.decode(), most)
    chunk, more = await _chunk(request)
    if not more and len(chunk) <= most:
        return chunk  # nearly all of them: it came whole
    raw = bytearray()
    try:
        while True:
            raw += chunk
            _hand.n_bytes += len(chunk)
            if len(raw) > most:
                raise _too_large(f"more than {most}", most)
            if _hand.n_bytes > MOST_IN_HAND:
                raise BadRequest(503, "Too much at once", Problem("(body)", "", "too many large bodies at once"))
            if not more:
                return bytes(raw)
            chunk, more = await _chunk(request)
    finally:
        _hand.n_bytes -= len(raw)


def _header(request: Request, name: bytes) -> bytes:
    """The first header of a name as it came; Starlette would decode and compare all of them."""
    for its_name, value in request.scope["headers"]:
        if its_name == name:
            return cast(bytes, value)
    return b""


async def _chunk(request: Request) -> tuple[bytes, bool]:
    """The next part of a body, and whether more comes."""
    message = await request.receive()
    if message["type"] != "http.request":
        raise BadRequest(400, "Broken off", Problem("(body)", "", "the sender left in the middle"))
    return message.get("body", b""), message.get("more_body", False)


def _too_large(size: str, most: int) -> BadRequest:
    reason = f"at most {most // 1024 // 1024} MiB a request; send it in smaller parts"
    return BadRequest(413, "Body too large", Problem("(body)", f"{size} bytes", reason))


def _json(raw: bytes) -> Body:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _broken(raw, error) from error
    return Body(value, single=False) if isinstance(value, list) else Body([value], single=True)


def _lines(raw: bytes) -> Body:
    items: list[object] = []
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            items.append(orjson.loads(line))
        except orjson.JSONDecodeError as error:
            raise _broken(line, error, f"line {number}: ") from error
    return Body(items, single=False)


def _broken(raw: bytes, error: orjson.JSONDecodeError, place: str = "") -> BadRequest:
    reason = f"{place}not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    text = excerpt(raw[:200].decode("utf-8", "replace"))
    return BadRequest(400, "Broken JSON", Problem("(body)", text, reason))
