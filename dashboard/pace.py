"""When frames may leave: at once after a pause, and never more than 20 in any second.

Two may leave one behind the other, and 19 a second in the long run. A frame that is not allowed yet waits for the
next change, with which it leaves if it is allowed by then: so most of what comes in batches leaves as it comes, and
every few batches two leave together, where a fixed beat would hold each of them for half of it.

What is urgent may go one more frame ahead of its turn, and is not held for the next change.
"""

from typing import Final

#: In any second at most `AT_ONCE` and these: 20; one more with what is urgent.
PER_S: Final = 19
AT_ONCE: Final = 2
URGENT_AT_ONCE: Final = 3
GAP_S: Final = 1 / PER_S
#: A change waits so long for the next one.
PATIENCE_S: Final = 0.05


class Pace:
    """The frames of one channel. Times are the event loop's, in seconds."""

    def __init__(self) -> None:
        self._settled_at = float("-inf")

    def may_leave_at(self, urgent: bool) -> float:
        """From when on the next frame may leave."""
        return self._settled_at - ((URGENT_AT_ONCE if urgent else AT_ONCE) - 1) * GAP_S

    def due_at(self, now: float, urgent: bool) -> float:
        """When a change that comes now and may not leave yet leaves by itself."""
        may_at = self.may_leave_at(urgent)
        return may_at if urgent else max(may_at, now + PATIENCE_S)

    def left(self, now: float) -> None:
        """A frame has left. One out of turn, when a viewer joins, holds up the next by a few gaps at most."""
        self._settled_at = min(max(self._settled_at, now), now + (URGENT_AT_ONCE - 1) * GAP_S) + GAP_S
