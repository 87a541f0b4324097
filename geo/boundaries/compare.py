"""What changes when a set of boundaries takes the place of another: ground by area, and places of incidents."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.areas import AreaLevel, Areas
from geo.locate import Locator, Place
from geo.measure import area_km2


@dataclass(frozen=True, slots=True)
class Difference:
    """One area before and after; None where a set does not have it."""

    code: str
    name: str
    before_km2: float | None
    after_km2: float | None
    kept_km2: float  # ground that is in both

    @property
    def change(self) -> float | None:
        """Growth as a share of what it was: 0.1 is ten per cent larger."""
        if not self.before_km2 or self.after_km2 is None:
            return None
        return self.after_km2 / self.before_km2 - 1


def differences(before: Areas, after: Areas, level: AreaLevel) -> list[Difference]:
    """Every area of a level by code."""
    olds = {area.code: area.geometry for area in before.at(level)}
    news = {area.code: area.geometry for area in after.at(level)}
    codes = sorted(olds.keys() | news.keys())
    return [
        Difference(
            code, (after if code in news else before).get(code).name, *_change(olds.get(code), news.get(code))
        )
        for code in codes
    ]


def _change(old: BaseGeometry | None, new: BaseGeometry | None) -> tuple[float | None, float | None, float]:
    kept_km2 = _km2(shapely.intersection(old, new)) if old and new else 0.0
    return (_km2(old) if old else None, _km2(new) if new else None, kept_km2)


def _km2(geometry: BaseGeometry) -> float:
    return float(area_km2([geometry])[0])


@dataclass(frozen=True, slots=True)
class Located:
    """An incident with a point, and the place that it was given when it came in."""

    incident: str
    lon: float
    lat: float
    regency: str | None
    district: str | None


@dataclass(frozen=True, slots=True)
class Relocation:
    incident: str
    before: Located
    after: Place | None  # None: nowhere near in the new set


def relocations(incidents: Iterable[Located], locator: Locator) -> list[Relocation]:
    """Those whose place is another one under the locator's boundaries. Leave out incidents that are located by an
    area alone: their point is only where the area's mark stands."""
    asked = list(incidents)
    places = locator.places(
        np.array([incident.lon for incident in asked]), np.array([incident.lat for incident in asked])
    )
    return [
        Relocation(incident.incident, incident, place)
        for incident, place in zip(asked, places, strict=True)
        if (incident.regency, incident.district) != ((place.regency, place.district) if place else (None, None))
    ]
