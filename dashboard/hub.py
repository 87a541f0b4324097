"""The live feed's channels, one for each scope: whoever sees the same picture shares one view and one encoding.

A channel is made when the first viewer or question of its scope comes, and given up when nobody has asked for it
for a while; the channel of those who see everything stays.
"""

import asyncio
import itertools
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator

from dashboard.access.rights import WHOLE, Scope
from dashboard.channel import MOST_WAITING, Channel, LogState, Viewer
from dashboard.view import View, Whereabouts
from feeds.changes import Changes
from feeds.clock import now_ms
from feeds.incident import Secrecy
from feeds.picture import Picture
from geo.locate import Locator

__all__ = ["MOST_WAITING", "Hub", "LogState", "Viewer"]

TICK_S = 2.0
#: A view that nobody looks at is kept up to date for this long.
IDLE_FOR_S = 60.0


class Hub:
    """Gives each viewer the channel of its scope, and each channel what changed."""

    def __init__(
        self,
        picture: Picture,
        log_state: Callable[[], LogState],
        *,
        simulated: bool = False,
        clock: Callable[[], int] = now_ms,
        locator: Locator | None = None,
    ) -> None:
        self.picture = picture
        self.boot = secrets.token_hex(6)
        self.resyncs = 0
        self.simulated = simulated
        self._log_state = log_state
        self._clock = clock
        self._whereabouts = Whereabouts(locator)
        self._numbers = itertools.count(1)
        self._given_up_frames: Counter[frozenset[Secrecy]] = Counter()
        self._channels: dict[Scope, Channel] = {}
        self._of: dict[Viewer, Channel] = {}
        self._channel(WHOLE)

    def frames_for(self, scope: Scope) -> int:
        """Frames encoded since the start, without those that may tell of reports that this scope may not see."""
        counts = self._given_up_frames.copy()
        for its_scope, channel in self._channels.items():
            counts[its_scope.secrecies] += channel.frames_sent
        return sum(count for secrecies, count in counts.items() if secrecies <= scope.secrecies)

    @property
    def viewers(self) -> Iterator[Viewer]:
        return iter(self._of)

    @property
    def viewer_count(self) -> int:
        return len(self._of)

    def view(self, scope: Scope) -> View:
        """What this scope sees, as of now."""
        return self._channel(scope).view

    def note(self, changes: Changes) -> None:
        """The picture changed."""
        for channel in self._channels.values():
            channel.note(changes)

    def flush(self) -> None:
        """Sends what is pending on every channel."""
        for channel in self._channels.values():
            channel.flush()

    def join(
        self, viewer: Viewer, since: str | None = None, boot: str | None = None, *, scope: Scope = WHOLE
    ) -> None:
        """Adds a viewer to its scope's channel, or starts it anew there; another scope's frames end at once."""
        channel = self._channel(scope)
        before = self._of.get(viewer)
        if before is not None and before is not channel:
            before.viewers.discard(viewer)
        self._of[viewer] = channel
        channel.join(viewer, since, boot)

    def resync(self, viewer: Viewer) -> None:
        """Gives a viewer that missed something a snapshot."""
        self.resyncs += 1
        self._of[viewer].join(viewer)

    def leave(self, viewer: Viewer) -> None:
        channel = self._of.pop(viewer, None)
        if channel is not None:
            channel.viewers.discard(viewer)

    async def tick(self) -> None:
        """Sends a tick to everybody for ever, and gives up channels that nobody needs."""
        while True:
            await asyncio.sleep(TICK_S)
            for channel in self._channels.values():
                channel.tick()
            self._give_up_idle()

    def _channel(self, scope: Scope) -> Channel:
        channel = self._channels.get(scope)
        if channel is None:
            # Frames of one scope mean nothing in another: each channel has a boot of its own to resume in.
            boot = self.boot if scope == WHOLE else f"{self.boot}-{next(self._numbers)}"
            view = View(self.picture, scope, self._whereabouts)
            channel = Channel(view, boot, self._log_state, self._clock, simulated=self.simulated)
            self._channels[scope] = channel
        channel.used_at = time.monotonic()
        return channel

    def _give_up_idle(self) -> None:
        since = time.monotonic() - IDLE_FOR_S
        for scope, channel in list(self._channels.items()):
            if scope != WHOLE and not channel.viewers and channel.used_at < since:
                channel.close()
                self._given_up_frames[scope.secrecies] += channel.frames_sent
                del self._channels[scope]
