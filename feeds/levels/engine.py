"""The levels feed: reads incidents off the picture, writes level events to the log. One writer at a time.

What it writes depends on the picture and the moment alone. A regency that an incident touched is assessed at once;
all of them every few seconds, because scores decay by themselves. An event is written only when there is something
to say: another level, a score that moved by a point, or another set of reasons.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from feeds.clock import now_ms
from feeds.events import LevelChanged
from feeds.incident import Incident
from feeds.levels.model import Assessment, assess, level_of, same_story
from feeds.log import EventLog
from feeds.picture import Changes, Picture
from feeds.taxonomy import Taxonomy

#: How often every area is assessed anew for decay.
DECAY_EVERY_S = 5.0
#: A score that moved by less than this is not news.
SCORE_STEP = 1.0

SOURCE = "siger:levels"


class LevelsFeed:
    """Assesses areas and appends what changed. `areas` are the codes to assess, regencies to begin with."""

    def __init__(
        self,
        picture: Picture,
        log: EventLog,
        areas: Sequence[str],
        taxonomy: Taxonomy,
        *,
        simulated: bool = False,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self.picture = picture
        self.log = log
        self.areas = tuple(areas)
        self.taxonomy = taxonomy
        self.simulated = simulated
        self.clock = clock
        self._members: dict[str, set[str]] = {code: set() for code in self.areas}
        self._home: dict[str, str] = {}
        # What was written but may not have come back through the log yet: without it, it would be written twice.
        self._written: dict[str, LevelChanged] = {}
        self._touched: set[str] = set(self.areas)
        self._wake = asyncio.Event()

    def settle(self) -> None:
        """Takes in the picture as it stands (once it is built), and plans to assess every area."""
        for incident in self.picture.incidents.values():
            self._settle(incident)
        self._touched = set(self.areas)

    def note(self, changes: Changes) -> None:
        """The picture changed: remember which areas that touches, and wake up if any."""
        for incident_id in changes.incidents:
            self._settle(self.picture.incidents[incident_id])
        if changes.incidents:
            self._wake.set()

    async def run(self) -> None:
        """Assesses for ever; ends by cancellation. Raises what the log raises (the caller starts it again)."""
        while True:
            await self.assess(self._touched)
            self._touched = set()
            try:
                # Not wait_for: on Python 3.11 it swallows a cancellation that comes with the wake-up.
                async with asyncio.timeout(DECAY_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                self._touched = set(self.areas)
            self._wake.clear()

    async def assess(self, codes: Iterable[str]) -> list[LevelChanged]:
        """Assesses these areas now, appends the news and returns it."""
        at_ms = self.clock()
        news = [event for code in sorted(codes) if (event := self._news(code, at_ms)) is not None]
        if news:
            await self.log.append(news)
            self._written.update((event.area, event) for event in news)
        return news

    def _settle(self, incident: Incident) -> None:
        # A level is seen by everybody and names its reasons: a restricted report must not show through it.
        home = incident.report.regency if incident.secrecy == "normal" else None
        before = self._home.get(incident.id)
        if before is not None and before != home:
            self._members[before].discard(incident.id)
            self._touched.add(before)
        if home in self._members:
            self._members[home].add(incident.id)
            self._home[incident.id] = home
            self._touched.add(home)

    def _shown(self, code: str) -> LevelChanged | None:
        known = self.picture.levels.get(code)
        return known.event if known else None

    def _news(self, code: str, at_ms: int) -> LevelChanged | None:
        old = self._written.get(code) or self._shown(code)
        found = assess((self.picture.incidents[i] for i in self._members[code]), at_ms, self.taxonomy)
        level = level_of(found.score, old.level if old else None)
        if old is not None and not _is_news(old, level, found):
            return None
        return LevelChanged(
            at_ms=at_ms,
            received_ms=at_ms,
            source=SOURCE,
            simulated=self.simulated,
            area=code,
            level=level,
            score=found.score,
            since_ms=old.since_ms if old is not None and old.level == level else at_ms,
            reasons=found.reasons,
        )


def _is_news(old: LevelChanged, level: int, found: Assessment) -> bool:
    if old.level != level or abs(old.score - found.score) >= SCORE_STEP:
        return True
    return not same_story(old.reasons, found.reasons)
