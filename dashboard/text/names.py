"""The names of things for the browser: areas, categories, states, severities and election stages in one language.

The live feed carries codes only. This table turns them into words; it changes with the boundaries, the taxonomy or
the language, never with the situation.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.text import Language, say
from feeds.clock import epoch_ms
from feeds.taxonomy import Taxonomy
from geo.areas import Area, Areas

STAGES = Path(__file__).with_name("stages.toml")
CITIES = frozenset({"1871", "1872"})


def names(areas: Areas, taxonomy: Taxonomy, lang: Language) -> dict[str, Any]:
    """Everything the browser needs to say a code in words."""
    return {
        "areas": _areas(areas),
        "groups": {code: getattr(term, lang) for code, term in taxonomy.groups.items()},
        "categories": {
            code: {"name": getattr(entry, lang), "group": entry.group}
            for code, entry in taxonomy.categories.items()
        },
        "severities": {str(n): getattr(term, lang) for n, term in taxonomy.severities.items()},
        "statuses": {
            code: {"name": getattr(entry, lang), "open": entry.open} for code, entry in taxonomy.statuses.items()
        },
        "stages": stages(lang),
    }


def title(area: Area, lang: Language, areas: Areas) -> str:
    """An area as a heading says it: "Provinsi Lampung", "Kecamatan Sukadana, Lampung Timur", "Polres Tanggamus"."""
    if area.level == "province":
        return say(lang, "area.province").replace("{name}", area.name)
    if area.level == "regency":
        kind = "area.city" if area.code in CITIES else "area.regency"
        return say(lang, kind).replace("{name}", area.name)
    if area.level == "district":
        words = say(lang, "area.district").replace("{name}", area.name)
        return words.replace("{regency}", areas.get(area.parent).name if area.parent else "")
    return area.name


def stages(lang: Language) -> list[dict[str, Any]]:
    """The stages of the election, each with its first moment and the first moment after it (epoch ms)."""
    return [
        {
            "name": stage[lang],
            "from_ms": epoch_ms(stage["from"]),
            "until_ms": epoch_ms(stage["until"]),
            "voting": stage.get("voting", False),
        }
        for stage in _calendar()
    ]


@cache
def _calendar() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(STAGES.read_text(encoding="utf-8"))["stage"])


def _areas(areas: Areas) -> dict[str, dict[str, Any]]:
    return {
        area.code: _named(area)
        for level in ("province", "regency", "district", "polres", "kodim")
        for area in areas.at(level)
    }


def _named(area: Area) -> dict[str, Any]:
    """Only Polres and Kodim name their regencies: for the others the code says it."""
    named: dict[str, Any] = {"name": area.name, "level": area.level, "parent": area.parent}
    return named | {"regencies": list(area.regencies)} if area.level in ("polres", "kodim") else named
