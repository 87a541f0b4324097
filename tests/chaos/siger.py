"""A whole Siger as an operator starts it, in a process of its own, to be killed at any moment and started again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2

READY_WITHIN_S = 60.0


class Siger:
    """`siger demo --scenario none` on a port and a data directory of its own, or on a log that others share.

    `settings` are more of its environment, such as `SIGER_REDIS_URL`.
    """

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = data_dir / "siger.out"
        self._environment = os.environ | {
            "SIGER_PORT": str(self.port),
            "SIGER_DATA_DIR": str(self.data_dir),
            "SIGER_LOG_LEVEL": "warning",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._engine: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = self._run("demo", "--scenario", "none")

    def tend_engine(self) -> None:
        """Starts the engine where none runs, as a service would: it ends where there is no log to join."""
        if self._engine is None or self._engine.poll() is not None:
            self._engine = self._run("engine", "--demo")

    def kill_engine(self) -> None:
        if self._engine is not None:
            self._engine.kill()
            self._engine.wait()

    @property
    def engine_pid(self) -> int | None:
        return self._engine.pid if self._engine is not None and self._engine.poll() is None else None

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        with self.output.open("ab") as said:
            return subprocess.Popen(
                [Path(sys.executable).parent / "siger", *words],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    async def ready(self, client: httpx2.AsyncClient) -> None:
        """Waits until `/readyz` says 200."""
        async with asyncio.timeout(READY_WITHIN_S):
            while True:
                try:
                    if (await client.get(f"{self.url}/readyz", timeout=2)).status_code == 200:
                        return
                except httpx2.TransportError:
                    pass
                self.insist_on_life()
                await asyncio.sleep(0.1)

    def insist_on_life(self) -> None:
        """Fails when it ended without having been killed."""
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(f"siger ended by itself:\n{self.output.read_text()[-3000:]}")

    def kill(self) -> None:
        """SIGKILL, and nobody is told; the log server goes with it."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """As Ctrl-C does; killed when that does not help."""
        self.kill_engine()
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    @property
    def pid(self) -> int:
        """The web process, while it runs."""
        assert self._process is not None, "not started"
        return self._process.pid

    def log_server_pid(self) -> int | None:
        """The log server's process: the one whose working directory is the store's."""
        here = (self.data_dir / "demo" / "log").resolve()
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and (entry / "cwd").resolve(strict=True) == here:
                    return int(entry.name)
            except OSError:
                continue
        return None

    def signal_log_server(self, how: signal.Signals) -> bool:
        pid = self.log_server_pid()
        if pid is None:
            return False
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return False
        return True

    @property
    def log_url(self) -> str:
        return f"unix://{(self.data_dir / 'demo' / 'log' / 'log.sock').resolve()}"

    def _signal(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
