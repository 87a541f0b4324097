"""A scenario's chronology: what happened, when, where, and who says so. Data with its sources, not play.

Files in `data/` hold only what a public source states; what a source leaves open (the hour, the exact day, the
district) is said in the entry's notes and repeated in the text that officers read. How an entry becomes an incident
of a demonstration is `player`'s part.
"""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from feeds.clock import WIB
from feeds.events import Agency

DATA = Path(__file__).parent / "data"

#: Where an entry without an hour stands in its day, for its order and its pace only.
NO_HOUR = dt.time(12)
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
HOUR_UNKNOWN = "Jam kejadian tidak disebut sumber."


class ScenarioError(ValueError):
    """A scenario that does not exist or whose file does not hold."""


def _clock_time(value: Any) -> Any:
    return dt.time.fromisoformat(value.replace(".", ":")) if isinstance(value, str) else value


class Entry(BaseModel):
    """One thing that happened. `area` is a district's code, or a regency's where no district is named."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    date: dt.date
    time: Annotated[dt.time | None, BeforeValidator(_clock_time)] = None
    when_note: str = ""
    area: Annotated[str, Field(pattern=r"^18\d{2}(\d{2})?$")]
    place_note: str = ""
    category: str
    severity: Annotated[int, Field(ge=1, le=5)]
    severity_reason: Annotated[str, Field(min_length=1)]
    agency: Agency
    crowd: int | None = None
    title: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]

    @property
    def moment(self) -> dt.datetime:
        """When it happened; at noon where the hour is not known."""
        return dt.datetime.combine(self.date, self.time or NO_HOUR, WIB)

    @property
    def text(self) -> str:
        """The description with the original date, what is not exact about it, and the source."""
        parts = [self.description, f"Kejadian asli: {self._when()}."]
        if self.when_note or self.time is None:
            parts.append(self.when_note or HOUR_UNKNOWN)
        if self.place_note:
            parts.append(self.place_note)
        parts.append(f"Keparahan {self.severity} adalah penilaian Siger: {self.severity_reason}.")
        parts.append(f"Sumber: {self.source}")
        return "\n".join(parts)

    def _when(self) -> str:
        day = f"{DAYS[self.date.weekday()]}, {self.date:%d/%m/%Y}"
        return f"{day} {self.time:%H.%M} WIB" if self.time else day


class Scenario(BaseModel):
    """A chronology in order; a demonstration begins at `start`, what lies before is its backlog."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    start: dt.date
    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]

    def model_post_init(self, _context: Any) -> None:
        ids = [entry.id for entry in self.entries]
        twice = {name for name in ids if ids.count(name) > 1}
        if twice:
            raise ScenarioError(f"scenario '{self.name}': entry ids occur twice: {', '.join(sorted(twice))}")
        for before, after in zip(self.entries, self.entries[1:], strict=False):
            if after.moment < before.moment:
                raise ScenarioError(f"scenario '{self.name}': '{after.id}' stands after '{before.id}' but is older")

    @property
    def backlog(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.date < self.start)

    @property
    def ahead(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.date >= self.start)


def available() -> list[str]:
    """The names of the scenarios that come with Siger."""
    return sorted(path.stem for path in DATA.glob("*.toml"))


def load(name: str) -> Scenario:
    """A bundled scenario. Raises `ScenarioError` naming those there are, or what is wrong with the file."""
    if name not in available():
        raise ScenarioError(f"there is no scenario '{name}'; there are: {', '.join(available())}")
    path = DATA / f"{name}.toml"
    try:
        return Scenario.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ScenarioError(f"the scenario file {path.name} does not hold: {error}") from error
