"""A CoT event written as TAK's protobuf message (takproto version 1): the few fields that Siger reads, no more.

A reader of a page instead of generated classes: the schema is small and frozen, and every length is checked against
what is really there before anything is taken.
"""

import struct
from collections.abc import Iterator

from feeds.inbound import cot_xml
from feeds.inbound.cot import CotEvent
from feeds.inbound.reading import NotUnderstood

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
#: A message has about twenty fields; one with hundreds is not a CoT event.
MOST_FIELDS = 500

Value = int | float | bytes


def parse(data: bytes) -> CotEvent:
    """Reads one TakMessage. Raises `NotUnderstood`."""
    event = _fields(_bytes(_fields(data).get(2), "cotEvent"))
    found = _fields(_bytes(event.get(15, b""), "detail"))
    fields: dict[str, object] = {
        "uid": _required(event.get(5), "uid"),
        "type": _required(event.get(1), "type"),
        "at_ms": _whole(event.get(6)),
        "how": _text(event.get(9)),
        # Protobuf leaves zeros out: a missing latitude is a latitude of 0.
        "lat": event.get(10, 0.0),
        "lon": event.get(11, 0.0),
        "ce_m": _real(event.get(13)),
    }
    return CotEvent(**{**fields, **_detail(found)})  # type: ignore[arg-type]  # each name is set from its own field


def _detail(found: dict[int, Value]) -> dict[str, object]:
    contact = _fields(_bytes(found.get(2, b""), "contact"))
    status = _fields(_bytes(found.get(5, b""), "status"))
    track = _fields(_bytes(found.get(7, b""), "track"))
    told = {
        "callsign": _text(contact.get(2)),
        "battery_pct": float(_whole(status.get(1))) if 1 in status else None,
        "speed_mps": _real(track.get(1, 0.0)) if track else None,
        "course_deg": _real(track.get(2, 0.0)) if track else None,
    }
    return {**cot_xml.detail(_text(found.get(1))), **{k: v for k, v in told.items() if v not in (None, "")}}


def _fields(data: bytes) -> dict[int, Value]:
    """A message's fields by number; of repeated ones the last counts, as protobuf has it."""
    found: dict[int, Value] = {}
    for count, (number, value) in enumerate(_walk(data)):
        if count >= MOST_FIELDS:
            raise _broken("too many fields")
        found[number] = value
    return found


def _walk(data: bytes) -> Iterator[tuple[int, Value]]:
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = varint(data, at)
            yield number, value
        elif wire == _FIXED64:
            yield number, struct.unpack("<d", _take(data, at, 8))[0]
            at += 8
        elif wire == _FIXED32:
            yield number, struct.unpack("<f", _take(data, at, 4))[0]
            at += 4
        elif wire == _BYTES:
            length, at = varint(data, at)
            yield number, _take(data, at, length)
            at += length
        else:
            raise _broken(f"wire type {wire}")


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at `at` and where it ends. Raises `NotUnderstood` where it is cut off or longer than 10 bytes."""
    value = 0
    for index in range(10):
        if at + index >= len(data):
            raise _broken("a number is cut off")
        byte = data[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at + index + 1
    raise _broken("a number is longer than 10 bytes")


def _take(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise _broken(f"a field of {length} bytes where {len(data) - at} are left")
    return data[at : at + length]


def _broken(reason: str) -> NotUnderstood:
    return NotUnderstood("(message)", "protobuf", f"not a TAK message: {reason}")


def _bytes(value: Value | None, name: str) -> bytes:
    if not isinstance(value, bytes):
        raise NotUnderstood(name, "(missing)" if value is None else value, "not a part of a TAK message")
    return value


def _text(value: Value | None) -> str:
    return value.decode("utf-8", "replace").strip() if isinstance(value, bytes) else ""


def _required(value: Value | None, name: str) -> str:
    if not (text := _text(value)):
        raise NotUnderstood(name, "(missing)", "a CoT event has uid, type and time")
    return text


def _whole(value: Value | None) -> int:
    return value if isinstance(value, int) else 0


def _real(value: Value | None) -> float | None:
    return value if isinstance(value, float) else None
