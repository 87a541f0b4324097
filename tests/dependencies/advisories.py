"""Asks through pip-audit whether an advisory names a version in the lock, where the service can be asked at all.

The service is a stranger: it may be out of reach, or something in its place may answer that it knows no package at
all, which pip-audit counts as "no known vulnerabilities". Either is said as "not asked", never as "none found". An
answer holds for the rest of the day, so that `make check` stays quick.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tests.dependencies.locks import Pin
from tests.dependencies.policy import Ignored

#: For the one package that shows whether the service answers, and for all of them.
PROBE_S, ALL_S = 5.0, 40.0
SOCKET_S = 3


class NotAsked(Exception):
    """The service could not be asked; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Found:
    """A known vulnerability of a pinned version."""

    package: str
    version: str
    ids: tuple[str, ...]
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        cure = f"fixed in {', '.join(self.fixed)}" if self.fixed else "no version without it is known"
        return f"{self.package} {self.version}: {' = '.join(self.ids)}, {cure}"


def ask(pins: Iterable[Pin]) -> list[Found]:
    """What is known about these versions. Raises `NotAsked`."""
    wanted = [pin for pin in pins if pin.applies]
    _answers(wanted[:1], PROBE_S)
    return found_in(_answers(wanted, ALL_S))


def _answers(pins: Sequence[Pin], patience_s: float) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="siger-audit-") as folder:
        path = Path(folder) / "requirements.txt"
        path.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in pins), encoding="utf-8")
        return understood(*_run(path, patience_s))


def _run(path: Path, patience_s: float) -> tuple[str, str]:
    options = ["--disable-pip", "--no-deps", "--progress-spinner", "off", "--timeout", str(SOCKET_S)]
    command = [sys.executable, "-m", "pip_audit", *options, "--format", "json", "--desc", "off", "-r", str(path)]
    begun = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=patience_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotAsked(f"no answer within {time.monotonic() - begun:.0f} s") from error
    return done.stdout, done.stderr


def understood(output: str, trouble: str) -> Mapping[str, Any]:
    """pip-audit's answer. Raises `NotAsked` where it is none, or one of a service that knows nothing."""
    try:
        answer: Mapping[str, Any] = json.loads(output)
        packages = answer["dependencies"]
    except (ValueError, KeyError, TypeError) as error:
        last = [line for line in trouble.splitlines() if line.strip()][-1:] or ["no answer"]
        raise NotAsked(last[0].strip()[:160]) from error
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if unknown and len(unknown) * 10 >= len(packages):
        raise NotAsked(
            f"what answers in its place knows {len(packages) - len(unknown)} of {len(packages)} packages"
        )
    return answer


def found_in(answer: Mapping[str, Any]) -> list[Found]:
    """The vulnerabilities in an answer."""
    return [
        Found(one["name"], one["version"], (known["id"], *known.get("aliases", ())), tuple(known["fix_versions"]))
        for one in answer["dependencies"]
        for known in one.get("vulns", ())
    ]


def that_count(found: Iterable[Found], ignored: Sequence[Ignored], today: date) -> list[str]:
    """The vulnerabilities that nobody has set aside, and what was set aside longer than it may be."""
    told = [
        f"{one.id} of {one.package} is ignored until {one.until:%d/%m/%Y}, which is over: look at it again"
        for one in ignored
        if one.until < today
    ]
    aside = {(one.package, one.id) for one in ignored if one.until >= today}
    for known in found:
        name = canonicalize_name(known.package)
        if not any((name, id) in aside for id in known.ids):
            told.append(str(known))
    return told
