"""The polling stations of a store, for a command that reads and writes them: as they are, and as they were."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, Self, TypeVar

from dashboard.cli.store import history_at
from dashboard.cli.store import log_url as own_log_url
from dashboard.settings import Settings
from feeds import taxonomy as taxonomies
from feeds.changes import id_of
from feeds.events import TpsListed
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.picture import Picture

T = TypeVar("T")
Listing = dict[str, TpsListed]

#: One step of the log holds at most so much: a whole province is 3 MB, all or nothing.
MOST_BYTES = 6 << 20


class TpsStore:
    """A store's list of polling stations, by district."""

    def __init__(self, history: History, settings: Settings, runner: asyncio.Runner) -> None:
        self._history, self._runner = history, runner
        self._start = FastStart(history, taxonomies.load(settings.taxonomy))
        self._picture = self._run(self._start.picture_up_to())

    @classmethod
    @contextlib.contextmanager
    def opened(cls, settings: Settings, log_url: str | None) -> Iterator[Self]:
        """The store at `log_url`, or else the one that the settings name; running or not."""
        with contextlib.ExitStack() as stack:
            url = log_url or stack.enter_context(own_log_url(settings))
            runner = stack.enter_context(asyncio.Runner())
            history = history_at(url, settings)
            stack.callback(lambda: runner.run(history.log.close()))
            yield cls(history, settings, runner)

    def known(self) -> Listing:
        """The list as it was when the store was opened."""
        return _listing(self._picture)

    def write(self, changes: Sequence[TpsListed]) -> None:
        """Appends changes; a province's at once, all or nothing."""
        waiting: list[TpsListed] = []
        size = 0
        for event in changes:
            size += len(event.encode())
            if waiting and size > MOST_BYTES:
                self._run(self._history.log.append(waiting))
                waiting, size = [], len(event.encode())
            waiting.append(event)
        self._run(self._history.log.append(waiting))

    def last_import(self) -> tuple[Listing, Listing]:
        """What the last import wrote that still stands, and what stood in those districts before it."""
        standing = self._picture.tps.values()
        if not standing:
            return {}, {}
        _, newest = max(standing, key=lambda known: known[0])
        wrote = {event.district: event for _, event in standing if event.edition == newest.edition}
        first = min(order for order, event in standing if event.edition == newest.edition)
        earlier = _listing(self._run(self._start.picture_up_to(id_of(first - 1))))
        return wrote, {district: earlier[district] for district in wrote if district in earlier}

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


def _listing(picture: Picture) -> Listing:
    return {district: event for district, (_, event) in picture.tps.items()}
