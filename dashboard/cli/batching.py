"""Lines into batches, batches to a receiver, answers back to line numbers: what counts in `siger publish`."""

import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from dashboard.cli.sending import Receiver, Sent
from feeds.inbound.lines import Line, is_either, is_position
from feeds.inbound.reading import number
from feeds.inputs import Problem

Kind = Literal["incident", "position"]
Box = tuple[float, float, float, float]  # west, south, east, north in degrees

MOST_ITEMS: dict[Kind, int] = {"incident": 500, "position": 5_000}
#: A batch goes out early when its lines have come to this; far under what the server takes in one request.
MOST_BYTES = 2 * 1024 * 1024
PROGRESS_EVERY_S = 5.0

NEITHER = Problem(
    "(line)", "", "neither an incident (which has a title and a category) nor a position (which has a unit)"
)
TOO_DEEP = Problem("(line)", "", "its values are nested too deeply")


@dataclass(slots=True)
class Counts:
    """What has become of the lines so far. `skipped` ones were left out as asked."""

    lines: int = 0
    accepted: int = 0
    duplicate: int = 0
    refused: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        text = f"accepted {self.accepted}, duplicate {self.duplicate}, refused {self.refused}"
        return f"{text}, skipped {self.skipped}" if self.skipped else text


@dataclass(slots=True)
class _Batch:
    items: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    size: int = 0


class Batching:
    """Sends lines on in batches. `refuse` hears of each refused line, `progress` now and then of the counts."""

    def __init__(
        self,
        receiver: Receiver,
        *,
        source: str,
        refuse: Callable[[int, Problem], None],
        progress: Callable[[Counts], None],
        within: Box | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.counts = Counts()
        self._receiver, self._source, self._within = receiver, source, within
        self._tell, self._progress, self._clock = refuse, progress, clock
        self._batches: dict[Kind, _Batch] = {"incident": _Batch(), "position": _Batch()}
        self._told_s = clock()

    def send(self, lines: Iterable[Line]) -> Counts:
        """Sends all lines; raises `SendingFailed` when the receiver is lost."""
        for line in lines:
            self._add(line)
            self._tell_progress()
        for kind in self._batches:
            self._flush(kind)
        return self.counts

    def _add(self, line: Line) -> None:
        self.counts.lines += 1
        if line.item is None:
            self._refuse(line.number, line.problem or NEITHER)
        elif not is_either(line.item):
            self._refuse(line.number, NEITHER)
        elif self._is_outside(line.item):
            self.counts.skipped += 1
        else:
            self._put(line.number, line.item)

    def _put(self, line_number: int, item: dict[str, Any]) -> None:
        kind: Kind = "position" if is_position(item) else "incident"
        item.setdefault("source", self._source)
        if kind == "incident":
            # Without one, sending again after a lost answer would make a second incident.
            item.setdefault("external_id", uuid.uuid4().hex)
        try:
            size = len(orjson.dumps(item))
        except TypeError:  # it reads a thousand levels, and writes a quarter of them
            self._refuse(line_number, TOO_DEEP)
            return
        batch = self._batches[kind]
        batch.items.append(item)
        batch.numbers.append(line_number)
        batch.size += size
        if len(batch.items) >= MOST_ITEMS[kind] or batch.size >= MOST_BYTES:
            self._flush(kind)

    def _flush(self, kind: Kind) -> None:
        batch = self._batches[kind]
        if not batch.items:
            return
        send = self._receiver.positions if kind == "position" else self._receiver.incidents
        self._count(send(batch.items), batch.numbers)
        self._batches[kind] = _Batch()

    def _count(self, sent: Sent, numbers: list[int]) -> None:
        self.counts.accepted += sent.accepted
        self.counts.duplicate += sent.duplicate
        for index, problem in sent.refused:
            self._refuse(numbers[index], problem)

    def _refuse(self, line_number: int, problem: Problem) -> None:
        self.counts.refused += 1
        self._tell(line_number, problem)

    def _is_outside(self, item: dict[str, Any]) -> bool:
        if self._within is None:
            return False
        lon, lat = number(item.get("lon")), number(item.get("lat"))
        if lon is None or lat is None:
            return False  # what has no place is not outside; the intake says what is wrong with it
        west, south, east, north = self._within
        return not (west <= lon <= east and south <= lat <= north)

    def _tell_progress(self) -> None:
        if self._clock() - self._told_s >= PROGRESS_EVERY_S:
            self._told_s = self._clock()
            self._progress(self.counts)
