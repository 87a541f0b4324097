"""What a viewer has chosen to see: area, categories, hours. Read from the URL, written to the URL, pure.

The URL is the one place that a choice lives in; a link is the whole choice:
`?area=1807&category=unjuk_rasa,kriminal&hours=6` (categories and groups mix; `category` may also be repeated).
What the URL names and nobody knows is left out and named in `unknown`, so that the page can say so: a mistyped
link must not silently show the whole province as if that had been asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from feeds.taxonomy import Taxonomy
from geo.areas import PROVINCE, Areas, UnknownArea

#: The windows that a button stands for. None is everything that the picture holds.
HOURS: tuple[int, ...] = (1, 6, 24)
OWN = ("area", "category", "hours")
#: The switch for polling stations, off unless the URL says so.
TPS = "tps"


@dataclass(frozen=True, slots=True)
class Chosen:
    area: str | None = None  # a code of any level; None is the province
    categories: tuple[str, ...] = ()  # category and group codes; empty is all
    hours: int | None = None
    tps: bool = False
    unknown: tuple[str, ...] = ()  # "area=9999": named in the URL, known to nobody
    others: tuple[tuple[str, str], ...] = ()  # parameters that are not ours, kept as they are

    def search(self) -> str:
        """The URL's query, "" when nothing is chosen."""
        pairs = list(self.others)
        if self.area:
            pairs.append(("area", self.area))
        if self.categories:
            pairs.append(("category", ",".join(self.categories)))
        if self.hours:
            pairs.append(("hours", str(self.hours)))
        if self.tps:
            pairs.append((TPS, "1"))
        return "?" + urlencode(pairs, safe=":,") if pairs else ""

    def changed(self, choice: Mapping[str, Any], areas: Areas, taxonomy: Taxonomy) -> "Chosen":
        """This, after one control was used: `{"kind": "area"|"category"|"group"|"hours"|"tps", "value": ...}`."""
        kind, value = choice.get("kind"), choice.get("value")
        if kind == "group":
            return self._with_group(str(value), taxonomy)
        if kind == TPS:
            return replace(self, tps=not self.tps)
        if kind not in OWN:
            return self
        asked = read(urlencode([(kind, value)]) if value else "", areas, taxonomy)
        return replace(self, **{_FIELD[kind]: getattr(asked, _FIELD[kind])}, unknown=asked.unknown)

    def _with_group(self, code: str, taxonomy: Taxonomy) -> "Chosen":
        """A group's button pressed: in or out; single categories of any group give way to groups."""
        groups = [entry for entry in self.categories if entry in taxonomy.groups]
        if code in groups:
            groups.remove(code)
        elif code in taxonomy.groups:
            groups.append(code)
        return replace(self, categories=() if len(groups) == len(taxonomy.groups) else tuple(groups), unknown=())

    def store(self, areas: Areas, taxonomy: Taxonomy) -> dict[str, Any]:
        """What the browser filters by: codes resolved to what the live objects carry."""
        area = areas.get(self.area) if self.area else None
        district = area is not None and area.level == "district"
        return {
            "area": self.area,
            "regencies": list(area.regencies) if area else None,
            "districts": [area.code] if area and district else None,
            "chosen": list(self.categories),
            "categories": self._codes(taxonomy),
            "hours": self.hours,
            "tps": self.tps,
            "unknown": list(self.unknown),
        }

    def _codes(self, taxonomy: Taxonomy) -> list[str] | None:
        if not self.categories:
            return None
        wanted = set(self.categories)
        return [code for code, entry in taxonomy.categories.items() if code in wanted or entry.group in wanted]


_FIELD = {"area": "area", "category": "categories", "hours": "hours"}


def read(search: str | None, areas: Areas, taxonomy: Taxonomy) -> Chosen:
    """The choice that a URL's query stands for; never raises, says what it did not know."""
    chosen = Chosen()
    for name, value in parse_qsl((search or "").lstrip("?")):
        if name == "area":
            chosen = _with_area(chosen, value, areas)
        elif name == "category":
            chosen = _with_categories(chosen, value.split(","), taxonomy)
        elif name == "hours":
            chosen = _with_hours(chosen, value)
        elif name == TPS:
            chosen = replace(chosen, tps=value == "1") if value in ("0", "1") else _puzzled(chosen, f"tps={value}")
        else:
            chosen = replace(chosen, others=(*chosen.others, (name, value)))
    return chosen


def _with_area(chosen: Chosen, value: str, areas: Areas) -> Chosen:
    try:
        code = areas.get(value).code
    except UnknownArea:
        return _puzzled(chosen, f"area={value}")
    return replace(chosen, area=None if code == PROVINCE else code)


def _with_categories(chosen: Chosen, values: list[str], taxonomy: Taxonomy) -> Chosen:
    for value in (value.strip() for value in values):
        if value in chosen.categories or not value:
            continue
        if value in taxonomy.categories or value in taxonomy.groups:
            chosen = replace(chosen, categories=(*chosen.categories, value))
        else:
            chosen = _puzzled(chosen, f"category={value}")
    return chosen


def _with_hours(chosen: Chosen, value: str) -> Chosen:
    if re.fullmatch(r"[1-9][0-9]{0,3}", value):
        return replace(chosen, hours=int(value))
    return _puzzled(chosen, f"hours={value}")


def _puzzled(chosen: Chosen, what: str) -> Chosen:
    return replace(chosen, unknown=(*chosen.unknown, what[:80]))
