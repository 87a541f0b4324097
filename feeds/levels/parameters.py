"""The numbers of the risk model as one checked table, and what the events of the log have made of them since.

The table is `parameters.toml`: value, unit, range and reason of each. A change is an event with who and why;
nothing else changes a number while Siger runs, so a replay computes with the numbers of its time.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, ValidationError

BUNDLED = Path(__file__).with_name("parameters.toml")


class ParameterError(ValueError):
    """A parameter that is not known or a value outside its range; the text says which and what is allowed."""


class Parameter(BaseModel):
    """One number: what it is, in which unit, within which range, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    unit: str
    least: float
    most: float
    reason: str

    def model_post_init(self, _context: object) -> None:
        if not self.least <= self.value <= self.most:
            raise ValueError(f"{self.value} lies outside {self.least} to {self.most}")


@dataclass(frozen=True)
class Parameters:
    """All numbers at a moment. `parameters["hysteresis"]` is a value, `.table` has units and reasons."""

    table: Mapping[str, Parameter]

    def __getitem__(self, name: str) -> float:
        return self.table[name].value

    @property
    def thresholds(self) -> tuple[float, float, float]:
        return self["threshold_1"], self["threshold_2"], self["threshold_3"]

    def changed(self, changes: Iterable[tuple[str, float]]) -> "Parameters":
        """With these values laid over. Raises `ParameterError` for an unknown name or a value out of range."""
        table = dict(self.table)
        for name, value in changes:
            table[name] = self.check(name, value)
        found = replace(self, table=MappingProxyType(table))
        if not found["threshold_1"] < found["threshold_2"] < found["threshold_3"]:
            raise ParameterError(f"the thresholds must rise from level 1 to 3, not {found.thresholds}")
        return found

    def check(self, name: str, value: float) -> Parameter:
        """The parameter with a new value. Raises `ParameterError`."""
        known = self.table.get(name)
        if known is None:
            raise ParameterError(f"there is no parameter '{name}'; known are {', '.join(self.table)}")
        if not known.least <= value <= known.most:
            raise ParameterError(f"{name} = {value}: must be from {known.least} to {known.most} {known.unit}")
        return known.model_copy(update={"value": value})


@cache
def bundled() -> Parameters:
    """The table that comes with Siger."""
    with BUNDLED.open("rb") as file:
        entries = tomllib.load(file)
    try:
        return Parameters(MappingProxyType({name: Parameter.model_validate(e) for name, e in entries.items()}))
    except ValidationError as error:
        raise ParameterError(f"{BUNDLED}: {error}") from error
