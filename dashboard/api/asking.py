"""The query parameters of `GET /api/v1/incidents`, checked, and the cursor that goes on after a page."""

import base64
import binascii
from collections.abc import Iterator
from itertools import dropwhile

from pydantic import BaseModel, ConfigDict, Field

from dashboard.api.problems import BadRequest
from feeds.clock import epoch_ms
from feeds.incident import Incident
from feeds.inputs import Moment, Problem, excerpt
from feeds.query import IncidentQuery

PAGE = 200
LARGEST_PAGE = 1_000


class Asked(BaseModel):
    """What a caller may ask for; each parameter narrows the answer, repeatable ones widen within themselves."""

    model_config = ConfigDict(extra="forbid")

    area: list[str] = Field([], max_length=50, description="Area codes of any level, polres:NAME, kodim:NAME")
    bbox: str | None = Field(None, description="west,south,east,north in degrees")
    near: str | None = Field(None, description="lon,lat,radius_m")
    category: list[str] = Field([], max_length=100, description="Category or group codes")
    severity_min: int | None = Field(None, ge=1, le=5)
    status: list[str] = Field([], max_length=20, description="Status codes, or open, closed")
    since: Moment | None = None
    until: Moment | None = None
    q: str | None = Field(None, max_length=200, description="Words in title or description")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)
    cursor: str | None = Field(None, max_length=200)

    def query(self) -> IncidentQuery:
        """The query for the picture. Raises `BadRequest` where numbers do not parse."""
        circle = _numbers("near", self.near, "lon,lat,radius_m", 3)
        return IncidentQuery(
            areas=tuple(self.area),
            bbox=box_of(self.bbox),
            near=(circle[0], circle[1], circle[2]) if circle else None,
            categories=tuple(self.category),
            severity_min=self.severity_min,
            statuses=tuple(self.status),
            since_ms=epoch_ms(self.since) if self.since else None,
            until_ms=epoch_ms(self.until) if self.until else None,
            words=self.q,
        )


def cursor_of(incident: Incident) -> str:
    """A cursor that goes on behind this incident, also when newer ones have come in since."""
    return base64.urlsafe_b64encode(f"{incident.occurred_ms} {incident.id}".encode()).decode().rstrip("=")


def cursor_after(found: Iterator[Incident], cursor: str | None) -> Iterator[Incident]:
    """The incidents behind the cursor; all of them without one."""
    if cursor is None:
        return found
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        occurred, _, last_id = text.partition(" ")
        last = (-int(occurred), last_id)
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        problem = Problem("cursor", excerpt(cursor), "not a cursor of an earlier answer; leave it out to start")
        raise BadRequest(422, "Bad cursor", problem) from error
    return dropwhile(lambda incident: (-incident.occurred_ms, incident.id) <= last, found)


def box_of(text: str | None) -> tuple[float, float, float, float] | None:
    """west, south, east, north in degrees. Raises `BadRequest` where they do not parse."""
    box = _numbers("bbox", text, "west,south,east,north", 4)
    return (box[0], box[1], box[2], box[3]) if box else None


def _numbers(name: str, text: str | None, form: str, count: int) -> list[float]:
    if text is None:
        return []
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(abs(number) < 1e9 for number in numbers):
        raise BadRequest(422, "Bad parameter", Problem(name, excerpt(text), f"must be {form}, {count} numbers"))
    return numbers
