"""What a page weighs and how soon its map stands, cold, beside the plainest page of Dash with a Leaflet map.

Bytes are those that came over the line (gzip), the live feed's snapshot among them. The map stands in the first
frame in which areas are drawn: Siger's regencies, and in the plain page the same boundaries in one `dl.GeoJSON`.
"""

import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, CDPSession

from tests.bench.frames import WINDOW, chromium
from tests.browser.conftest import free_port, running, wait_for

ROUNDS = 7
QUIET_MS = 3_000
#: MB: what the officers' page and the wall may weigh.
MOST_MB = {"officers": 3.0, "wall": 1.3}

#: Set before the page's own scripts: the moment of the first frame with a drawn area.
_WATCH = """() => {
  const look = () => {
    const path = document.querySelector(".leaflet-container path.leaflet-interactive");
    if (path && path.getAttribute("d")) window.mapStoodMs = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def run() -> str:
    with (
        tempfile.TemporaryDirectory(prefix="siger-page-") as folder,
        running(Path(folder), "--scenario", "none") as siger,
        _plain() as plain_url,
        chromium() as browser,
    ):
        pages = {"plain Dash + map": plain_url, "officers": siger.url + "/", "wall": siger.url + "/posko"}
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
        for _ in range(ROUNDS):  # in turn: other work on the machine hits all alike
            for name, url in pages.items():
                found[name].append(_load(browser, url))
    return _table(found)


def _load(browser: Browser, url: str) -> tuple[float, float]:
    """Milliseconds to the map, and MB over the line, of one cold load."""
    context = browser.new_context(viewport=WINDOW)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        taken = _count_bytes(context.new_cdp_session(page))
        page.add_init_script(f"({_WATCH})()")
        page.goto(url)
        stood_ms = wait_for(lambda: page.evaluate("window.mapStoodMs"), 30)
        page.wait_for_timeout(QUIET_MS)
        return stood_ms, sum(taken) / 1e6
    finally:
        context.close()


def _count_bytes(session: CDPSession) -> list[float]:
    taken: list[float] = []
    session.on("Network.loadingFinished", lambda event: taken.append(event["encodedDataLength"]))
    # A binary frame's payload comes as base64.
    session.on(
        "Network.webSocketFrameReceived", lambda event: taken.append(len(event["response"]["payloadData"]) * 0.75)
    )
    session.send("Network.enable")
    return taken


@contextmanager
def _plain() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.peers", "plain", "", str(port)])
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_for(lambda: _answers(port), 30)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def _table(found: dict[str, list[tuple[float, float]]]) -> str:
    plain_ms = statistics.median(stood for stood, _ in found["plain Dash + map"])
    lines = ["| page | MB over the line | at most | first map ms | of plain |", "|---|---:|---:|---:|---:|"]
    for name, loads in found.items():
        stood = statistics.median(ms for ms, _ in loads)
        weight = max(mb for _, mb in loads)
        most = f"{MOST_MB[name]:.1f}" if name in MOST_MB else ""
        lines.append(f"| {name} | {weight:.2f} | {most} | {stood:.0f} | {stood / plain_ms:.2f} |")
    return "\n".join(lines)
