"""A picture as bytes, and back: so that a start need not read the whole log.

Incidents are kept as the events that made them and folded anew, so that a snapshot shows what today's rules make
of them; units and sources, which thousands of positions made, as they stood. A snapshot carries the state hash of
its picture: one that does not come to the same hash (another taxonomy, another version of Siger, damage) is
refused, and the log is read from its beginning instead.
"""

import dataclasses
import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from feeds.changes import id_of
from feeds.events import Event, EventError, LevelChanged, parse
from feeds.picture import LevelPoint, Picture, Source
from feeds.taxonomy import Taxonomy
from feeds.unit import Unit

_MAGIC: Final = b"siger-snapshot-2\n"


class SnapshotRefused(Exception):
    """The bytes are not a snapshot that can be trusted; the text says why."""


def dump(picture: Picture) -> bytes:
    """The picture as bytes."""
    # A place in the log's order has more than 64 bits: the quicker JSON library does not take it.
    content = {
        "last_id": picture.last_id,
        "hash": picture.state_hash(),
        "incidents": {name: _told(picture.history(name)) for name in picture.known_incidents()},
        "orders": _told(_orders(picture)),
        "units": [dataclasses.asdict(unit) for unit in picture.units.values()],
        "sources": {name: dataclasses.asdict(source) for name, source in picture.sources.items()},
    }
    return _MAGIC + zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def dump_proven(picture: Picture) -> bytes:
    """As `dump`, read back and compared in everything that the picture knows, hashed or not.

    Raises `SnapshotRefused` naming what would be lost: a part that the picture learned and snapshots did not.
    """
    data = dump(picture)
    again = vars(load(data, picture.taxonomy))
    lost = sorted(name for name, value in vars(picture).items() if again[name] != value)
    if lost:
        raise SnapshotRefused(f"a snapshot would not hold the picture's {', '.join(lost)}")
    return data


def load(data: bytes, taxonomy: Taxonomy | None = None) -> Picture:
    """The picture that `dump` was given. Raises `SnapshotRefused` when it does not come to the same."""
    if not data.startswith(_MAGIC):
        raise SnapshotRefused("not a snapshot of this version")
    picture = Picture(taxonomy)
    try:
        content = json.loads(zlib.decompress(data[len(_MAGIC) :]))
        for incident, told in content["incidents"].items():
            picture.remember(incident, _events(told))
        for id, event in _events(content["orders"]):
            picture.apply(id, event)
        sources = {name: Source(**source) for name, source in content["sources"].items()}
        picture.resume(content["last_id"], map(_unit, content["units"]), sources)
    except (zlib.error, ValueError, TypeError, KeyError, EventError) as error:
        raise SnapshotRefused(f"it cannot be read: {type(error).__name__}: {error}") from error
    if picture.state_hash() != content["hash"]:
        raise SnapshotRefused(f"it shows {picture.state_hash()} and was {content['hash']} when it was taken")
    return picture


def _orders(picture: Picture) -> Iterator[tuple[str, Event]]:
    """What holds until the next one of its kind: levels with their past, and what was ordered about them."""
    for code, level in picture.levels.items():
        yield id_of(level.order), level.event
        earlier = (point for point in picture.level_past[code] if point.order < level.order)
        yield from ((id_of(point.order), _once(code, point)) for point in earlier)
    # Whatever the picture keeps as "the last such event, by name" (orders, alarms) need not be listed here.
    for held in vars(picture).values():
        for kept in held.values() if isinstance(held, dict) else ():
            if isinstance(kept, tuple) and isinstance(kept[-1], Event):
                yield id_of(kept[0]), kept[-1]


def _once(code: str, point: LevelPoint) -> LevelChanged:
    """A level of the past as far as its curve needs it."""
    return LevelChanged.model_validate(
        {
            "at_ms": point.at_ms,
            "received_ms": point.at_ms,
            "source": "",
            "area": code,
            "level": point.level,
            "score": point.score,
            "since_ms": point.at_ms,
        }
    )


def _told(events: Iterable[tuple[str, Event]]) -> list[list[Any]]:
    return [[id, event.kind, event.version, event.encode().decode()] for id, event in events]


def _events(told: Iterable[list[Any]]) -> Iterator[tuple[str, Any]]:
    for id, kind, version, encoded in told:
        yield id, parse(kind, version, encoded.encode())


def _unit(stored: dict[str, Any]) -> Unit:
    facts = {name: (tuple(stamp), value) for name, (stamp, value) in stored["facts"].items()}
    return Unit(**stored | {"stamp": tuple(stored["stamp"]), "facts": facts})
