"""The way in: JSON objects become events, are given their places, and are appended to the log.

Every road ends here, the API's as well as a scenario's or a spreadsheet's, so that one set of rules holds for all.
What is refused is refused with the field, the value and the reason, and costs nothing that was there.
What is refused, and how, is in `refusals`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import ValidationError

from feeds import positions as reported
from feeds.admission import Admission, MayPlace, anywhere, outside
from feeds.clock import epoch_ms, now_ms
from feeds.events import IncidentActed
from feeds.incident import Incident, secrecy_of
from feeds.inputs import ActionIn, IncidentIn, Problem, problems_of
from feeds.log import Appendable, Appended, EventLog, Witness
from feeds.placing import Placing
from feeds.positions import Numbered, Sent
from feeds.refusals import IntakeError, NotAllowed, OutsideRights, Refusal, Refused, UnknownIncident
from feeds.registry import Registry
from feeds.report_taken import ReportTaken
from feeds.reports import Seal, correction_of, fields_of
from feeds.sources import Note, unnoted
from feeds.taxonomy import Taxonomy

__all__ = [
    "Batch",
    "Intake",
    "IntakeError",
    "MayPlace",
    "NotAllowed",
    "OutsideRights",
    "PositionCounts",
    "Refusal",
    "Refused",
    "Taken",
    "UnknownIncident",
    "anywhere",
]

MAX_INCIDENTS = 1_000
MAX_POSITIONS = 10_000

SIMULATED = Problem(
    "simulated", "true", "this store holds the real thing; a simulation goes to `siger demo`, which has its own"
)

Witnessing = Callable[[Sequence[Appendable]], Witness]


@dataclass(slots=True)
class Taken:
    """An accepted incident: its id, the log id of its report, and whether it is new or was known already."""

    index: int
    id: str
    event_id: str
    new: bool


class Batch(NamedTuple):
    """What became of a batch of incidents."""

    taken: tuple[Taken, ...]
    refused: tuple[Refusal, ...] = ()


class PositionCounts(NamedTuple):
    """What became of a batch of positions."""

    accepted: int
    refused: tuple[Refusal, ...] = ()


class Intake:
    """Checks, places and appends what comes in. `clock` gives UTC epoch milliseconds.

    A store holds either a simulation (`simulated`: everything that comes in is marked as such) or the real thing
    (then what says that it is simulated is refused); the two never mix.
    """

    def __init__(
        self,
        log: EventLog,
        placing: Placing,
        taxonomy: Taxonomy,
        clock: Callable[[], int] = now_ms,
        *,
        simulated: bool = False,
        registry: Registry | None = None,
        note: Note = unnoted,
    ) -> None:
        self.log = log
        self.placing = placing
        self.taxonomy = taxonomy
        self.clock = clock
        self.simulated = simulated
        self.registry = registry
        self.note = note

    async def incidents(
        self,
        items: Sequence[object],
        *,
        source: str,
        actor: str | None = None,
        partial: bool = False,
        may_place: MayPlace = anywhere,
        seal: Seal | None = None,
        witness: Witnessing | None = None,
        relayed: bool = False,
    ) -> Batch:
        """Takes incidents in; returns once they are durably in the log. `relayed`: the actor passes on another's.

        Raises `Refused` when any item does not hold, unless `partial`: then the good ones are stored. What
        `witness` makes of the events is written in the same step.
        """
        admission = await self._admission(may_place, None if relayed else actor)
        received = self.clock()
        places: list[int] = []
        reports: list[ReportTaken] = []
        refusals: list[Refusal] = []
        for index, item in enumerate(items):
            made = self._report(item, source, actor, received, seal)
            if isinstance(made, ReportTaken) and (problem := admission.of_report(made)) is not None:
                made = [problem]
            if isinstance(made, ReportTaken):
                places.append(index)
                reports.append(made)
            else:
                refusals.append(Refusal(index, tuple(made)))
        if refusals:
            self.note(source, refused=len(refusals))
            if not partial:
                raise Refused(refusals)
        if not reports:
            return Batch((), tuple(refusals))
        appended = await self.log.append(reports, witness=witness and witness(reports))
        self._count(reports, appended)
        taken = [
            Taken(index, report.incident, entry.id, entry.new)
            for index, report, entry in zip(places, reports, appended, strict=True)
        ]
        return Batch(tuple(taken), tuple(refusals))

    async def positions(
        self,
        items: Sequence[object],
        *,
        source: str,
        actor: str | None = None,
        durable: bool = False,
        may_place: MayPlace = anywhere,
        relayed: bool = False,
    ) -> PositionCounts:
        """Takes positions in, as one event a source. Bad ones are counted with their reasons, good ones kept."""
        admission = await self._admission(may_place, None if relayed else actor)
        received = self.clock()
        checked, refusals = reported.check(items)
        checked = admission.of_positions(checked, source, self.placing, refusals)
        checked = self._of_this_store(checked, refusals)
        by_source: dict[str, list[Sent]] = {}
        for _, position in checked:
            by_source.setdefault(position.get("source") or source, []).append(position)
        events = [
            reported.observed(positions, received_ms=received, source=name, actor=actor, simulated=self.simulated)
            for name, positions in by_source.items()
        ]
        if events:
            await self.log.append(events, durable=durable)
        for name, positions in by_source.items():
            self.note(name, accepted=len(positions))
        if refusals:
            self.note(source, refused=len(refusals))
        return PositionCounts(len(checked), tuple(refusals))

    async def act(
        self,
        incident: Incident,
        item: object,
        *,
        source: str,
        actor: str | None = None,
        may_place: MayPlace = anywhere,
        witness: Witnessing | None = None,
    ) -> str:
        """Appends an action on `incident`; returns its log id. Raises `Refused` or `NotAllowed`.

        A correction may move an incident only to where `may_place` allows.
        """
        received = self.clock()
        try:
            action = ActionIn.model_validate(item)
        except ValidationError as error:
            raise Refused([Refusal(0, tuple(problems_of(error)))]) from error
        if action.simulated and not self.simulated:
            raise Refused([Refusal(0, (SIMULATED,))])
        if self.taxonomy.after(incident.status, action.type) is None:
            raise NotAllowed(incident.status, action.type, self.taxonomy.allowed(incident.status))
        event = self._action(incident, action, source, actor, received)
        moved = event.correction if event.correction and "regency" in event.correction.model_fields_set else None
        if moved is not None and not may_place(moved.regency, moved.district):
            raise Refused([Refusal(0, (outside(moved.district or moved.regency),))])
        (appended,) = await self.log.append([event], witness=witness and witness([event]))
        return appended.id

    def _count(self, reports: Sequence[ReportTaken], appended: Sequence[Appended]) -> None:
        """Notes how many of these are new, for each source that was heard: what was known already counts once.

        That a source has sent a restricted report must not show in how much it has sent.
        """
        counts: dict[str, int] = {}
        for report, entry in zip(reports, appended, strict=True):
            if secrecy_of(report, self.taxonomy) == "normal":
                counts[report.source] = counts.get(report.source, 0) + entry.new
        for name, count in counts.items():
            self.note(name, accepted=count)

    async def _admission(self, may_place: MayPlace, sender: str | None) -> Admission:
        if self.registry is not None:
            await self.registry.ready()
        return Admission(may_place, self.registry, sender)

    def _of_this_store(self, checked: Numbered, refusals: list[Refusal]) -> Numbered:
        if self.simulated or not any(position.get("simulated") for _, position in checked):
            return checked
        refusals += [Refusal(index, (SIMULATED,)) for index, position in checked if position.get("simulated")]
        return [(index, position) for index, position in checked if not position.get("simulated")]

    def _report(
        self, item: object, source: str, actor: str | None, received_ms: int, seal: Seal | None
    ) -> ReportTaken | list[Problem]:
        try:
            incident = IncidentIn.model_validate(item)
        except ValidationError as error:
            return problems_of(error)
        if incident.simulated and not self.simulated:
            return [SIMULATED]
        fields = fields_of(
            incident, self.placing, self.taxonomy, source, actor, received_ms, seal, simulated=self.simulated
        )
        return ReportTaken.of(fields) if isinstance(fields, dict) else fields

    def _action(
        self, incident: Incident, action: ActionIn, source: str, actor: str | None, received_ms: int
    ) -> IncidentActed:
        correction, problems = correction_of(action, self.placing, self.taxonomy)
        if problems:
            raise Refused([Refusal(0, tuple(problems))])
        return IncidentActed(
            at_ms=min(epoch_ms(action.at), received_ms) if action.at else received_ms,
            received_ms=received_ms,
            source=source,
            actor=actor,
            simulated=self.simulated,
            incident=incident.id,
            action=action.type,
            note=action.note,
            unit=action.unit,
            into=action.into,
            correction=correction,
            action_id=action.action_id,
        )
