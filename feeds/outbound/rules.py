"""Who is told of which incidents: the operator's rules, read from a TOML file and checked before anything is
sent.

Restricted reports are never told of, by any rule: a message leaves the house and knows no roles. Pure, but for
`load`.
"""

import base64
import binascii
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, ValidationError, field_validator

from feeds.incident import Incident
from feeds.taxonomy import Taxonomy
from geo.areas import Areas, UnknownArea

Occasion = Literal["report", "close"]


class RulesError(ValueError):
    """A file of rules that does not hold; the text names the rule and what is wrong with it."""


class Rule(BaseModel):
    """One rule: every condition that it names must hold. `to` are apprise addresses, `webhook` one of our own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60)]
    on: tuple[Occasion, ...] = ("report",)
    severity_min: Annotated[int, Field(ge=1, le=5)] = 1
    categories: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    to: tuple[SecretStr, ...] = ()
    webhook: HttpUrl | None = None
    secret: SecretStr | None = None
    per_hour: Annotated[int, Field(ge=1, le=3600)] = 60

    @field_validator("secret")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            key_of(value)
        return value


class Rules(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: tuple[Rule, ...] = ()


def load(path: Path, areas: Areas, taxonomy: Taxonomy) -> tuple[Rule, ...]:
    """The rules of a file. Raises `RulesError`."""
    try:
        rules = Rules.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).rule
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RulesError(f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise RulesError(f"{path}: {'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error
    for rule in rules:
        _check(rule, path, areas, taxonomy)
    return rules


def fits(rule: Rule, incident: Incident, occasion: Occasion, areas: Areas, taxonomy: Taxonomy) -> bool:
    """Whether somebody is told of this by this rule."""
    report = incident.report
    term = taxonomy.categories.get(report.category)
    return (
        incident.secrecy == "normal"
        and occasion in rule.on
        and report.severity >= rule.severity_min
        and (not rule.categories or bool({report.category, term.group if term else ""} & set(rule.categories)))
        and (not rule.areas or _within(incident, rule.areas, areas))
    )


def key_of(secret: SecretStr) -> bytes:
    """A webhook secret's bytes. Raises `ValueError`: `whsec_` and at least 24 bytes in base64."""
    told = secret.get_secret_value()
    try:
        key = base64.b64decode(told.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError("must be whsec_ and base64, such as 'openssl rand -base64 32' prints") from error
    if not told.startswith("whsec_") or len(key) < 24:
        raise ValueError("must be whsec_ and at least 24 bytes in base64")
    return key


def _within(incident: Incident, codes: Sequence[str], areas: Areas) -> bool:
    report = incident.report
    return any(areas.covers(code, regency=report.regency, district=report.district) for code in codes)


def _check(rule: Rule, path: Path, areas: Areas, taxonomy: Taxonomy) -> None:
    if not rule.to and rule.webhook is None:
        raise RulesError(f"{path}: rule '{rule.name}' tells nobody: give 'to' or 'webhook'")
    if rule.webhook is not None and rule.secret is None:
        raise RulesError(
            f"{path}: rule '{rule.name}': a webhook needs a 'secret' that its messages are signed with"
        )
    known = {*taxonomy.categories, *taxonomy.groups}
    if strange := sorted(set(rule.categories) - known):
        raise RulesError(f"{path}: rule '{rule.name}': no category or group {', '.join(strange)}")
    for code in rule.areas:
        try:
            areas.get(code)
        except UnknownArea as error:
            raise RulesError(f"{path}: rule '{rule.name}': {error}") from error
