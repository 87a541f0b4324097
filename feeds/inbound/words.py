"""The words of the field for categories, crowd states and places, as people write them in short messages and
tables.

Exact codes and full names come first, then the abbreviations of the radio. A place name that two regencies share
is never guessed: the refusal names both and says how to write it.
"""

import re
from difflib import SequenceMatcher

from feeds.events import CrowdState
from feeds.inbound.reading import NotUnderstood
from feeds.taxonomy import Taxonomy
from geo.areas import Area, Areas

#: What is said on the radio and typed in a hurry, beside codes and full names.
SAID = {
    "unras": "unjuk_rasa",
    "demo": "unjuk_rasa",
    "demonstrasi": "unjuk_rasa",
    "rusuh": "rusuh_massa",
    "kerusuhan": "rusuh_massa",
    "bentrok": "konflik_sosial",
    "konflik": "konflik_sosial",
    "gangguan": "gangguan_ketertiban",
    "mayat": "penemuan_mayat",
    "lahan": "pertanahan",
    "begal": "curas",
    "rampok": "curas",
    "maling": "pencurian",
    "aniaya": "penganiayaan",
    "bakar": "pembakaran",
    "rusak": "perusakan",
    "politikuang": "politik_uang",
    "serangan fajar": "politik_uang",
    "hoax": "hoaks",
    "apk": "perusakan_apk",
    "tps": "gangguan_tps",
    "laka": "laka_lantas",
    "lakalantas": "laka_lantas",
    "macet": "kemacetan",
    "angin": "angin_kencang",
    "puting beliung": "angin_kencang",
    "tanah longsor": "longsor",
    "api": "kebakaran",
    "pam": "kegiatan_pengamanan",
}
CROWD_STATES: dict[str, CrowdState] = {"hijau": "hijau", "kuning": "kuning", "merah": "merah"}
#: A crowd's state says how bad it is where nobody says it otherwise (Perkap 16/2006: orderly, disorderly, riot).
SEVERITY_OF: dict[str, int] = {"hijau": 2, "kuning": 3, "merah": 5}
#: How alike (difflib's ratio) a misspelt place must be to its name: one slip in a short name.
LEAST_LIKENESS = 0.85


def plain(text: str) -> str:
    """Small letters and digits, words one blank apart."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


def category_named(text: str, taxonomy: Taxonomy) -> str | None:
    """The category's code for a code, a name in either language, or an abbreviation; None where there is none."""
    wanted = plain(text)
    for code, category in taxonomy.categories.items():
        if wanted in (plain(code), plain(category.id), plain(category.en), plain(code).replace(" ", "")):
            return code
    said = SAID.get(wanted) or SAID.get(wanted.replace(" ", ""))
    return said if said in taxonomy.categories else None


def place_named(text: str, areas: Areas) -> Area | None:
    """The one district or regency of this name; None where there is none. Raises `NotUnderstood` for several."""
    wanted = plain(text).replace(" ", "")
    found = [
        area
        for area in areas.find(text, 10)
        if area.level in ("district", "regency") and _means(wanted, area, areas.get(area.regencies[0]))
    ]
    if not found:
        return None
    same = [area for area in found if plain(area.name).replace(" ", "") == wanted]
    districts = [area for area in same if area.level == "district"]
    if len(districts) > 1:
        ways = " atau ".join(f"{area.name} {areas.get(area.regencies[0]).name}" for area in districts)
        raise NotUnderstood("area", text, f"ada di dua kabupaten; tulis {ways}")
    return (districts or same or found)[0]


def _means(wanted: str, area: Area, regency: Area) -> bool:
    """Whether what was typed is this name, shortened or with a slip. The search forgives more than a report may."""
    for name in (area.name, *area.aliases):
        whole = plain(name).replace(" ", "")
        around = whole + plain(regency.name).replace(" ", "")
        if _shortens(wanted, whole) or _shortens(wanted, around):
            return True
        if SequenceMatcher(None, wanted, whole, autojunk=False).ratio() >= LEAST_LIKENESS:
            return True
    return False


def _shortens(short: str, whole: str) -> bool:
    """ "tlkbetungslt" shortens "telukbetungselatan": its letters stand there in this order, the first one first."""
    if not short or short[0] != whole[0]:
        return False
    letters = iter(whole)
    return all(letter in letters for letter in short)
