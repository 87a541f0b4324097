"""Events about those who report: signs of life, "nihil", what they may send, lists of polling stations."""

from typing import ClassVar, Literal

from pydantic import Field

from feeds.event import Event
from feeds.numbers import Count, Ms
from feeds.tps import Reference, Tps

#: What a source may send: incidents (actions on its own among them), positions, "nihil" and signs of life.
Sends = Literal["incidents", "positions", "beats"]


class SourceBeat(Event):
    """A source says that it lives, though it has nothing to report."""

    kind: ClassVar[str] = "source.heartbeat"


class NothingToReport(Event):
    """ "Nihil": an area's unit reports that nothing happened in a period. Silence is not the same."""

    kind: ClassVar[str] = "source.nihil"

    area: str
    since_ms: Ms


class SourceRegistered(Event):
    """What a source may send for which areas, and how often it should be heard; by whom (`actor`) and why.

    It holds until the next one about the same name. Empty `sends`, `areas` or `senders`: no limit of that kind.
    `senders`: the tokens that may speak under this name. `enabled` false: nothing is taken from it any more.
    """

    kind: ClassVar[str] = "source.registration"

    name: str
    title: str = ""
    sends: tuple[Sends, ...] = ()
    areas: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    every_s: Count | None = None
    enabled: bool = True
    note: str = ""
    why: str


class TpsListed(Event):
    """A district's polling stations (TPS), all of them, as an import left them; the next one about it replaces it.

    `edition` is the same on everything that one import wrote; stations name the `references` that they rest on.
    """

    kind: ClassVar[str] = "tps.list"

    district: str
    edition: str
    stations: tuple[Tps, ...] = ()
    references: dict[str, Reference] = Field(default_factory=dict)
