"""`python -m tests.dependencies`: the dependency audit of `make check`. Exit 1 on any fault."""

import hashlib
import subprocess
import sys
from datetime import date
from pathlib import Path

from tests.dependencies import advisories, offline
from tests.dependencies.advisories import NotAsked
from tests.dependencies.locks import BadLock, Pin, pins
from tests.dependencies.policy import read

ROOT = Path(__file__).parents[2]
#: Which lock was asked about on which day, once the service has answered that nothing is known against it.
ASKED = ROOT / ".venv" / ".advisories-asked"


def main() -> int:
    policy = read(ROOT / "pyproject.toml")
    lock = ROOT / "requirements-dev.lock"
    try:
        run, dev = (pins(path.read_text(encoding="utf-8")) for path in (ROOT / "requirements.lock", lock))
    except BadLock as error:
        print(f"dependencies: {error}; run bin/lock", file=sys.stderr)
        return 1
    faults = [*offline.faults(policy, run, dev, offline.installed()), *_pip_check()]
    told, found = _asked([*dev.values()], lock.read_bytes())
    faults += advisories.that_count(found, policy.ignored, date.today())
    for fault in faults:
        print(f"dependencies: {fault}", file=sys.stderr)
    print(f"{len(dev)} dependencies, {len(faults) or 'no'} faults; {told}")
    return 1 if faults else 0


def _asked(dev: list[Pin], lock: bytes) -> tuple[str, list[advisories.Found]]:
    """Whether advisories were asked, in words, and what they know."""
    today = f"{date.today()} {hashlib.sha256(lock).hexdigest()}"
    if ASKED.exists() and ASKED.read_text(encoding="utf-8") == today:
        return "advisories were asked today, none is known", []
    try:
        found = advisories.ask(dev)
    except NotAsked as error:
        return f"ADVISORIES WERE NOT ASKED: {error}", []
    if not found:
        ASKED.write_text(today, encoding="utf-8")
    return f"{len(found) or 'no'} advisories are known", found


def _pip_check() -> list[str]:
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else done.stdout.splitlines() or [done.stderr.strip()]


if __name__ == "__main__":
    sys.exit(main())
