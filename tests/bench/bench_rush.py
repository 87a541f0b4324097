"""Publish to paint while all moves: 7,600 units at 760 updates/s and 5 incidents/s, beside the idle bare loop.

As `paint`: from the start of a client's POST to the first frame of the officers' page that holds the incident, the
cases in turns. The bare loop has no load on it, and Siger's stops while it is measured: that is the harder measure.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.bench_paint import Load, in_rounds, pages, peer, siger, table
from tests.bench.frames import Case as Moving
from tests.bench.frames import feeder, go
from tests.browser.conftest import Siger

ROUNDS = 3
#: Longer than a turn: the feeder is ended with it.
LOAD_S = 120.0
MOVING = Moving(7_600, 760, incidents_per_s=5)
#: So many are opened once, before the first turn: with each turn there would be more.
OPEN = 10_000


def run() -> str:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        new_page = stack.enter_context(pages())
        cases = {
            "bare loop": stack.enter_context(peer("bare", folder / "bare")),
            "Siger, idle": stack.enter_context(siger(folder / "idle")),
            "Siger, 7,600 units, 760/s, 5 incidents/s": stack.enter_context(siger(folder / "moving", _load(0))),
            "the same with 10,000 open": stack.enter_context(siger(folder / "open", _load(OPEN))),
        }
        return table(in_rounds(ROUNDS, cases, new_page))


def _load(open_incidents: int) -> Load:
    left = [open_incidents]

    @contextmanager
    def load(siger: Siger) -> Iterator[None]:
        case = Moving(
            MOVING.movers, MOVING.updates_per_s, MOVING.incidents_per_s, open_incidents=left.pop() if left else 0
        )
        with feeder(siger, case, LOAD_S) as process:
            go(process)
            yield

    return load
