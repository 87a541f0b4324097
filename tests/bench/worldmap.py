"""Node-RED with its worldmap page, the nearest live map that anybody can install, for `make bench-peers`.

Installed by npm into a folder of its own outside the checkout (`SIGER_BENCH_CACHE`, else ~/.cache/siger-bench), in
the versions below. Nothing of it is part of Siger. It answers on this machine alone.
"""

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.conftest import free_port, wait_for

CACHE = Path(os.environ.get("SIGER_BENCH_CACHE") or Path.home() / ".cache" / "siger-bench")
#: Node-RED 5 needs a newer Node than Debian 12 has.
PACKAGES: Mapping[str, str] = {"node-red": "4.1.8", "node-red-contrib-web-worldmap": "5.8.1"}
VERSIONS = "Node-RED {node-red} with worldmap {node-red-contrib-web-worldmap}".format(**PACKAGES)

_FLOW: list[dict[str, Any]] = [
    {"id": "tab", "type": "tab", "label": "bench"},
    {
        "id": "in", "type": "http in", "z": "tab", "url": "/ingest", "method": "post", "upload": False,
        "x": 100, "y": 100, "wires": [["answer", "map"]],
    },
    {
        "id": "answer", "type": "http response", "z": "tab", "statusCode": "204", "headers": {},
        "x": 300, "y": 100, "wires": [],
    },
    {
        "id": "map", "type": "worldmap", "z": "tab", "lat": "", "lon": "", "zoom": "", "layer": "none",
        "cluster": "", "maxage": "600", "usermenu": "show", "layers": "show", "panit": "false",
        "path": "/worldmap", "overlist": "DR,CO,HM", "maplist": "", "mapname": "", "mapurl": "", "mapopt": "",
        "mapwms": False, "x": 300, "y": 200, "wires": [],
    },
]  # fmt: skip


@dataclass
class Worldmap:
    """A running Node-RED with one map and `POST /ingest` before it."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}/worldmap/"

    @property
    def socket(self) -> str:
        return f"ws://127.0.0.1:{self.port}/worldmap/socket/websocket"

    def post(self, payload: object) -> None:
        """Sends a point, a list of points or a command to every page."""
        url = f"http://127.0.0.1:{self.port}/ingest"
        request = urllib.request.Request(url, json.dumps(payload).encode(), {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()


def install() -> Path:
    """The folder in which it stands, installed if it was not. Ends the run where npm is missing or fails."""
    home = CACHE / "worldmap-{node-red}-{node-red-contrib-web-worldmap}".format(**PACKAGES)
    if (home / "installed").exists():
        return home
    if not shutil.which("npm"):
        raise SystemExit("no npm on this machine: apt-get install nodejs npm")
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text(json.dumps({"name": "bench", "private": True, "dependencies": PACKAGES}))
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel", "error"], cwd=home, check=True)
    (home / "installed").touch()
    return home


@contextmanager
def worldmap() -> Iterator[Worldmap]:
    """One that remembers nothing of an earlier one."""
    running = start(free_port())
    try:
        yield running
    finally:
        running.process.kill()
        running.process.wait(10)


def start(port: int) -> Worldmap:
    """Starts one at `port` and waits until its page answers."""
    home = install()
    folder = home / "user"
    folder.mkdir(exist_ok=True)
    (folder / "flows.json").write_text(json.dumps(_FLOW))
    (folder / "settings.js").write_text(f"module.exports = {json.dumps(_settings(port))};\n")
    command = ["node", "node_modules/node-red/red.js", "-u", str(folder), "-s", str(folder / "settings.js")]
    process = subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL)
    found = Worldmap(port, process)
    try:
        wait_for(lambda: _answers(found), 30)
    except AssertionError:
        process.kill()
        raise
    return found


def _settings(port: int) -> dict[str, Any]:
    return {
        "uiHost": "127.0.0.1",
        "uiPort": port,
        "flowFile": "flows.json",
        "credentialSecret": "bench",
        "apiMaxLength": "20mb",
        "diagnostics": {"enabled": False},
        "telemetry": {"enabled": False, "updateNotification": False},
        "externalModules": {"palette": {"allowInstall": False}},
    }


def _answers(found: Worldmap) -> bool:
    assert found.process.poll() is None, "Node-RED ended while it was starting"
    try:
        with urllib.request.urlopen(found.page, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
