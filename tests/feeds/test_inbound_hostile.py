"""Mutated messages of every protocol: read or refused, never a crash, never a hang, never more memory than allowed.

The suite runs a few thousand; `python -m tests.feeds.test_inbound_hostile 1000000` runs as many as it is told to.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds.inbound import cap_index, cot_stream, gpslogger, osmand, owntracks, sms
from feeds.inbound.columns import Columns, incident_of
from feeds.inbound.cot_stream import CotStream, StreamBroken
from feeds.inbound.hazards import hazard_of
from feeds.inbound.reading import NotUnderstood, Reading
from feeds.inbound.sheets import TableError, rows_of
from feeds.inputs import IncidentIn, PositionIn
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled as areas
from tests.feeds.mutation import mutated, seeds

NOW_MS = 1_790_233_200_000
#: One message may keep a reader busy for this long, on a machine that does other things too.
MOST_S = 2.0
#: A message of a table's kind is a whole file: a share of the rest is enough.
SHARE = {"cap": 0.2, "csv": 0.2, "sms": 0.05}


def _shaped(reading: Reading) -> None:
    """What a reader gives is what the intake takes, but for values that the intake itself refuses by name."""
    for position in reading.positions:
        PositionIn.model_validate(position)
    for incident in reading.incidents:
        assert set(incident) <= set(IncidentIn.model_fields)


def read_osmand(data: bytes) -> None:
    _shaped(osmand.parse(data, now_ms=NOW_MS))
    _shaped(osmand.parse(b"", data, "application/json", now_ms=NOW_MS))


def read_gpslogger(data: bytes) -> None:
    _shaped(gpslogger.parse(data, data, now_ms=NOW_MS))


def read_owntracks(data: bytes) -> None:
    _shaped(owntracks.parse(data, now_ms=NOW_MS))


def read_cot(data: bytes) -> None:
    stream = CotStream()
    for at in range(0, len(data), 211):
        for message in stream.feed(data[at : at + 211]):
            try:
                _shaped(cot_stream.parse(message))
            except NotUnderstood:
                continue
    assert len(stream._buffer) <= cot_stream.MOST_BYTES
    if rest := stream.end():
        _shaped(cot_stream.parse(rest))


def read_cap(data: bytes) -> None:
    for alert in cap_index.parse(data):
        for incident in hazard_of(alert, areas(), NOW_MS).incidents:
            assert set(incident) <= set(IncidentIn.model_fields)


def read_csv(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(data)
        file.flush()
        for row in rows_of(Path(file.name)):
            incident = incident_of(row.cells, Columns.guess(row.cells), areas(), taxonomy())
            assert set(incident) <= set(IncidentIn.model_fields)


def read_sms(data: bytes) -> None:
    _shaped(sms.parse(data.decode("utf-8", "replace"), "+62", areas(), taxonomy(), now_ms=NOW_MS))


READERS: dict[str, list[Callable[[bytes], None]]] = {
    "osmand": [read_osmand, read_gpslogger],
    "owntracks": [read_owntracks],
    "cot": [read_cot],
    "cap": [read_cap],
    "csv": [read_csv],
    "sms": [read_sms],
}


def run(protocol: str, count: int, seed: int) -> Counter[str]:
    """Reads so many mutated messages; whatever is neither read nor refused by name is raised as it is."""
    rng = random.Random(f"{protocol} {seed}")
    originals = seeds()[protocol]
    outcomes: Counter[str] = Counter()
    for _ in range(count):
        data = mutated(rng, rng.choice(originals), originals)
        for read in READERS[protocol]:
            begun = time.perf_counter()
            try:
                read(data)
                outcomes["read"] += 1
            except (NotUnderstood, StreamBroken, TableError):
                outcomes["refused"] += 1
            took_s = time.perf_counter() - begun
            assert took_s < MOST_S, f"{protocol}: {took_s:.1f} s for {data[:200]!r}"
    return outcomes


@pytest.mark.parametrize("protocol", sorted(READERS))
def test_mutated_messages_are_read_or_refused(protocol: str) -> None:
    outcomes = run(protocol, max(400, round(1_500 * SHARE.get(protocol, 1))), seed=1)
    assert outcomes["read"] > 10
    assert outcomes["refused"] > 10


def main(count: int, seed: int) -> None:
    """As many as asked for, spread over the protocols, with a line for each."""
    shares = {name: SHARE.get(name, 1.0) for name in READERS}
    for name in sorted(READERS):
        part = round(count * shares[name] / sum(shares.values()))
        begun = time.perf_counter()
        outcomes = run(name, part, seed)
        took_s = time.perf_counter() - begun
        sys.stdout.write(f"{name:10} {part:9,} messages in {took_s:6.1f} s: {dict(outcomes)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
