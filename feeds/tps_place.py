"""Where a listed polling station lies, and what it is called: from codes, names and points as lists have them.

Kemendagri codes are the only key. A code and a name that do not agree are refused, because the same numbers mean
other regencies in BPS codes; a name that fits two places is refused, never guessed.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from feeds.inbound.reading import NotUnderstood
from feeds.inbound.tps_rows import Told
from feeds.inbound.words import place_named
from feeds.inputs import Problem
from feeds.placing import Placing
from feeds.tps import Tps
from geo.areas import Area, UnknownArea
from geo.names import folded
from geo.villages import Village, Villages, bare


@dataclass(frozen=True, slots=True)
class Listed:
    """A station in the district under which it is listed."""

    district: str
    tps: Tps


class TpsPlacing:
    """Gives rows their district, village and point, by one set of boundaries and villages."""

    def __init__(self, placing: Placing, villages: Villages) -> None:
        self._placing, self._areas, self._villages = placing, placing.areas, villages
        # A list names a district once a station: looking a name up costs more than all the rest.
        self._district_named = lru_cache(maxsize=2_000)(self._district)
        self._village_named = lru_cache(maxsize=20_000)(villages.named)

    def station(self, told: Told) -> Listed:
        """A station that was not known. Raises `NotUnderstood` where it cannot be placed or named."""
        if told.number is None:
            raise NotUnderstood("number", "(kosong)", "a station needs its number")
        district, village = self._where(told)
        name = village.name if village else told.village
        if not name and not told.id:
            raise NotUnderstood("village", "(kosong)", "give the village, or an id of the station's own")
        made = Tps(
            id=told.id or f"{village.code if village else f'{district}-{bare(name)[:40]}'}-{told.number:03d}",
            number=told.number,
            village=name,
            village_code=village.code if village else None,
            **self._nearest(district, village),
        )
        return Listed(district, self.update(made, district, told))

    def update(self, tps: Tps, district: str, told: Told) -> Tps:
        """A known station with what a row says anew."""
        changed = dict(told.known)
        if told.number is not None:
            changed["number"] = told.number
        if told.point is not None:
            changed |= self._at_point(told.point, district)
        return replace(tps, **changed)

    def _where(self, told: Told) -> tuple[str, Village | None]:
        if told.code:
            return self._by_code(told)
        if told.district or told.village:
            return self._by_name(told.district, told.regency, told.village)
        if told.point is None:
            raise NotUnderstood("village", "(kosong)", "no place: give codes, names, or lon and lat")
        place = self._placing.locator.place(*told.point)
        if place is None or place.district is None:
            raise NotUnderstood("lon", told.point[0], "lies in no district; name the district")
        return place.district, None

    def _by_code(self, told: Told) -> tuple[str, Village | None]:
        code, village = told.code, self._villages.get(told.code)
        if len(code) not in (6, 10) or not code.isdigit():
            raise NotUnderstood("village_code", code, "must be a Kemendagri code of 10 digits, or 6 of a district")
        try:
            district = self._areas.get(code[:6])
        except UnknownArea as error:
            raise NotUnderstood("village_code", code, str(error)) from error
        self._check_name("regency", told.regency, self._areas.get(district.regencies[0]))
        self._check_name("district", told.district, district)
        return district.code, village or self._village_named(told.village, district.code)

    def _check_name(self, field: str, written: str, area: Area) -> None:
        if not written or any(folded(written).endswith(folded(name)) for name in (area.name, *area.aliases)):
            return
        meant = place_named(written, self._areas) if field == "regency" else None
        if meant is None or meant.code != area.code:
            reason = f"the code means {area.name}; are the codes BPS's? Kemendagri codes are needed"
            raise NotUnderstood(field, written, reason)

    def _by_name(self, district: str, regency: str, village: str) -> tuple[str, Village | None]:
        if not district:
            return self._by_village(village, regency)
        code = self._district_named(district, regency)
        return code, self._village_named(village, code)

    def _district(self, name: str, regency: str) -> str:
        area = place_named(f"{name} {regency}".strip(), self._areas)
        if area is None or area.level != "district":
            raise NotUnderstood("district", name, "no district of this name")
        return area.code

    def _by_village(self, village: str, regency: str) -> tuple[str, Village]:
        area = place_named(regency, self._areas) if regency else None
        if regency and (area is None or area.level != "regency"):
            raise NotUnderstood("regency", regency, "no regency of this name")
        found = self._villages.everywhere(village, area.code if area else "")
        if len(found) != 1:
            many = f"{len(found)} villages have this name" if found else "no village of this name"
            raise NotUnderstood("village", village, f"{many}; name the district")
        return found[0].district, found[0]

    def _nearest(self, district: str, village: Village | None) -> dict[str, Any]:
        """The best that is known of its place without a point of its own."""
        if village is not None and village.point is not None:
            return {"lon": village.point[0], "lat": village.point[1], "located": "village"}
        lon, lat = self._areas.get(district).place
        return {"lon": round(lon, 6), "lat": round(lat, 6), "located": "area"}

    def _at_point(self, point: tuple[float, float], district: str) -> dict[str, Any]:
        placed = self._placing.place(*point, None)
        if isinstance(placed, Problem):
            raise NotUnderstood(placed.field, placed.value, placed.reason)
        astray = placed.district != district
        return {"lon": placed.lon, "lat": placed.lat, "located": "point", "astray": astray}
