"""Cuts a stream of CoT into messages: XML documents back to back, TAK protobuf frames, or both on one connection.

XML has no delimiter but its own end tag. Protobuf comes as `BF length message` on a stream, or as `BF 01 BF
message` in a datagram, which some one-shot senders write to a connection and then close it. What is kept is
bounded: after a document that does not end within `MOST_BYTES` the stream cannot be trusted any more.
"""

import re
from collections.abc import Iterator

from feeds.inbound import cot_proto, cot_xml
from feeds.inbound.cot import reading_of
from feeds.inbound.reading import NotUnderstood, Reading

MOST_BYTES = 64 * 1024

_MAGIC = 0xBF
_DATAGRAM = b"\xbf\x01\xbf"
_END = re.compile(rb"</(?:event|auth)\s*>")
_SPACE = b" \t\r\n\0"
_BOM = b"\xef\xbb\xbf"
#: An end tag may be cut in two by the network; this much of the tail is looked at again.
_END_CHARS = 64


class StreamBroken(ValueError):
    """The stream is not CoT, or a message is larger than allowed; the connection is of no more use."""


class CotStream:
    """One sender's bytes. Feed what arrives, get whole messages out."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._most = most_bytes

    @property
    def waiting(self) -> bool:
        """Whether the beginning of a message waits for its end."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The messages that are complete now. Raises `StreamBroken`."""
        self._buffer += data
        while message := self._next():
            yield message
        if len(self._buffer) > self._most:
            raise StreamBroken(f"a message of more than {self._most} bytes")

    def end(self) -> bytes | None:
        """What the sender left when it closed: a message without a length, if it is one."""
        rest, self._buffer = bytes(self._buffer), bytearray()
        return rest if rest.startswith(_DATAGRAM) else None

    def _next(self) -> bytes | None:
        buffer = self._buffer
        skip = next((i for i, byte in enumerate(buffer) if byte not in _SPACE), len(buffer))
        del buffer[:skip]
        if buffer.startswith(_BOM):  # some writers on Windows begin so
            del buffer[: len(_BOM)]
        if _BOM.startswith(buffer):  # nothing is left, or the beginning of one
            return None
        if buffer[0] == _MAGIC:
            return self._frame()
        if buffer[0] == ord("<"):
            return self._document()
        raise StreamBroken(f"neither XML nor TAK protobuf: it begins with {bytes(buffer[:8])!r}")

    def _document(self) -> bytes | None:
        end = _END.search(self._buffer, self._searched)
        if end is None:
            self._searched = max(0, len(self._buffer) - _END_CHARS)
            return None
        return self._cut(0, end.end())

    def _frame(self) -> bytes | None:
        buffer = self._buffer
        if buffer.startswith(_DATAGRAM):
            return None
        size = _length(buffer)
        if size is None:
            return None
        length, start = size
        if length > self._most:
            raise StreamBroken(f"a frame of {length} bytes; at most {self._most} are taken")
        if len(buffer) < start + length:
            return None
        return self._cut(0, start + length)

    def _cut(self, start: int, end: int) -> bytes:
        message = bytes(self._buffer[start:end])
        del self._buffer[:end]
        self._searched = 0
        return message


def parse(message: bytes) -> Reading:
    """One whole message, XML or protobuf with its header, as a reading. Raises `NotUnderstood`."""
    if message.startswith(_DATAGRAM):
        return reading_of(cot_proto.parse(message[len(_DATAGRAM) :]))
    if message[:1] == bytes((_MAGIC,)):
        length, start = cot_proto.varint(message, 1)
        if len(message) != start + length:
            raise NotUnderstood("(message)", f"{len(message)} bytes", f"its header says {start + length}")
        return reading_of(cot_proto.parse(message[start:]))
    if message.startswith(b"<auth"):
        return Reading(note="a log in by name and password; a connection is known by its certificate alone")
    return reading_of(cot_xml.parse(message))


def _length(buffer: bytearray) -> tuple[int, int] | None:
    """The length that a frame's header says, and where the frame starts; None while the header is cut off."""
    head = bytes(buffer[1:11])
    if len(head) < 10 and all(byte >= 0x80 for byte in head):
        return None
    try:
        length, end = cot_proto.varint(head, 0)
    except NotUnderstood as error:
        raise StreamBroken("a frame's length is not a number") from error
    return length, end + 1
