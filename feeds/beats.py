"""Signs of life: a source that lives though nothing happened, and "nihil", which says that for an area.

Nothing to report is data: silence is not the same, and looks different.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feeds.admission import MayPlace, anywhere, outside
from feeds.clock import epoch_ms
from feeds.events import NothingToReport, SourceBeat
from feeds.inputs import Line, Moment, Problem, problems_of
from feeds.intake import Intake
from feeds.refusals import Refusal, Refused
from feeds.reports import FUTURE_MS
from geo.areas import Areas


class BeatIn(BaseModel):
    """A sign of life. `area`: nothing happened there since `since`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Moment | None = None
    source: Annotated[Line, Field(min_length=1, max_length=80)] | None = None
    area: Annotated[str, Field(min_length=2, max_length=60)] | None = None
    since: Moment | None = None


async def take_beat(
    intake: Intake, item: object, *, source: str, actor: str | None = None, may_place: MayPlace = anywhere
) -> str:
    """Takes a sign of life in; its log id, once it is durably there. Raises `Refused` or `UnknownArea`."""
    if intake.registry is not None:
        await intake.registry.ready()
    areas = intake.placing.areas
    event = beat_of(item, areas, source, actor, intake.clock(), simulated=intake.simulated)
    problem = _unwelcome(event, intake, may_place)
    if problem is not None:
        intake.note(source, refused=1)
        raise _refused(problem)
    (appended,) = await intake.log.append([event])
    intake.note(event.source, accepted=1)
    return appended.id


def _unwelcome(event: SourceBeat | NothingToReport, intake: Intake, may_place: MayPlace) -> Problem | None:
    registry = intake.registry
    problem = registry.refusal(event.source, "beats", event.actor) if registry is not None else None
    for regency, district in _places(event, intake.placing.areas):
        if problem is None and not may_place(regency, district):
            problem = outside(district or regency)
        if problem is None and registry is not None:
            problem = registry.refusal_at(event.source, "beats", event.actor, regency, district)
    return problem


def _places(event: SourceBeat | NothingToReport, areas: Areas) -> list[tuple[str | None, str | None]]:
    """Regency and district of each part of the area that is spoken for; a mere sign of life has no place."""
    if isinstance(event, SourceBeat):
        return []
    area = areas.get(event.area)
    if area.level == "district":
        return [(area.code[:4], area.code)]
    return [(code, None) for code in area.regencies]


def beat_of(
    item: object, areas: Areas, source: str, actor: str | None, received_ms: int, *, simulated: bool
) -> SourceBeat | NothingToReport:
    """The event that a sign of life makes. Raises `Refused` naming the fields, or `UnknownArea`."""
    try:
        given = BeatIn.model_validate(item)
    except ValidationError as error:
        raise _refused(*problems_of(error)) from error
    at_ms = epoch_ms(given.at) if given.at else received_ms
    if at_ms > received_ms + FUTURE_MS:
        raise _refused(Problem("at", str(given.at), "in the future; 5 minutes are allowed"))
    told: dict[str, Any] = {
        "at_ms": min(at_ms, received_ms),
        "received_ms": received_ms,
        "source": given.source or source,
        "actor": actor,
        "simulated": simulated,
    }
    if given.area is None:
        if given.since is not None:
            raise _refused(Problem("area", "(missing)", "name the area in which nothing happened since then"))
        return SourceBeat.model_validate(told)
    if given.since is None or epoch_ms(given.since) > told["at_ms"]:
        value = given.since.isoformat() if given.since else "(missing)"
        raise _refused(Problem("since", value, "say since when nothing happened, before 'at'"))
    area = areas.get(given.area).code
    return NothingToReport.model_validate({**told, "area": area, "since_ms": epoch_ms(given.since)})


def _refused(*problems: Problem) -> Refused:
    return Refused([Refusal(0, problems)])
