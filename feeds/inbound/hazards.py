"""Which districts of Lampung an alert is about, and the incidents that it makes there.

Kemendagri codes come first, then names in the text: BMKG's polygons are the union of the districts that it names.
A name that two regencies share goes to the regency that the alert's other names lie in, and to both where that
does not decide. Polygons and circles count for the districts of which they cover a part worth naming. An alert
for another province or a test makes nothing; a cancelled or replaced one ends what it made.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import shapely
from shapely.geometry.base import BaseGeometry

from feeds.clock import utc_text
from feeds.inbound.cap import Alert
from feeds.inbound.reading import Json
from geo.areas import PROVINCE, Area, Areas, UnknownArea

#: Share of a district that a polygon must cover for the district to count: less is the width of a drawn line.
LEAST_SHARE = 0.05
METRES_PER_DEGREE = 111_195.0
#: BMKG's identifiers end in year, month, day, hour, province and number.
_BMKG_ID = re.compile(r"^2\.49\.0\.\d+\.360\..*\.(\d{2})\.\d+$")
_KIND_OF_AREA = re.compile(r"^(?:kecamatan|kec\.?|distrik)\s+", re.IGNORECASE)
_SEVERITY = {"extreme": 5, "severe": 4, "moderate": 3, "minor": 2}
#: The first word found in event or headline decides; BMKG's nowcasts are storms of some kind.
_CATEGORIES = (
    ("tsunami", "bencana_lain"),
    ("gempa", "gempa"),
    ("banjir", "banjir"),
    ("longsor", "longsor"),
    ("kebakaran", "karhutla"),
    ("puting", "angin_kencang"),
    ("hujan", "cuaca_ekstrem"),
    ("angin", "angin_kencang"),
)


@dataclass(frozen=True, slots=True)
class Hazard:
    """What an alert makes of Lampung: incidents, ids of earlier alerts that it ends, or a note why nothing."""

    incidents: tuple[Json, ...] = ()
    ended: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    note: str = ""


def hazard_of(alert: Alert, areas: Areas, now_ms: int) -> Hazard:
    """What the alert makes, as the intake takes it."""
    # Who did not send a warning does not end it: a reference names sender, identifier and time.
    references = (told.split(",") for told in alert.references)
    ended = tuple(parts[1] for parts in references if len(parts) == 3 and parts[0] == alert.sender)
    if alert.status.lower() != "actual":
        return Hazard(note=f"status {alert.status[:20]}: not an actual warning")
    if alert.kind.lower() == "cancel":
        return Hazard(ended=ended, note="a cancellation")
    if alert.kind.lower() in ("ack", "error"):
        return Hazard(note="an answer to another alert")
    if alert.response.lower() == "allclear":
        return Hazard(ended=ended, note="an all-clear")
    if not _is_here(alert):
        return Hazard(ended=ended, note="for another province")
    found, unknown = districts_of(alert, areas)
    incidents = tuple(_incident(alert, area) for area in found)
    # One that is over is recorded all the same, and ended by whoever ends what is over: it was said, and when.
    over = "it is over already" if alert.ends_ms <= now_ms else ""
    return Hazard(incidents, ended, unknown, over if incidents else "no district of Lampung in it")


def external_id(alert_id: str, code: str, part: int = 0) -> str:
    """The name of an alert's incident in one area, for the first or a later thing that it says."""
    return f"{alert_id[:150]}/{code}{f'/{part}' if part else ''}"


def districts_of(alert: Alert, areas: Areas) -> tuple[list[Area], tuple[str, ...]]:
    """The areas that the alert is about, by code, and the names that are none."""
    named = {name: _matches(name, areas) for name in alert.names}
    unknown = tuple(name for name, found in named.items() if not found)
    chosen = _coded(alert, areas) or _settle(list(named.values()))
    if all(area.level == "regency" for area in chosen):  # a shape says more than the name of a whole regency
        chosen = _covered(alert, areas) or chosen
    within = {area.regencies[0] for area in chosen if area.level == "district"}
    # A regency named beside its own district only says where that is.
    finest = [area for area in chosen if area.level == "district" or area.code not in within]
    return sorted(finest, key=lambda area: area.code), unknown


