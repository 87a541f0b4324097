"""What the dependencies are held to, as `pyproject.toml` says it. Pure but for reading that file.

[tool.siger.dependencies]   licences, spelt, beside, forbidden, ignored
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Versions that must not come in, and why."""

    requirement: Requirement
    why: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An advisory that does not touch Siger: why, and the last day on which that is believed."""

    id: str
    package: NormalizedName
    why: str
    until: date


@dataclass(frozen=True, slots=True)
class Policy:
    """What Siger asks for (`run`; `dev` besides it), and what it takes."""

    run: tuple[Requirement, ...] = ()
    dev: tuple[Requirement, ...] = ()
    licences: frozenset[str] = frozenset()
    spelt: Mapping[str, str] = field(default_factory=dict)
    beside: frozenset[NormalizedName] = frozenset()
    forbidden: tuple[Forbidden, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def read(pyproject: Path) -> Policy:
    """The policy in a `pyproject.toml`."""
    data = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    project, table = data["project"], data["tool"]["siger"]["dependencies"]
    return Policy(
        run=_requirements(project["dependencies"]),
        dev=_requirements(project["optional-dependencies"]["dev"]),
        licences=frozenset(table["licences"]),
        spelt=table.get("spelt", {}),
        beside=frozenset(canonicalize_name(name) for name in table.get("beside", [])),
        forbidden=tuple(
            Forbidden(Requirement(one["requirement"]), one["why"]) for one in table.get("forbidden", [])
        ),
        ignored=tuple(_ignored(one) for one in table.get("ignored", [])),
    )


def _requirements(texts: Iterable[str]) -> tuple[Requirement, ...]:
    return tuple(Requirement(text) for text in texts)


def _ignored(one: Mapping[str, Any]) -> Ignored:
    if not str(one["why"]).strip():
        raise ValueError(f"the ignored advisory {one['id']} gives no reason: say why it does not touch Siger")
    return Ignored(one["id"], canonicalize_name(one["package"]), one["why"], one["until"])
