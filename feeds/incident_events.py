"""Events about incidents: the report, and what was done about it since."""

import hashlib
from typing import ClassVar, Literal

import orjson
from pydantic import Field

from feeds.event import Event, Record
from feeds.numbers import Count, Lat, Lon, Measure, Ms, Severity, SkewMs

Agency = Literal["polri", "tni", "bawaslu", "kpu", "pemda", "linmas", "bpbd", "lain"]
Located = Literal["point", "area"]
CrowdState = Literal["hijau", "kuning", "merah"]
Sensitivity = Literal["normal", "restricted"]
Action = Literal[
    "verify",
    "reject",
    "assign",
    "respond",
    "on_scene",
    "resolve",
    "reopen",
    "comment",
    "correct",
    "merge",
    "share",  # ask for, or as a second person approve, that a restricted report is shown to all
]


class Victims(Record):
    """People harmed: dead (MD), badly hurt (LB), lightly hurt (LR)."""

    dead: int = Field(0, ge=0, le=100_000)
    badly_hurt: int = Field(0, ge=0, le=100_000)
    hurt: int = Field(0, ge=0, le=100_000)


class IncidentReported(Event):
    """Somebody reports that something happened, somewhere, at some time."""

    kind: ClassVar[str] = "incident.report"

    incident: str
    external_id: str
    category: str
    severity: Severity
    title: str
    lon: Lon
    lat: Lat
    description: str = ""
    located: Located = "point"
    accuracy_m: Measure | None = None
    regency: str | None = None
    district: str | None = None
    polres: str | None = None
    kodim: str | None = None
    agency: Agency | None = None
    reporter_unit: str | None = None
    victims: Victims | None = None
    crowd: Count | None = None
    crowd_state: CrowdState | None = None
    sensitivity: Sensitivity = "normal"
    reporter_sealed: str | None = None  # who reported; its key is kept apart and can be destroyed
    expires_ms: Ms | None = None
    skew_ms: SkewMs | None = None

    @staticmethod
    def key_of(incident: str) -> str:
        """The idempotency key of the report of an incident."""
        return f"incident:{incident}"

    def key(self) -> str:
        return self.key_of(self.incident)


class Correction(Record):
    """The fields that a correction may set anew; those left out stay as they are."""

    category: str | None = None
    severity: Severity | None = None
    title: str | None = None
    description: str | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    located: Located | None = None
    regency: str | None = None
    district: str | None = None
    polres: str | None = None
    kodim: str | None = None
    victims: Victims | None = None
    crowd: Count | None = None
    crowd_state: CrowdState | None = None
    sensitivity: Sensitivity | None = None


class IncidentActed(Event):
    """Somebody did something about a known incident: verified it, was sent to it, closed it, said something."""

    kind: ClassVar[str] = "incident.action"

    incident: str
    action: Action
    note: str = ""
    unit: str | None = None
    into: str | None = None
    correction: Correction | None = None
    action_id: str | None = None

    def key(self) -> str | None:
        return f"action:{self.incident}:{self.action_id}" if self.action_id else None

    def encode(self) -> bytes:
        # A correction may set a field to "none" (no district at sea), which is not the same as leaving it out.
        return orjson.dumps(self.model_dump(exclude_unset=True))


def incident_id(source: str, external_id: str) -> str:
    """The incident's id: the same `(source, external_id)` has the same id in every store, for ever."""
    digest = hashlib.blake2b(f"{source}\0{external_id}".encode(), digest_size=8)
    return f"K{digest.hexdigest()}"
