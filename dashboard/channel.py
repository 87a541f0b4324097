"""One scope's live feed: changes are encoded once, and every viewer of the scope gets the same bytes.

A channel is the only place where slow viewers exist. Each has a bounded queue; one that falls behind loses its
queue and gets a fresh snapshot when it can take one, so that a stalled screen costs the others nothing and nobody
misses an incident. Everything runs on one event loop, without a lock: nothing here awaits while it notes.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard import wire
from dashboard.framed import Write, framed
from dashboard.pace import Pace
from dashboard.view import View
from feeds.changes import Changes
from feeds.events import ReadinessDeclared

#: A snapshot is shared by all who join within this time; the frames since are sent behind it.
SNAPSHOT_FOR_S = 1.0
MOST_BEHIND_SNAPSHOT = 16
#: Frames kept for viewers that come back: at 20 a second, half a minute of the busiest time.
KEPT_FRAMES = 600
KEPT_BYTES = 32_000_000
#: Frames that a viewer may be behind before it is given a snapshot instead.
MOST_WAITING = 64


@dataclass(frozen=True, slots=True)
class LogState:
    """Whether the log answers, when it last did (UTC epoch ms), and whether anybody computes levels from it."""

    up: bool
    seen_ms: int
    engine: bool = True


@dataclass(frozen=True, slots=True)
class _Snapshot:
    id: str
    made_at: float
    message: bytes

    def is_old(self, now: float) -> bool:
        return now - self.made_at >= SNAPSHOT_FOR_S


class Viewer:
    """One open `/live` socket's queue of framed messages. While it is empty, they go straight to the network."""

    def __init__(self, write: Write | None = None) -> None:
        self._write = write
        self._waiting: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self._idle = False
        self._most = MOST_WAITING
        self.behind = False

    def give(self, message: bytes) -> None:
        """Sends or queues a message, or marks the viewer as too far behind to be worth more."""
        if self.behind:
            return
        if self._idle and not self._waiting and self._write is not None and self._write(message):
            return
        if len(self._waiting) >= self._most:
            self._waiting.clear()
            self.behind = True
        else:
            self._waiting.append(message)
        self._ready.set()

    def restart(self, messages: list[bytes]) -> None:
        """Starts anew from these messages (a snapshot, usually)."""
        self._waiting = deque(messages)
        # Whoever comes back after a while is not slow for having much to catch up with.
        self._most = MOST_WAITING + len(messages)
        self.behind = False
        self._ready.set()

    async def take(self) -> bytes | None:
        """The next message; None when the viewer fell behind and needs a snapshot."""
        while True:
            if self.behind:
                return None
            if self._waiting:
                return self._waiting.popleft()
            self._ready.clear()
            # Only here is all that was taken also sent: a frame that goes straight now comes after it.
            self._idle = True
            try:
                await self._ready.wait()
            finally:
                self._idle = False


