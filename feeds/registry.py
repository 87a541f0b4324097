"""The registry of sources as the intake asks it: may this source send that, from there?

It is made of the log's own events, held in memory, and asked for each item without asking anybody else. A source
that nobody registered may send (rights are decided before this), unless the registry is closed.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from feeds.events import Sends, SourceRegistered
from feeds.inputs import Line, Problem, Text, problems_of
from feeds.log_errors import LogUnavailable
from feeds.picture import OWN_SOURCES, Picture
from feeds.refusals import OutsideRights, Refusal, Refused
from geo.areas import LEVELS, PROVINCE, Areas

#: A registry that is not read yet is waited for this long: a start takes seconds, a log that is gone takes longer.
PATIENCE_S: Final = 10.0
_WEEK_S: Final = int(timedelta(days=7).total_seconds())

logger = logging.getLogger(__name__)

Code = Annotated[str, Field(min_length=2, max_length=60)]


class RegistrationIn(BaseModel):
    """What somebody registers of a source. Empty `sends`, `areas`, `senders`: no limit of that kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    why: Annotated[Line, Field(min_length=3, max_length=500)]
    title: Annotated[Line, Field(max_length=80)] = ""
    sends: tuple[Sends, ...] = ()
    areas: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    senders: Annotated[tuple[Annotated[Line, Field(min_length=1, max_length=100)], ...], Field(max_length=50)] = ()
    every_s: Annotated[int, Field(ge=1, le=_WEEK_S)] | None = None
    enabled: bool = True
    note: Annotated[Text, Field(max_length=500)] = ""


class _Name(BaseModel):
    name: Annotated[Line, Field(min_length=1, max_length=80)]


def registration(
    name: str, item: object, areas: Areas, at_ms: int, *, actor: str, source: str, simulated: bool
) -> SourceRegistered:
    """The event that registers a source. Raises `Refused` naming the fields, or `UnknownArea`."""
    try:
        known = _Name(name=name).name
        order = RegistrationIn.model_validate(item)
    except ValidationError as error:
        raise Refused([Refusal(0, tuple(problems_of(error)))]) from error
    if known.startswith(OWN_SOURCES):
        reason = f"names that begin with '{OWN_SOURCES}' are Siger's own"
        raise Refused([Refusal(0, (Problem("name", known, reason),))])
    fields: dict[str, Any] = order.model_dump()
    codes = tuple(dict.fromkeys(areas.get(code).code for code in order.areas))
    fields["areas"] = () if PROVINCE in codes else codes
    return SourceRegistered(
        at_ms=at_ms, received_ms=at_ms, source=source, actor=actor, simulated=simulated, name=known, **fields
    )


class Registry:
    """Answers from the picture's registrations. `known` is set once the picture has been built."""

    def __init__(
        self, picture: Picture, areas: Areas, known: asyncio.Event | None = None, *, closed: bool = False
    ) -> None:
        self._picture = picture
        self._areas = areas
        self._codes = {area.code for level in LEVELS for area in areas.at(level)}
        self._known = known
        self._closed = closed
        self._made_of: object = None
        self._names: dict[str, SourceRegistered] = {}
        #: Raised by `note` whenever a registration may have changed.
        self._stale = True

    def note(self, kinds: Iterable[str]) -> None:
        """Orders of these kinds have come in."""
        self._stale = self._stale or SourceRegistered.kind in kinds

    async def ready(self) -> None:
        """Waits until the registry is known. Raises `LogUnavailable` when a closed one stays unknown."""
        if self._known is None or self._known.is_set():
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._known.wait()
        except TimeoutError:
            if self._closed:
                raise LogUnavailable("who may send is not known yet; nothing was stored") from None
            logger.warning("the registry of sources is not read yet: what comes in is taken in without it")

    @property
    def is_open(self) -> bool:
        """Whether everybody may send everything: then nobody needs to be asked about."""
        return not self._closed and not self.names

    @property
    def names(self) -> dict[str, SourceRegistered]:
        """The registrations by name; looked up anew only after something changed."""
        if self._stale or self._made_of is not self._picture.orders:
            self._names, self._made_of, self._stale = self._picture.registrations(), self._picture.orders, False
        return self._names

    def limits_areas(self, name: str) -> bool:
        """Whether it matters for this source where something is."""
        known = self.names.get(name)
        return known is not None and bool(known.areas)

    def refusal(self, name: str, sends: Sends, sender: str | None) -> Problem | None:
        """Why a source may not send this, wherever it is about; None when it may.

        `sender`: who asks to speak under the name; None for this machine's own operator, who may speak for all.
        """
        known = self.names.get(name)
        if known is None:
            if self._closed and not name.startswith(OWN_SOURCES):
                return _no(name, "is not registered here; an administrator registers it: siger sources set NAME")
            return None
        if not known.enabled:
            return _no(name, f"was disabled: {known.why}")
        if known.sends and sends not in known.sends:
            return _no(name, f"may send {', '.join(known.sends)}, not {sends}")
        if known.senders and sender is not None and sender not in (*known.senders, name):
            return _no(name, f"is spoken for by {', '.join(known.senders)}, not by '{sender}'")
        return None

    def refusal_at(
        self, name: str, sends: Sends, sender: str | None, regency: str | None, district: str | None
    ) -> Problem | None:
        """The same, and whether it may send this from there (either may be unknown)."""
        problem = self.refusal(name, sends, sender)
        known = self.names.get(name)
        limits = known.areas if known is not None else ()
        if problem is None and limits and not self._covers(limits, regency, district):
            where = district or regency or "a place in no area of Lampung"
            return _no(name, f"may report for {', '.join(limits)}, not for {where}")
        return problem

    def _covers(self, codes: Iterable[str], regency: str | None, district: str | None) -> bool:
        # Other boundaries may have been imported since: an area that there is no more holds nothing.
        known = (code for code in codes if code in self._codes)
        return any(self._areas.covers(code, regency=regency, district=district) for code in known)


def _no(name: str, reason: str) -> OutsideRights:
    return OutsideRights("source", name, f"source '{name}' {reason}")
