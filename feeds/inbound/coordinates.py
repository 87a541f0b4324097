"""Places as people write them into tables: -5,43; 5.43 LS; 5°25'48" LS; "-5.43, 105.26"; a form's GPS answer."""

import re
from typing import Any

from feeds.inbound.reading import NotUnderstood, number

_SIGNS = {"LS": -1, "S": -1, "BB": -1, "W": -1, "LU": 1, "N": 1, "U": 1, "BT": 1, "E": 1, "T": 1}
_NUMBER = r"\d+(?:[.,]\d+)?"
_DEGREES = re.compile(
    rf"([+-]?{_NUMBER})\s*[°º]?\s*(?:({_NUMBER})\s*['′’]\s*(?:({_NUMBER})\s*(?:\"|″|”|''))?)?\s*(LS|LU|BT|BB|[SNUEWT])?",
    re.IGNORECASE,
)
#: Two numbers, or the four of a form's GPS answer: latitude, longitude, height, accuracy.
_POINT = re.compile(r"(-?\d+\.\d+)\s*[,; ]\s*(-?\d+\.\d+)(?:\s+-?\d+(?:\.\d+)?\s+\d+(?:\.\d+)?)?")
#: In Lampung no latitude is that large: who writes longitude first is understood.
_NO_LATITUDE = 90


def degrees_of(field: str, cell: Any) -> float:
    """A cell's degrees, south and west negative. Raises `NotUnderstood`."""
    text = " ".join(str("" if cell is None else cell).split())
    found = number(text)
    if found is not None:
        return found
    written = _DEGREES.fullmatch(text)
    if written is None:
        raise NotUnderstood(field, text or "(kosong)", "must be degrees, such as -5.43 or 5°25'48\" LS")
    whole, minutes, seconds = (float((part or "0").replace(",", ".")) for part in written.groups()[:3])
    if minutes >= 60 or seconds >= 60:
        raise NotUnderstood(field, text, "minutes and seconds of a degree are less than 60")
    size = abs(whole) + minutes / 60 + seconds / 3600
    sign = -1 if written[1].startswith("-") else 1
    return sign * size * _SIGNS.get((written[4] or "").upper(), 1)


def point_of(cell: Any) -> tuple[float, float] | None:
    """Longitude and latitude of a cell that holds both; None where it holds something else."""
    found = _POINT.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if found is None:
        return None
    first, second = float(found[1]), float(found[2])
    return (first, second) if abs(first) > _NO_LATITUDE else (second, first)
