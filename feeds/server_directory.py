"""The directory that the embedded log server lives in: its socket, its configuration, its log, its leftovers.

Private to this user. The server is started inside it, so that its own paths stay short and need no quoting.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from feeds.embedded_errors import EmbeddedError

# A socket's path has 104 bytes on macOS and 108 on Linux, the closing zero included.
_LONGEST_SOCKET_PATH: Final = 100
_LOG_ROTATE_BYTES: Final = 8 << 20

_CONFIG: Final = """\
# Written by Siger at every start; changes here are lost.
port 0
unixsocket "{socket}"
unixsocketperm 700
daemonize no
databases 1
appendonly yes
appendfsync always
aof-load-truncated yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
save ""
maxmemory {maxmemory}
maxmemory-policy noeviction
loglevel notice
logfile server.log
"""


class ServerDirectory:
    """Paths and files of one embedded server."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.append_only = path / "appendonlydir"
        self.log = path / "server.log"
        inside = path / "log.sock"
        self._fits = len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH
        # A path too long for a socket gets a private directory with a short one, the same at every start.
        self.socket = inside if self._fits else _short_place(path) / "log.sock"

    def make(self) -> None:
        """Makes the directory, and what must lie outside it, for this user alone."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)
        if not self._fits:
            _claim(self.socket.parent)

    def tidy(self) -> None:
        """Removes what a killed server leaves: its socket and half-written rewrites; rotates a log grown long."""
        self.socket.unlink(missing_ok=True)
        for left in (*self.path.glob("temp-*.aof"), *self.path.glob("temp-*.rdb")):
            left.unlink()
        if self.log.exists() and self.log.stat().st_size > _LOG_ROTATE_BYTES:
            self.log.replace(self.path / "server.log.1")

    def configure(self, maxmemory_bytes: int) -> str:
        """Writes the configuration; its file's name."""
        text = _CONFIG.format(socket=_quoted(self.socket), maxmemory=maxmemory_bytes)
        (self.path / "server.conf").write_text(text, encoding="utf-8")
        return "server.conf"

    def last_words(self, lines: int = 8) -> str:
        """The end of the server's log: why it ended, in its own words."""
        if not self.log.exists():
            return f"(it wrote nothing to {self.log})"
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 4096))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def _short_place(path: Path) -> Path:
    digest = hashlib.blake2b(os.fsencode(path), digest_size=6).hexdigest()
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    return base / f"siger-{os.getuid()}-{digest}"


def _claim(place: Path) -> None:
    """Anybody may make such a directory before us: one that is not ours, or open to others, is not used."""
    place.mkdir(mode=0o700, exist_ok=True)
    found = place.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o77 or place.is_symlink():
        raise EmbeddedError(f"{place} belongs to somebody else or is open to others: remove it")


def _quoted(path: Path) -> str:
    """As the server's configuration takes it between double quotes: any byte, safely."""
    return "".join(
        chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in os.fsencode(path)
    )
