"""What can be known about the dependencies without asking anybody. Every check yields faults in plain words."""

import importlib.metadata as metadata
from collections.abc import Iterable, Iterator, Mapping

from license_expression import ExpressionError, get_spdx_licensing
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from tests.dependencies.locks import Pin
from tests.dependencies.policy import Policy

Pins = Mapping[NormalizedName, Pin]
Installed = Mapping[NormalizedName, metadata.Distribution]

OURSELVES = canonicalize_name("siger")
#: Pinned or not, these two are what every virtual environment is made of.
_OF_EVERY_VENV = frozenset({canonicalize_name("pip"), canonicalize_name("setuptools")})
_SPDX = get_spdx_licensing()
_AGAIN = "run bin/lock, then make check"


def installed() -> dict[NormalizedName, metadata.Distribution]:
    """What stands in this environment, by name."""
    return {canonicalize_name(one.name): one for one in metadata.distributions()}


def faults(policy: Policy, run: Pins, dev: Pins, found: Installed) -> Iterator[str]:
    """Everything that is wrong, one sentence each."""
    yield from _asked("requirements.lock", policy.run, run)
    yield from _asked("requirements-dev.lock", (*policy.run, *policy.dev), dev)
    yield from _apart(run, dev)
    yield from _stands_as_locked(policy, dev, found)
    yield from _needed("requirements.lock", policy.run, run, found)
    yield from _needed("requirements-dev.lock", (*policy.run, *policy.dev), dev, found)
    yield from _forbidden(policy, dev)
    yield from _unlicensed(policy, found)


def _asked(lock: str, wanted: Iterable[Requirement], pins: Pins) -> Iterator[str]:
    for asked in wanted:
        pin = pins.get(canonicalize_name(asked.name))
        if pin is None:
            yield f"{lock} lacks {asked.name}, which pyproject.toml asks for: {_AGAIN}"
        elif not asked.specifier.contains(pin.version, prereleases=True):
            yield f"{lock} has {pin.name} {pin.version}, pyproject.toml asks for {asked.specifier}: {_AGAIN}"


def _apart(run: Pins, dev: Pins) -> Iterator[str]:
    for name, pin in run.items():
        other = dev.get(name)
        if other is None or other.version != pin.version:
            told = other.version if other else "nothing"
            yield f"requirements.lock has {name} {pin.version}, requirements-dev.lock {told}: {_AGAIN}"


def _stands_as_locked(policy: Policy, dev: Pins, found: Installed) -> Iterator[str]:
    for name, pin in dev.items():
        if not pin.applies:
            continue
        here = found.get(name)
        if here is None or Version(here.version) != pin.version:
            told = here.version if here else "nothing"
            yield f".venv has {name} {told}, the lock {pin.version}: rm -rf .venv, then make check"
    for name in found.keys() - dev.keys() - {OURSELVES} - policy.beside - _OF_EVERY_VENV:
        yield f".venv has {name}, which no lock names: .venv/bin/python -m pip uninstall {name}"


def _needed(lock: str, wanted: Iterable[Requirement], pins: Pins, found: Installed) -> Iterator[str]:
    """Every package that those asked for need is pinned, and none that nobody needs."""
    reached: set[tuple[NormalizedName, str]] = set()
    waiting = list(wanted)
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        for extra in ("", *asked.extras):
            if (name, extra) not in reached:
                reached.add((name, extra))
                waiting += _requires(found.get(name), extra)
    names = {name for name, _ in reached}
    yield from (f"{lock} lacks {name}, which something in it needs: {_AGAIN}" for name in names - pins.keys())
    spare = {name for name, pin in pins.items() if pin.applies} - names
    yield from (f"{lock} has {name}, which nothing needs: {_AGAIN}" for name in spare)


def _requires(one: metadata.Distribution | None, extra: str) -> list[Requirement]:
    asked = [Requirement(text) for text in (one.requires or [])] if one else []
    return [each for each in asked if each.marker is None or each.marker.evaluate({"extra": extra})]


def _forbidden(policy: Policy, dev: Pins) -> Iterator[str]:
    for one in policy.forbidden:
        pin = dev.get(canonicalize_name(one.requirement.name))
        if pin is not None and one.requirement.specifier.contains(pin.version, prereleases=True):
            yield f"{pin.name} {pin.version} is forbidden: {one.why}"


def _unlicensed(policy: Policy, found: Installed) -> Iterator[str]:
    for name, one in found.items():
        if name in policy.beside:
            continue
        told = licence_of(one, policy.spelt)
        if not told:
            yield f"{name} names no licence that a program can read: look, and add its spelling to pyproject.toml"
        elif not all(is_taken(text, policy.licences) for text in told):
            yield f"{name} is licensed under {' and '.join(told)}, which pyproject.toml does not take"


def licence_of(one: metadata.Distribution, spelt: Mapping[str, str]) -> list[str]:
    """The SPDX expressions that a package names, all of which hold; none where it names none."""
    about = one.metadata
    expression = about.get_all("License-Expression", [""])[0]
    if expression:
        return [expression]
    text = about.get_all("License", [""])[0].strip()
    if text in spelt or (text and _is_spdx(text)):
        return [spelt.get(text, text)]
    marks = [mark.split(" :: ") for mark in about.get_all("Classifier") or []]
    named = [
        mark[-1] for mark in marks if mark[0] == "License" and mark[-1] not in ("OSI Approved", "DFSG approved")
    ]
    return [spelt.get(name, name) for name in named]


def is_taken(expression: str, licences: frozenset[str]) -> bool:
    """Whether an SPDX expression can be met with these licences."""
    if not _is_spdx(expression):
        return False
    return bool(_holds(_SPDX.parse(expression), licences))


def _is_spdx(text: str) -> bool:
    try:
        return len(text) < 200 and not _SPDX.validate(text).errors
    except ExpressionError:
        return False


def _holds(part: object, licences: frozenset[str]) -> bool:
    args = getattr(part, "args", ())
    if not args:
        return str(part) in licences
    return (all if type(part).__name__ == "AND" else any)(_holds(one, licences) for one in args)