class Channel:
    """Encodes what one view sees and hands it to the view's viewers."""

    def __init__(
        self,
        view: View,
        boot: str,
        log_state: Callable[[], LogState],
        clock: Callable[[], int],
        *,
        simulated: bool = False,
    ) -> None:
        self.view = view
        self.boot = boot
        self.viewers: set[Viewer] = set()
        self.frames_sent = 0
        self.used_at = 0.0
        self._simulated = simulated
        self._log_state = log_state
        self._clock = clock
        self._pending = Changes()
        self._last_id = view.last_id
        self._kept: deque[tuple[str, bytes]] = deque()
        self._kept_bytes = 0
        self._snapshot: _Snapshot | None = None
        self._pace = Pace()
        self._timer: asyncio.TimerHandle | None = None
        self._incidents_left = False
        self._units_left = False

    def note(self, changes: Changes) -> None:
        """The picture changed. Sends what is seen of it as soon as the pace allows."""
        seen = self.view.take(changes)
        self._pending.add(seen.changes)
        self._incidents_left |= seen.incidents_left
        self._units_left |= seen.units_left
        if not (self._pending or self._incidents_left):
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        # Reports and alarms do not wait for what moves.
        urgent = bool(self._pending.incidents or self._pending.alarms)
        if self._pace.may_leave_at(urgent) <= now:
            self.flush()
            return
        due = self._pace.due_at(now, urgent)
        if self._timer is None or self._timer.when() > due:
            self._stop_timer()
            self._timer = loop.call_at(due, self.flush)

    def flush(self) -> None:
        """Sends what is pending as one delta."""
        self._stop_timer()
        if self._incidents_left:
            self._start_anew()
        elif self._pending:
            self._send_pending()
        else:
            return
        self._pace.left(asyncio.get_running_loop().time())

    def join(self, viewer: Viewer, since: str | None = None, boot: str | None = None) -> None:
        """Adds a viewer, or starts one anew: frames after `since` where they are kept, else a snapshot."""
        self.flush()
        frames = self._after(since) if since is not None and boot == self.boot else None
        if frames is None:
            frames = self._from_snapshot()
        viewer.restart([*frames, self._tick_message()])
        self.viewers.add(viewer)

    def tick(self) -> None:
        """Tells every viewer that the log answers, and the state hash to compare with."""
        if self._units_left:
            self._start_anew()
        self.flush()
        if self._snapshot is not None and self._snapshot.is_old(asyncio.get_running_loop().time()):
            self._snapshot = None
        if self.viewers:
            self._broadcast(self._tick_message())

    def close(self) -> None:
        """Ends what would still run."""
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick_message(self) -> bytes:
        # A tick stands in the chain like any frame, but moves nothing: its id is its predecessor's.
        return framed(wire.frame({**self._header("tick", self._last_id), "hash": self.view.state_hash()}))

    def _send_pending(self) -> None:
        changes, self._pending = self._pending, Changes()
        prev, self._last_id = self._last_id, self.view.last_id
        message = framed(self._delta(prev, changes))
        self._keep(prev, message)
        self._broadcast(message)

    def _start_anew(self) -> None:
        # A delta cannot say that something went out of sight; a snapshot does, and nobody may resume behind it.
        self._pending = Changes()
        self._incidents_left = self._units_left = False
        self._kept.clear()
        self._kept_bytes = 0
        self._snapshot = None
        self._last_id = self.view.last_id
        if self.viewers:
            frames = self._from_snapshot()
            for viewer in self.viewers:
                viewer.restart(frames)

    def _delta(self, prev: str, changes: Changes) -> bytes:
        view = self.view
        incidents, units, levels = view.incidents, view.units, view.levels
        personal = view.scope.personal
        header = self._header("delta", prev)
        header["incidents"] = [wire.incident_json(incidents[i]) for i in sorted(changes.incidents)]
        header["levels"] = [
            wire.level_json(levels[code].event, view.override(code)) for code in sorted(changes.levels)
        ]
        header["sources"] = [wire.source_json(name, *view.source(name)) for name in sorted(changes.sources)]
        if ReadinessDeclared.kind in changes.orders:
            header["readiness"] = [wire.readiness_json(event) for event in view.all_readiness()]
        if changes.tps:
            header["tps"] = view.tps_mark()
        if changes.alarms:
            header["alarms"] = [
                wire.alarm_json(event, view.alarm_seen(name))
                for name, event in view.alarms().items()
                if name in changes.alarms
            ]
        moved = [units[name] for name in changes.units if name in units]
        told = [units[name] for name in changes.facts if name in units]
        return wire.frame(header, moved, told, personal=personal)

    def _header(self, kind: str, prev: str | None) -> dict[str, Any]:
        state = self._log_state()
        return {
            "type": kind,
            "id": self._last_id,
            "prev": prev,
            "boot": self.boot,
            "now": self._clock(),
            "log": {"up": state.up, "seen_ms": state.seen_ms},
            "engine": state.engine,
            "simulated": self._simulated,
        }

    def _from_snapshot(self) -> list[bytes]:
        """A snapshot and the frames since: many viewers joining at once share one encoding."""
        now = asyncio.get_running_loop().time()
        if self._snapshot is not None and not self._snapshot.is_old(now):
            since = self._after(self._snapshot.id)
            if since is not None and len(since) <= MOST_BEHIND_SNAPSHOT:
                return [self._snapshot.message, *since]
        header = {**self._header("snapshot", None), "hash": self.view.state_hash()}
        self._snapshot = _Snapshot(self._last_id, now, framed(wire.snapshot(header, self.view)))
        return [self._snapshot.message]

    def _after(self, since: str) -> list[bytes] | None:
        if since == self._last_id:
            return []
        frames = list(self._kept)
        start = next((index for index, (prev, _) in enumerate(frames) if prev == since), None)
        return None if start is None else [message for _, message in frames[start:]]

    def _keep(self, prev: str, message: bytes) -> None:
        self._kept.append((prev, message))
        self._kept_bytes += len(message)
        while len(self._kept) > KEPT_FRAMES or self._kept_bytes > KEPT_BYTES:
            self._kept_bytes -= len(self._kept.popleft()[1])

    def _broadcast(self, message: bytes) -> None:
        self.frames_sent += 1
        for viewer in self.viewers:
            viewer.give(message)
