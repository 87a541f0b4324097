"""Under which names a message from outside stands in the log, where its sender may write, and how it is taken in.

The one place where protocols ask who is calling. A program with a token stands under its own name, as it does at
the API; what comes without one (a demonstration, a person's own session) stands under its protocol's. What is
accepted and refused counts for its source, and what is refused is kept with its reasons, as at the API.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from dashboard.access.gate import caller_of
from dashboard.api.refused import INCIDENT, POSITION, keep
from dashboard.api.seen import where_may_place, witness_of
from dashboard.house import House
from feeds.intake import Batch, MayPlace, PositionCounts, Refused, Witnessing, anywhere


@dataclass(frozen=True, slots=True)
class Sender:
    """The source and the actor that a message is recorded under, where it may be about, and its audit entry.

    `may_end`: it may end what the same source has reported.
    """

    source: str
    actor: str | None = None
    may_place: MayPlace = anywhere
    witness: Witnessing | None = None
    may_end: bool = True


def sender_of(request: Request, protocol: str) -> Sender:
    """Who sends, by which protocol."""
    caller = caller_of(request)
    return Sender(
        source=caller.name if caller.kind == "token" else protocol,
        actor=caller.name,
        may_place=where_may_place(caller),
        witness=witness_of(request, "report", protocol),
        may_end=caller.kind == "token" or caller.may("resolve"),
    )


async def take_incidents(house: House, sender: Sender, items: Sequence[object], *, partial: bool = False) -> Batch:
    """Takes a message's incidents in. Raises `Refused` when any does not hold, unless `partial`."""
    try:
        batch = await house.intake.incidents(
            items,
            source=sender.source,
            actor=sender.actor,
            partial=partial,
            may_place=sender.may_place,
            witness=sender.witness,
        )
    except Refused as refused:
        await keep(house, INCIDENT, sender.source, items, refused.refusals)
        raise
    await keep(house, INCIDENT, sender.source, items, batch.refused)
    return batch


async def take_positions(house: House, sender: Sender, items: Sequence[object]) -> PositionCounts:
    """Takes a message's positions in; those that do not hold are in the answer."""
    counts = await house.intake.positions(
        items, source=sender.source, actor=sender.actor, may_place=sender.may_place
    )
    await keep(house, POSITION, sender.source, items, counts.refused)
    return counts
