"""Whether what comes to Dash's one door for callbacks is what a page of Siger sends.

Dash itself fails at anything else, and answers that the server has an error.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

Props = tuple[tuple[str, str], ...]
"""Ids and properties of components, in order."""


@dataclass(frozen=True, slots=True)
class Callback:
    """What one callback writes, is called by, and is told besides."""

    outputs: Props
    inputs: Props
    state: Props

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """From an entry of Dash's own `callback_map`."""
        output = known["output"]
        outputs = output if isinstance(output, list) else [output]
        called_by, told = (tuple((one["id"], one["property"]) for one in known[key]) for key in ("inputs", "state"))
        return cls(tuple((one.component_id, one.component_property) for one in outputs), called_by, told)

    def is_asked_by(self, asked: Mapping[str, Any]) -> bool:
        """Whether a request has the shape of this callback, whatever its values."""
        outputs, changed = asked.get("outputs"), asked.get("changedPropIds")
        return (
            _props(outputs if isinstance(outputs, list) else [outputs]) == self.outputs
            and _props(asked.get("inputs")) == self.inputs
            and _props(asked.get("state", [])) == self.state
            and isinstance(changed, list)
            and set(map(str, changed)) <= {".".join(prop) for prop in self.inputs}
        )


def read(body: bytes) -> dict[str, Any]:
    """A callback's request; empty where it is none."""
    try:
        asked: Any = json.loads(body)
    except (ValueError, RecursionError):  # the latter: nested deeper than anybody means
        return {}
    return asked if isinstance(asked, dict) else {}


def _props(told: object) -> Props | None:
    """None: it is no list of components' properties."""
    if not isinstance(told, list):
        return None
    found = []
    for one in told:
        if not isinstance(one, dict):
            return None
        found.append((str(one.get("id")), str(one.get("property"))))
    return tuple(found)
