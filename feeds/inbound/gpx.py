"""GPX track points as positions of one unit, as recorded or moved to another place and time.

Moving is for exercises: a real track from elsewhere, driven through Lampung. It is rigid: the whole track is turned
on the globe so that its first point comes to lie where it is wanted, and its first time comes to the wanted time.
Every distance, speed and gap stays what it was; bearings do change. A moved track is no observation, so its
positions say `simulated: true`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import IO
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from numpy.typing import NDArray

from feeds.clock import epoch_ms, utc_text
from feeds.inbound.lines import Line
from feeds.inbound.reading import EARLIEST_MS, LATEST_MS, NotUnderstood, degrees
from feeds.inputs import Problem

Rotation = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Move:
    """Where (lon, lat in degrees) and when a track shall begin; None: as recorded."""

    to: tuple[float, float] | None = None
    begin: datetime | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A track point as recorded."""

    lon: float
    lat: float
    at: datetime


def positions(stream: IO[bytes], unit: str, move: Move | None = None) -> Iterator[Line]:
    """A position for each track point of the file; numbers count the track points from 1."""
    mover = _Mover(move) if move else None
    number = 0
    try:
        for element in _track_points(stream):
            number += 1
            yield _line(number, element, unit, mover)
    except (ParseError, DefusedXmlException) as error:
        yield Line(number + 1, None, Problem("(file)", "", f"not GPX from here on: {error}"))


def _track_points(stream: IO[bytes]) -> Iterator[Element]:
    parents: list[Element] = []
    for event, element in iterparse(stream, events=("start", "end")):
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        if _name(element) == "trkpt":
            yield element
            # What has been read is let go, so that a long recording does not stay in memory.
            parents[-1].remove(element)


def _line(number: int, element: Element, unit: str, mover: "_Mover | None") -> Line:
    try:
        point = _point(element)
    except NotUnderstood as error:
        return Line(number, None, error.problem)
    item = {"unit": unit}
    if mover:
        point = mover.move(point)
        item["simulated"] = True  # type: ignore[assignment]
    at = utc_text(epoch_ms(point.at))
    return Line(number, item | {"observed_at": at, "lon": round(point.lon, 7), "lat": round(point.lat, 7)})


def _point(element: Element) -> Point:
    time = next((child for child in element if _name(child) == "time"), None)
    text = (time.text or "").strip() if time is not None else ""
    return Point(degrees("lon", element.get("lon"), 180), degrees("lat", element.get("lat"), 90), _time(text))


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)  # GPX times are UTC, also where the Z is missing
        at_ms = epoch_ms(at)
    except ValueError as error:
        raise NotUnderstood(
            "time", text or "(missing)", "a track point needs a time such as 2024-11-27T01:00:00Z"
        ) from error
    if not EARLIEST_MS <= at_ms < LATEST_MS:
        raise NotUnderstood("time", text, "before 2000 or after 2100: the recorder's clock was not set")
    return at


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


class _Mover:
    """Moves points as their first one is to be moved."""

    def __init__(self, move: Move) -> None:
        self._move = move
        self._turn: Rotation | None = None
        self._shift = timedelta()

    def move(self, point: Point) -> Point:
        if self._turn is None:
            self._turn = _rotation(
                _vector(point.lon, point.lat), _vector(*(self._move.to or (point.lon, point.lat)))
            )
            self._shift = (self._move.begin or point.at) - point.at
        x, y, z = self._turn @ _vector(point.lon, point.lat)
        lon = float(np.degrees(np.arctan2(y, x)))
        lat = float(np.degrees(np.arctan2(z, np.hypot(x, y))))
        return Point(lon, lat, point.at + self._shift)


def _vector(lon: float, lat: float) -> NDArray[np.float64]:
    lon_rad, lat_rad = np.radians(lon), np.radians(lat)
    return np.array(
        [np.cos(lat_rad) * np.cos(lon_rad), np.cos(lat_rad) * np.sin(lon_rad), np.sin(lat_rad)], dtype=np.float64
    )


def _rotation(start: NDArray[np.float64], end: NDArray[np.float64]) -> Rotation:
    """The turn of the globe that takes `start` to `end` the short way (Rodrigues)."""
    axis = np.cross(start, end)
    cosine = float(start @ end)
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    turn: Rotation = np.eye(3) + cross + cross @ cross / (1.0 + cosine)
    return turn
