"""The alarms feed: looks at the picture, and writes alarms to the log. One writer, beside the levels feed."""

import asyncio
from collections.abc import Callable, Sequence

import numpy as np

from feeds.changes import Changes
from feeds.clock import now_ms
from feeds.events import AlarmRaised
from feeds.levels.alarms import Alarms
from feeds.log import EventLog, Witness
from feeds.picture import LevelPoint, Picture
from geo.locate import Locator

#: How often districts without a unit and clusters are looked for.
LOOK_EVERY_S = 30.0
#: A unit that was not heard of for this long holds nothing any more.
UNIT_FOR_MS = 15 * 60_000
#: A rise that nobody called out while the work changed hands is no older than this.
TAKE_OVER_MS = 30_000


class AlarmsFeed:
    """Calls out what `alarms` notices in `picture`."""

    def __init__(
        self,
        picture: Picture,
        event_log: EventLog,
        alarms: Alarms,
        locator: Locator,
        clock: Callable[[], int] = now_ms,
        *,
        fence: Witness | None = None,
    ) -> None:
        self.picture = picture
        self.log = event_log
        self.alarms = alarms
        self.locator = locator
        self.clock = clock
        self.fence = fence
        self._risen: list[AlarmRaised] = []
        self._new_incidents = True
        self._wake = asyncio.Event()

    def settle(self) -> None:
        """Takes the picture as it stands: its levels are known, and no news.

        Except those that rose a moment ago: whoever did this before may have ended between the rise and its alarm.
        """
        since_ms = self.clock() - TAKE_OVER_MS
        known = {code: _level_at(past, since_ms) for code, past in self.picture.level_past.items() if past}
        self.alarms.settle(known, (alarm for _, alarm in self.picture.alarms.values()))
        self._risen = self.alarms.rises(self.picture.levels[code].event for code in sorted(self.picture.levels))

    def note(self, changes: Changes) -> None:
        """The picture changed: a level that rose is called out at once."""
        self._new_incidents = self._new_incidents or bool(changes.incidents)
        self._risen += self.alarms.rises(self.picture.levels[code].event for code in sorted(changes.levels))
        if self._risen:
            self._wake.set()

    async def run(self) -> None:
        """Watches for ever; ends by cancellation. Raises what the log raises (the caller starts it again)."""
        while True:
            await self._write()
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                self._risen += await self.look()
            self._wake.clear()

    async def look(self) -> list[AlarmRaised]:
        """Districts without a unit, and clusters forming, as things stand."""
        at_ms = self.clock()
        levels = {code: level.event.level for code, level in self.picture.levels.items()}
        found = self.alarms.uncovered(levels, self._held(at_ms), at_ms)
        if self._new_incidents:
            self._new_incidents = False
            # Shuffling takes up to half a second of a core: not on the event loop.
            found += await asyncio.to_thread(self.alarms.clusters, list(self.picture.incidents.values()), at_ms)
        return found

    async def _write(self) -> None:
        due, self._risen = self._risen, []
        if not due:
            return
        try:
            await self.log.append(due, witness=self.fence)
        except BaseException:
            self._risen = [*due, *self._risen]
            raise

    def _held(self, at_ms: int) -> set[str]:
        """Districts in which a unit was lately."""
        units = [unit for unit in self.picture.units.values() if at_ms - unit.observed_ms < UNIT_FOR_MS]
        lons, lats = np.array([unit.lon for unit in units]), np.array([unit.lat for unit in units])
        return set(self.locator.places(lons, lats).codes("district").tolist()) - {None} if units else set()


def _level_at(past: Sequence[LevelPoint], at_ms: int) -> int:
    """The level that stood at a moment; the first one known where that is later."""
    return next((point.level for point in reversed(past) if point.at_ms <= at_ms), past[0].level)
