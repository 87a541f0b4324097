"""A real Siger in a process of its own, and real Chromium pages on it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser

#: For what comes to hold a moment later, on a machine that does other things, too.
PATIENCE_S = 20.0
expect.set_options(timeout=PATIENCE_S * 1000)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def chromium_path() -> str | None:
    """The system's Chromium; None where there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or next((path for path in MAC if Path(path).exists()), None)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Siger:
    """A running `siger demo --scenario none`: nothing moves but what a test sends."""

    port: int
    data_dir: Path
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def post(self, path: str, body: object) -> Any:
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def kill(self) -> None:
        """Ends the web process as a power cut would; its log server must follow it by itself."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(15)


SIGER = [sys.executable, "-c", "from dashboard.cli import main; main()"]


def start(data_dir: Path, port: int | None = None, *options: str, mode: str = "demo") -> Siger:
    port = port or free_port()
    command = [*SIGER, mode, *options]
    env = {**os.environ, "SIGER_PORT": str(port), "SIGER_DATA_DIR": str(data_dir), "SIGER_LOG_LEVEL": "warning"}
    process = subprocess.Popen(command, env=env, start_new_session=True)
    siger = Siger(port, data_dir, process)
    try:
        wait_for(lambda: _ready(siger), 40)
    except AssertionError:
        siger.kill()
        raise
    return siger


def _ready(siger: Siger) -> bool:
    assert siger.process.poll() is None, "siger ended while it was starting"
    try:
        return bool(siger.get("/readyz"))
    except OSError:
        return False


def wait_for(holds: Callable[[], Any], timeout_s: float = PATIENCE_S) -> Any:
    """What `holds` gives once it is true."""
    end = time.monotonic() + timeout_s
    while not (found := holds()):
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.05)
    return found


@contextmanager
def running(data_dir: Path, *options: str) -> Iterator[Siger]:
    siger = start(data_dir, None, *options)
    try:
        yield siger
    finally:
        siger.stop()


@pytest.fixture(scope="package")
def siger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siger]:
    with running(tmp_path_factory.mktemp("siger"), "--scenario", "none") as siger:
        yield siger


# Not for the whole session: while Playwright runs in this thread, no other test may run a loop of its own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that fails the test on any error in its console but those that the test's `expects` mark names."""
    mark = request.node.get_closest_marker("expects")
    expected = ("ERR_CONNECTION", "WebSocket", *(mark.args if mark else ()))
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    page.close()
    assert [error for error in errors if not any(word in error for word in expected)] == []
