"""The terms of the field: categories with their groups, weights and half-lives, severities, and incident states.

The table is `taxonomy.toml`; a posko's own file may replace or add entries by code. Names come in Indonesian (`id`)
and English (`en`). The states carry the life cycle itself: which action leads where. Nothing here decides what a
level is; `feeds.levels` reads the weights.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

BUNDLED = Path(__file__).with_name("taxonomy.toml")

#: Actions that are allowed in every state: they add to an incident without moving it.
STILL_ACTIONS = frozenset({"comment", "correct", "share"})


class TaxonomyError(ValueError):
    """A taxonomy file that does not hold; the text names the entry and what is wrong with it."""


class Term(BaseModel):
    """A code's name in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    en: str


class Category(Term):
    """A kind of incident. `weight` 0-5 (1 = a brawl), `half_life_h` hours after which a report counts half.

    Reports of a `sensitive` category are restricted even where the reporter did not say so.
    """

    group: str
    weight: float = Field(ge=0, le=5)
    half_life_h: float = Field(gt=0, le=24 * 90)
    sensitive: bool = False


class Status(Term):
    """A state of an incident and the states that its actions lead to."""

    open: bool
    actions: Mapping[str, str] = Field(default_factory=dict)


class Taxonomy(BaseModel):
    """The whole table, checked: every category's group and every action's target state exist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: Mapping[str, Term]
    categories: Mapping[str, Category]
    severities: Mapping[int, Term]
    statuses: Mapping[str, Status]

    def model_post_init(self, _context: Any) -> None:
        for code, category in self.categories.items():
            if category.group not in self.groups:
                raise TaxonomyError(f"category '{code}' is in group '{category.group}', which is not defined")
        for code, status in self.statuses.items():
            for action, target in status.actions.items():
                if target not in self.statuses:
                    raise TaxonomyError(f"status '{code}': action '{action}' leads to '{target}', not defined")

    def allowed(self, status: str) -> tuple[str, ...]:
        """The actions that an incident in `status` allows, in alphabetical order."""
        return tuple(sorted({*self.statuses[status].actions, *STILL_ACTIONS}))

    def after(self, status: str, action: str) -> str | None:
        """The state that `action` leads to from `status`; None where it is not allowed."""
        if action in STILL_ACTIONS:
            return status
        return self.statuses[status].actions.get(action)

    def is_open(self, status: str) -> bool:
        return self.statuses[status].open


@cache
def bundled() -> Taxonomy:
    """The taxonomy that comes with Siger."""
    return load()


def load(own: Path | None = None) -> Taxonomy:
    """The bundled table, with the entries of `own` laid over it. Raises `TaxonomyError` naming what is wrong."""
    tables = _read(BUNDLED)
    if own is not None:
        for name, entries in _read(own).items():
            tables[name] = {**tables.get(name, {}), **entries}
    try:
        return Taxonomy.model_validate(tables)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise TaxonomyError(f"{own or BUNDLED}: {place}: {first['msg']} (got {first['input']!r})") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TaxonomyError(f"the taxonomy file {path} cannot be read: {error}") from error
