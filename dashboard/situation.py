"""Follows the log into the picture and tells everybody who shows it. The one place where events come back.

Whatever happens to the log, this goes on: the picture stays as it was, the log counts as down, and following starts
again after the last entry that was applied, without a gap and without a repeat.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from dashboard.channel import LogState
from feeds.aside import Aside
from feeds.changes import Changes, order
from feeds.clock import now_ms
from feeds.events import Event, IncidentActed, IncidentReported
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.log import Entry, LogError, Unreadable
from feeds.picture import Picture

#: Pauses before following again after a failure; the last one repeats for ever.
RETRY_AFTER_S = (0.1, 0.2, 0.5, 1.0)
#: The picture is milliseconds behind the log; a reader who came sooner waits so long at most.
READER_WAITS_S = 2.0

log = logging.getLogger(__name__)

Listener = Callable[[Changes], None]


class Situation:
    """The picture as this process follows it, and whether the log behind it answers."""

    def __init__(self, history: History, picture: Picture, clock: Callable[[], int] = now_ms) -> None:
        self.history = history
        self.picture = picture
        self.aside = Aside(history.log)
        self.caught_up = asyncio.Event()
        self._moved = asyncio.Event()
        self.reason = "the log has not answered yet"
        #: Whether anybody computes levels and alarms, as far as this process knows.
        self.engine_runs = True
        self.unreadable = 0
        self.applied = 0
        self.applied_openly = 0
        self._clock = clock
        self._state = LogState(up=False, seen_ms=0)
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Calls `listener` with what each batch of events changed."""
        self._listeners.append(listener)

    def unlisten(self, listener: Listener) -> None:
        """Calls `listener` no more."""
        self._listeners.remove(listener)

    async def reach(self, id: str) -> None:
        """Waits until the picture has taken in everything up to an entry."""
        target = order(id)
        while order(self.picture.last_id) < target:
            self._moved.clear()
            await self._moved.wait()

    async def show(self, id: str) -> None:
        """As `reach`, but not for a log that is down, and no longer than a reader should wait."""
        if order(self.picture.last_id) < order(id) and self._state.up:
            self.history.log.want_now()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(READER_WAITS_S):
                    await self.reach(id)

    async def show_own(self) -> None:
        """Shows what this process has acknowledged: who wrote it may ask for it with the next request."""
        await self.show(self.history.log.acknowledged)

    def log_state(self) -> LogState:
        return replace(self._state, engine=self.engine_runs)

    async def run(self) -> None:
        """Follows for ever; ends by cancellation."""
        failures = 0
        begun = False
        while True:
            try:
                if not begun:
                    self.picture.become(await FastStart(self.history, self.picture.taxonomy).picture())
                    begun = True
                target = order(await self.history.log.last_id())
                self._take([])
                self._reached(target)
                async for entries in self.history.follow(self.picture.last_id):
                    self._take(entries)
                    self._reached(target)
                    if any(isinstance(entry.event, Unreadable) for entry in entries):
                        await self.aside.note(entries)
                    failures = 0
            except LogError as error:
                if self._state.up or failures == 0:
                    log.warning("the log does not answer: %s", error)
                self.reason = str(error)
                self._state = LogState(up=False, seen_ms=self._state.seen_ms)
            await asyncio.sleep(RETRY_AFTER_S[min(failures, len(RETRY_AFTER_S) - 1)])
            failures += 1

    def _reached(self, target: int) -> None:
        if not self.caught_up.is_set() and order(self.picture.last_id) >= target:
            self.caught_up.set()

    def _take(self, entries: Sequence[Entry]) -> None:
        if not self._state.up:
            log.info("the log answers")
        self._state = LogState(up=True, seen_ms=self._clock())
        changes = Changes()
        for entry in entries:
            if isinstance(entry.event, Unreadable):
                self.unreadable += 1
                log.error("log entry %s cannot be read and is left out: %s", entry.id, entry.event.reason)
                self.picture.skip(entry.id)
            else:
                changes.add(self.picture.apply(entry.id, entry.event))
            self.applied_openly += self._is_open(entry.event)
        self.applied += len(entries)
        self._moved.set()
        if changes:
            for listener in self._listeners:
                listener(changes)

    def _is_open(self, event: Event | Unreadable) -> bool:
        """Whether it may be counted where people look who do not see restricted reports."""
        name = event.incident if isinstance(event, IncidentReported | IncidentActed) else ""
        incident = self.picture.incidents.get(name)
        return incident is None or incident.secrecy == "normal"
