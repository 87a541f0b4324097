"""One connection to the CoT port: its bytes in, its events out, and how much of either it may keep waiting.

Nothing here waits for anybody. What comes in is parsed at once and handed on; when the port has too much to do it
stops reading. What goes out is a set of names, not a queue of bytes: a tablet that reads slowly gets the newest
state of each thing when it has room, and no more memory than that.
"""

import asyncio
import hashlib
import logging
import socket
from typing import Protocol, cast

from dashboard.access.doorkeeper import Admission
from feeds.inbound.cot_stream import CotStream, StreamBroken, parse
from feeds.inbound.reading import NotUnderstood, Reading

#: A message must be whole this long after its first byte.
SLOW_AFTER_S = 30.0
#: A reader with this much unread gets nothing new until it has read.
MOST_UNREAD_BYTES = 1024 * 1024
#: Devices that one connection may speak for (a gateway speaks for many).
MOST_DEVICES = 10_000
#: Refused messages of one connection that are worth a line each.
MOST_TOLD = 5

log = logging.getLogger(__name__)


class Host(Protocol):
    """Who has the port: told when a peer comes, what it says, and when it goes."""

    def joined(self, peer: "Peer") -> None: ...
    def arrived(self, peer: "Peer", reading: Reading) -> None: ...
    def gone(self, peer: "Peer") -> None: ...


class Peer(asyncio.Protocol):
    """A tablet, a gateway or another system. Nothing is read of it, or sent, before it has its `admission`."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._stream = CotStream()
        self._told = 0
        self._slow: asyncio.TimerHandle | None = None
        self.transport: asyncio.Transport | None = None
        self.address = "?"
        #: SHA-256 of the certificate that a TLS client showed, in hexadecimal.
        self.fingerprint: str | None = None
        self.admission: Admission | None = None
        self.joined_s = 0.0
        self.written_s = 0.0
        self.devices: set[str] = set()
        #: What it is owed, by name, and the incidents that it has been shown.
        self.units: set[str] = set()
        self.incidents: set[str] = set()
        self.shown: set[str] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asked by isinstance: uvloop's transports are what they do, not what they descend from.
        self.transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername")
        self.address = str(name[0]) if isinstance(name, tuple) else str(name)
        if (tls := transport.get_extra_info("ssl_object")) is not None and (shown := tls.getpeercert(True)):
            self.fingerprint = hashlib.sha256(shown).hexdigest()
        self.joined_s = self.written_s = asyncio.get_running_loop().time()
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # a tablet out of range does not say goodbye
        self._host.joined(self)

    def data_received(self, data: bytes) -> None:
        try:
            for message in self._stream.feed(data):
                self._read(message)
        except StreamBroken as error:
            log.warning("CoT from %s: %s; the connection is closed", self.address, error)
            self.close()
        self._watch()

    def eof_received(self) -> bool:
        if rest := self._stream.end():
            self._read(rest)
        return False

    def connection_lost(self, error: Exception | None) -> None:
        if self._slow is not None:
            self._slow.cancel()
        log.debug("CoT from %s: gone (%s)", self.address, error or "closed")
        self.transport = None
        self._host.gone(self)

    def write(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)
            self.written_s = asyncio.get_running_loop().time()

    def has_room(self) -> bool:
        return (
            self.transport is not None
            and not self.transport.is_closing()
            and self.transport.get_write_buffer_size() < MOST_UNREAD_BYTES
        )

    def pause(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()

    def resume(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def tell(self, words: str, *values: object) -> None:
        """A line in the server's log, as long as this peer has not earned too many."""
        self._told += 1
        if self._told <= MOST_TOLD:
            log.warning(f"CoT from %s: {words}", self.address, *values)

    def _read(self, message: bytes) -> None:
        try:
            reading = parse(message)
        except NotUnderstood as error:
            self.tell("a message is left out: %s", error)
            return
        if reading.positions and len(self.devices) < MOST_DEVICES:
            self.devices.add(reading.device)
        if reading.positions or reading.incidents:
            self._host.arrived(self, reading)

    def _watch(self) -> None:
        """A message that has begun must end in time."""
        if not self._stream.waiting:
            if self._slow is not None:
                self._slow.cancel()
                self._slow = None
        elif self._slow is None:
            self._slow = asyncio.get_running_loop().call_later(SLOW_AFTER_S, self._too_slow)

    def _too_slow(self) -> None:
        log.warning("CoT from %s: a message that does not end; the connection is closed", self.address)
        self.close()
