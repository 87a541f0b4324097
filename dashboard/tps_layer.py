"""The polling stations as one compact file for a map: columns instead of objects, packed once for each scope.

docs/tps.md describes it. Its address bears the hash of its content, so that a browser keeps it for ever and never
has the wrong one; which address holds now is asked for, or heard of by the mark in the live feed.
"""

import asyncio
import gzip
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from dashboard.view import View
from feeds.digest import micro
from feeds.events import TpsListed
from feeds.tps import CLASSES, FLAGS, Tps, TpsLocated

LOCATED: tuple[TpsLocated, ...] = ("point", "village", "area")
PACK_LEVEL = 6


@dataclass(frozen=True, slots=True)
class TpsLayer:
    """The packed file of one scope. `mark` is None where there is no list."""

    mark: str | None
    version: str
    count: int
    packed: bytes

    def plain(self) -> bytes:
        return gzip.decompress(self.packed)


# A page that hears of a new list asks at once, and so do all the others: they wait for one encoding.
_made: WeakKeyDictionary[View, tuple[str | None, "asyncio.Task[TpsLayer]"]] = WeakKeyDictionary()


async def layer_of(view: View) -> TpsLayer:
    """The file of what this view sees now."""
    mark = view.tps_mark()
    known = _made.get(view)
    if known is None or known[0] != mark:
        made = asyncio.create_task(asyncio.to_thread(_pack, mark, tuple(view.tps())))
        known = _made[view] = (mark, made)
    return await asyncio.shield(known[1])


def _pack(mark: str | None, lists: Sequence[TpsListed]) -> TpsLayer:
    content = orjson.dumps(columns(lists))
    version = hashlib.blake2b(content, digest_size=12).hexdigest()
    count = sum(len(event.stations) for event in lists)
    return TpsLayer(mark, version, count, gzip.compress(content, PACK_LEVEL, mtime=0))


def columns(lists: Iterable[TpsListed]) -> dict[str, Any]:
    """What the file holds. Villages, districts and references stand there once, and are named by their place."""
    rows = [(event, tps) for event in lists for tps in event.stations]
    districts = _Numbered()
    villages = _Numbered()
    references = _Numbered()
    told = [(tps, event.references.get(tps.classed)) for event, tps in rows]
    return {
        "simulated": any(event.simulated for event, _ in rows),
        "classes": CLASSES,
        "flags": FLAGS,
        "located": LOCATED,
        "stations": {
            "id": [tps.id for _, tps in rows],
            "number": [tps.number for _, tps in rows],
            "lon_e6": [micro(tps.lon) for _, tps in rows],
            "lat_e6": [micro(tps.lat) for _, tps in rows],
            "district": [districts[event.district] for event, _ in rows],
            "village": [villages[tps.village] for _, tps in rows],
            "class": [0 if tps.klass is None else 1 + CLASSES.index(tps.klass) for _, tps in rows],
            "classed": [-1 if by is None else references[by.owner, by.date] for _, by in told],
            "flags": [_bits(tps) for _, tps in rows],
            "located": [LOCATED.index(tps.located) for _, tps in rows],
            "voters": [tps.voters for _, tps in rows],
        },
        "districts": list(districts),
        "villages": list(villages),
        "references": [{"owner": owner, "date": date} for owner, date in references],
    }


class _Numbered(dict[Any, int]):
    """Numbers whatever is asked for in the order in which it is."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


def _bits(tps: Tps) -> int:
    """Flags as a number: 1 for the first of `FLAGS`, 2 for the second, 4, 8, 16; 32 where it lies astray."""
    return sum(1 << FLAGS.index(flag) for flag in tps.flags) | (tps.astray << len(FLAGS))
