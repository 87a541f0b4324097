"""A report on its way in: from checked fields to the log's own form, with nothing built in between.

A report is answered when it is on disk, and what is done before that is what its sender waits for. So it is written
from what was checked; `IncidentReported` is what the same bytes are when they are read back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import orjson

from feeds.incident_events import IncidentReported, Sensitivity

_DEFAULTS = {name: field.get_default() for name, field in IncidentReported.model_fields.items()}


@dataclass(slots=True)  # frozen, it would cost more to make than all that is asked of it
class ReportTaken:
    """A report as the log takes it, and what the way in still asks about it."""

    kind: ClassVar[str] = IncidentReported.kind
    version: ClassVar[int] = IncidentReported.version

    incident: str
    source: str
    category: str
    sensitivity: Sensitivity
    regency: str | None
    district: str | None
    data: bytes

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        """From the fields of an `IncidentReported`, in its order; those at their default are left out."""
        told = {name: value for name, value in fields.items() if value != _DEFAULTS[name]}
        return cls(
            fields["incident"],
            fields["source"],
            fields["category"],
            fields["sensitivity"],
            fields["regency"],
            fields["district"],
            orjson.dumps(told),
        )

    def key(self) -> str:
        """The idempotency key."""
        return IncidentReported.key_of(self.incident)

    def encode(self) -> bytes:
        """The event's JSON as the log keeps it."""
        return self.data
