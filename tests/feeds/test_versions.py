"""Logs of earlier versions stay readable for ever, and content that no Siger ever wrote harms nobody.

`data/log-of-version-1.ndjson` is what Siger wrote when all kinds had version 1. It is never edited: a change of a
kind's fields that breaks it needs a new version and an upcast.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dashboard import wire
from dashboard.access.rights import WHOLE
from dashboard.view import View, Whereabouts
from feeds import events
from feeds.events import KINDS, UPCASTS, Event, InvalidEvent, SourceBeat, parse
from feeds.log import EventLog, Unreadable
from feeds.log_entry import RawEntry, read_entry
from feeds.picture import Picture
from feeds.replay import apply_all
from feeds.snapshot import dump_proven

RECORDED = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "log-of-version-1.ndjson").read_text("utf-8").splitlines()
]
#: The state hash that the recorded log had on the day on which it was recorded.
HASH = "431c497c43b22d5d"
EXTREME: list[Any] = [
    10**400,
    -(10**400),
    10**30,
    -(10**30),
    2**63,
    2**53,
    -1,
    "x" * 5000,
    "\0",
    None,
    [],
    {},
    True,
]


def raw(number: int, entry: dict[str, Any]) -> RawEntry:
    data = json.dumps(entry["data"]).replace("1" + "0" * 400, "1e400").encode()
    fields = {b"k": entry["kind"].encode(), b"v": str(entry["version"]).encode(), b"d": data}
    return RawEntry(f"{1_732_518_300_000 + number}-0", fields)


def shown(picture: Picture) -> None:
    """Everything that is made of a picture by itself, with nobody asking."""
    picture.state_hash()
    wire.snapshot({}, View(picture, WHOLE, Whereabouts(None)))
    dump_proven(picture)


def test_a_log_of_version_1_is_read_and_shows_what_it_showed() -> None:
    picture = Picture()
    assert apply_all(picture, [read_entry(raw(n, entry)) for n, entry in enumerate(RECORDED)]) == 0
    assert {entry["kind"] for entry in RECORDED} == set(KINDS), "a new kind has its line in the recorded log"
    assert picture.state_hash() == HASH
    shown(picture)


class Beat3(Event):
    """A beat as a later Siger may have it."""

    kind: ClassVar[str] = SourceBeat.kind
    version: ClassVar[int] = 3

    station: str
    mood: str


async def test_earlier_versions_are_upcast_step_by_step(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    await log.append([SourceBeat(at_ms=1, received_ms=2, source="old", actor="ani")])
    monkeypatch.setitem(KINDS, Beat3.kind, Beat3)
    monkeypatch.setitem(UPCASTS, (Beat3.kind, 1), lambda data: data | {"station": data["actor"]})
    (entry,) = await log.read()
    assert isinstance(entry.event, Unreadable), "a step is missing: kept aside, not guessed"
    monkeypatch.setitem(UPCASTS, (Beat3.kind, 2), lambda data: data | {"mood": "calm"})
    (entry,) = await log.read()
    assert entry.event == Beat3(at_ms=1, received_ms=2, source="old", actor="ani", station="ani", mood="calm")
    with pytest.raises(InvalidEvent):
        parse(Beat3.kind, 1, b"[]")


def poisoned() -> Iterator[dict[str, Any]]:
    """The recorded entries, each with one value, however deep, replaced by something extreme."""
    for entry in RECORDED:
        for path in _paths(entry["data"]):
            for value in EXTREME:
                other = deepcopy(entry)
                place = other["data"]
                for key in path[:-1]:
                    place = place[key]
                place[path[-1]] = value
                yield other


def _paths(value: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*so_far, key)
        yield from _paths(inner, (*so_far, key))


def test_content_that_no_siger_wrote_is_set_aside_or_can_be_shown() -> None:
    harmful = []
    for entry in poisoned():
        picture = Picture()
        entries = [read_entry(raw(n, one)) for n, one in enumerate([*RECORDED, entry])]
        try:
            apply_all(picture, entries)
            shown(picture)
        except Exception as error:  # noqa: BLE001  all of them are wanted, with what made them
            harmful.append((entry["kind"], entry["data"], repr(error)))
    assert harmful == []


def test_every_kind_says_its_version() -> None:
    assert all(cls.version >= 1 for cls in KINDS.values())
    assert all((kind, step) in UPCASTS for kind, cls in events.KINDS.items() for step in range(1, cls.version))