def _is_here(alert: Alert) -> bool:
    told = _BMKG_ID.match(alert.id)
    if told:
        return told[1] == PROVINCE
    return "lampung" in f"{alert.headline} {alert.description} {' '.join(alert.names)}".lower() or bool(
        alert.codes or alert.polygons or alert.circles
    )


def _coded(alert: Alert, areas: Areas) -> list[Area]:
    found: list[Area] = []
    for code in alert.codes:
        try:
            found.append(areas.get(code))
        except UnknownArea:
            continue  # a code of another province, or of other years: the names and shapes decide
    return [area for area in found if area.level in ("district", "regency")]


def _matches(name: str, areas: Areas) -> list[Area]:
    found = _by_name(areas).get(_plain(_KIND_OF_AREA.sub("", name)), []) or _by_name(areas).get(_plain(name), [])
    return [area for area in found if area.level == "district"] or found


@lru_cache(maxsize=4)
def _by_name(areas: Areas) -> dict[str, list[Area]]:
    # Whole names alone: who warns names districts as the register does, and a guess would warn the wrong people.
    found: dict[str, list[Area]] = {}
    for area in (*areas.at("district"), *areas.at("regency")):
        for name in {_plain(known) for known in (area.name, *area.aliases)}:
            found.setdefault(name, []).append(area)
    return found


def _plain(name: str) -> str:
    """Small letters without blanks; "Kotabumi" and "Kota Bumi", "Labuhan" and "Labuhhan" are the same."""
    return re.sub(r"([a-z])\1+", r"\1", re.sub(r"[^a-z0-9]", "", name.lower()))


def _settle(found: Sequence[Sequence[Area]]) -> list[Area]:
    sure = {area.regencies[0] for group in found if len(group) == 1 for area in group}
    chosen: dict[str, Area] = {}
    for group in found:
        near = [area for area in group if area.regencies[0] in sure]
        chosen.update({area.code: area for area in near or group})
    return list(chosen.values())


def _covered(alert: Alert, areas: Areas) -> list[Area]:
    shape = shapely.union_all([*_polygons(alert), *_circles(alert)])
    if shape.is_empty:
        return []
    near = [area for area in areas.at("district") if shape.intersects(area.geometry)]
    return [area for area in near if shape.intersection(area.geometry).area >= LEAST_SHARE * area.geometry.area]


def _polygons(alert: Alert) -> Iterable[BaseGeometry]:
    rings = [ring for ring in alert.polygons if len(ring) >= 4]
    return [shapely.make_valid(shapely.Polygon(ring)) for ring in rings]


def _circles(alert: Alert) -> Iterable[BaseGeometry]:
    # Lampung lies at 5 degrees south: a degree is the same length both ways, to half a per cent.
    return [shapely.Point(lon, lat).buffer(radius_m / METRES_PER_DEGREE) for lon, lat, radius_m in alert.circles]


def _incident(alert: Alert, area: Area) -> Json:
    said = f"{alert.event} {alert.headline}".lower()
    category = next((category for word, category in _CATEGORIES if word in said), "bencana_lain")
    return {
        "external_id": external_id(alert.id, area.code, alert.part),
        "occurred_at": utc_text(alert.sent_ms),
        "expires_at": utc_text(alert.ends_ms),
        "category": category if alert.category in ("Met", "Geo", "Fire", "Env", "Safety") else "bencana_lain",
        "severity": _SEVERITY.get(alert.severity.lower(), 3),
        "title": f"{alert.event or alert.headline or 'Peringatan'}: {area.name}"[:200],
        "description": alert.description[:5000],
        "area": area.code,
        **({} if alert.scope.lower() == "public" else {"sensitivity": "restricted"}),
    }
