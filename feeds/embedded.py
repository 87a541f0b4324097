"""The log server that Siger brings along: a real Valkey as our child, so that a laptop needs no set-up.

Nobody else reaches it (a socket in a directory of ours, no port), it dies with us, one process owns a data
directory, and every write is on disk before it is answered. What it is told at each start is all it knows.
Any other server takes its place through `SIGER_REDIS_URL`. Errors: see `embedded_errors`.
"""

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar
from urllib.parse import quote

from feeds.aof_tail import repair_tail
from feeds.embedded_errors import BeyondRepair, DataDirInUse, EmbeddedError, ServerFailed
from feeds.ownership import Ownership
from feeds.room import RoomCheck, room_on_disk
from feeds.server_binary import bundled_server
from feeds.server_directory import ServerDirectory
from feeds.tether import Tethered, spawn

__all__ = ["BeyondRepair", "DataDirInUse", "EmbeddedError", "EmbeddedServer", "ServerFailed", "bundled_server"]

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Nothing heard at all for so long: it hangs. A server that says "loading" may take as long as it needs.
_START_PATIENCE_S: Final = 30.0
_STOP_PATIENCE_S: Final = 10.0
# Somebody who kills it while it starts (a machine short of memory, a test) does not keep us from trying again.
_START_TRIES: Final = 5
_LOOK_EVERY_S: Final = 0.2
_RESTART_LADDER_S: Final = (0.0, 0.2, 0.5, 1.0, 2.0, 5.0)
# One that has lived so long before it ended did not end because of its start.
_SETTLED_S: Final = 30.0
_GARBLED: Final = "Bad file format reading the append only file"


class EmbeddedServer:
    """A Valkey of our own in `data_dir/log`. Starting, stopping and restarting happen in one thread of its own."""

    def __init__(self, data_dir: Path, *, binary: Path | None = None, maxmemory_bytes: int = 0) -> None:
        self._directory = ServerDirectory(data_dir.resolve() / "log")
        self._binary = binary
        self._maxmemory_bytes = maxmemory_bytes
        self._ownership = Ownership(self._directory.path)
        self._child: Tethered | None = None
        self._keeper: ThreadPoolExecutor | None = None
        self._stopping = threading.Event()
        self.restarts = 0

    @property
    def url(self) -> str:
        """What redis-py connects to; the same over restarts."""
        return f"unix://{quote(str(self._directory.socket))}"

    @property
    def pid(self) -> int | None:
        """The server's process, while it runs."""
        return self._child.pid if self._child is not None and self._child.exit_code is None else None

    @property
    def room(self) -> RoomCheck:
        """Whether the disk takes more; give it to the `EventLog`."""
        return room_on_disk(self._directory.path)

    @property
    def is_held(self) -> bool:
        """Whether a process owns this directory's server: then its `url` answers, or will again."""
        return self._ownership.is_held

    @property
    def answers(self) -> bool:
        """Whether a process owns this directory's server, and that answers at `url` now."""
        return self.is_held and _ask(self._directory.socket).startswith(b"+PONG")

    def start(self) -> str:
        """Starts the server, waits until it serves, and answers its URL.

        Raises `DataDirInUse` when another process owns the directory, `ServerFailed` when it does not come up,
        and a plain `EmbeddedError` where its folder cannot be made.
        """
        if self._keeper is not None:
            return self.url
        try:
            self._directory.make()
            self._ownership.take()
        except OSError as error:
            raise EmbeddedError(f"the folder of the log server cannot be used: {error}") from error
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
            await self._restart(self._keeper)
            since = time.monotonic()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _restart(self, keeper: ThreadPoolExecutor) -> None:
        code = self._child.exit_code if self._child is not None else None
        logger.error("the log server ended (exit code %s); its last words:\n%s", code, self._directory.last_words())
        try:
            await asyncio.get_running_loop().run_in_executor(keeper, self._bring_up)
        except (EmbeddedError, OSError) as error:
            logger.error("the log server did not come back, trying again: %s", error)
            return
        self.restarts += 1
        logger.warning("the log server is back")

    def _keep(self, job: Callable[[], T]) -> T:
        if self._keeper is None:
            raise RuntimeError("the log server is not started")
        return self._keeper.submit(job).result()

    def _bring_up(self) -> None:
        for left in reversed(range(_START_TRIES)):
            if self._stopping.is_set():
                return
            try:
                self._launch()
                return
            except ServerFailed as failure:
                if _GARBLED in str(failure):
                    repair_tail(self._program(), self._directory.append_only)
                elif not (left and failure.was_killed):
                    raise
        raise self._failure("does not start although its file was repaired")

    def _launch(self) -> None:
        self._bury()
        self._directory.tidy()
        config = self._directory.configure(self._maxmemory_bytes)
        program = self._program()
        self._child = spawn(
            program,
            [config],
            name=program.name,
            cwd=self._directory.path,
            output=self._directory.log,
            keep_fds=[self._ownership.fd],
        )
        self._wait_until_serving(self._child)

    def _wait_until_serving(self, child: Tethered) -> None:
        heard = time.monotonic()
        while not self._stopping.is_set():
            answer = _ask(self._directory.socket)
            if answer.startswith(b"+PONG"):
                return
            if answer:
                heard = time.monotonic()
            if child.exit_code is not None:
                killed = child.exit_code < 0
                raise self._failure(f"ended at its start with exit code {child.exit_code}", was_killed=killed)
            if time.monotonic() - heard > _START_PATIENCE_S:
                self._bring_down()
                raise self._failure(f"said nothing for {_START_PATIENCE_S:.0f} s")
            time.sleep(0.01)

    def _failure(self, what: str, *, was_killed: bool = False) -> ServerFailed:
        words = self._directory.last_words()
        return ServerFailed(f"the log server {what}; its last words:\n{words}", was_killed=was_killed)

    def _bring_down(self) -> None:
        if self._child is not None:
            self._child.end(_STOP_PATIENCE_S)
        self._bury()
        self._directory.socket.unlink(missing_ok=True)

    def _bury(self) -> None:
        if self._child is not None:
            self._child.dismiss_guard()
            self._child = None

    def _program(self) -> Path:
        return self._binary if self._binary is not None else bundled_server()


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
