"""The lock files: every version pinned, each with its hashes, and no other place named to fetch it from. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


class BadLock(ValueError):
    """A line of a lock file that pins nothing, or not all of it."""


@dataclass(frozen=True, slots=True)
class Pin:
    """One package at one version; `applies`: on this machine."""

    name: NormalizedName
    version: Version
    applies: bool


def pins(text: str) -> dict[NormalizedName, Pin]:
    """The pins of a lock file, by name: of several for several machines, the one for this. Raises `BadLock`."""
    found: dict[NormalizedName, Pin] = {}
    for line in _lines(text):
        pin = _pin(line)
        known = found.get(pin.name)
        if known is not None and known.applies and pin.applies:
            raise BadLock(f"{pin.name} is pinned twice")
        if known is None or pin.applies:
            found[pin.name] = pin
    return found


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def _pin(line: str) -> Pin:
    words = [word for word in line.split() if word.startswith("--")]
    text = line.partition(" --")[0].strip()
    try:
        asked = Requirement(text)
    except InvalidRequirement as error:
        raise BadLock(f"'{text[:80]}' is no pinned package") from error
    exact = [one.version for one in asked.specifier if one.operator == "=="]
    if asked.url or len(asked.specifier) != 1 or not exact or "*" in exact[0]:
        raise BadLock(f"'{text[:80]}' is not pinned to one version of the package index")
    if not words or not all(_HASH.fullmatch(word) for word in words):
        raise BadLock(f"{asked.name} has no sha256 hashes, or something besides them")
    applies = asked.marker is None or asked.marker.evaluate()
    return Pin(canonicalize_name(asked.name), Version(exact[0]), applies)
