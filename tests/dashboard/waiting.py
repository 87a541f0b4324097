"""Waiting for what holds a moment later."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], object], timeout_s: float = 15.0) -> None:
    """Returns as soon as it holds; the time allows for a machine that does other things, too."""
    end = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < end, "it did not come to hold in time"
        time.sleep(0.01)
