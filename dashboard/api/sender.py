"""Under which names a message from outside stands in the log, and where its sender may write.

The one place where protocols ask who is calling. A program with a token stands under its own name, as it does at
the API; what comes without one (a demonstration, a person's own session) stands under its protocol's.
"""

from dataclasses import dataclass

from starlette.requests import Request

from dashboard.access.gate import caller_of
from dashboard.api.seen import where_may_place, witness_of
from feeds.intake import MayPlace, Witnessing, anywhere


@dataclass(frozen=True, slots=True)
class Sender:
    """The source and the actor that a message is recorded under, where it may be about, and its audit entry."""

    source: str
    actor: str | None = None
    may_place: MayPlace = anywhere
    witness: Witnessing | None = None


def sender_of(request: Request, protocol: str) -> Sender:
    """Who sends, by which protocol."""
    caller = caller_of(request)
    return Sender(
        source=caller.name if caller.kind == "token" else protocol,
        actor=caller.name,
        may_place=where_may_place(caller),
        witness=witness_of(request, "report", protocol),
    )
