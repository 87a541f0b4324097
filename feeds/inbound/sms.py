"""A report as one line of a text message: `LAP UNRAS SUKADANA 200 KUNING`, and free words after a full stop.

    LAP <what> <where> [how many] [HIJAU|KUNING|MERAH] [. free words]

Whoever types it stands in the rain: capitals, blanks and abbreviations do not matter, and what is not understood is
answered in a sentence that says how to write it.
"""

import hashlib
import re
from dataclasses import dataclass

from feeds.clock import utc_text
from feeds.inbound.reading import Json, NotUnderstood, Reading
from feeds.inbound.words import CROWD_STATES, SEVERITY_OF, category_named, place_named
from feeds.taxonomy import Taxonomy
from geo.areas import Area, Areas

FORM = "tulis: LAP <kejadian> <tempat> [jumlah] [HIJAU/KUNING/MERAH], misalnya LAP UNRAS SUKADANA 200 KUNING"
MOST_CHARS = 1_000
#: Gateways deliver a message twice; the same words from the same number within this time are one report.
REPEAT_MS = 10 * 60_000
DEFAULT_SEVERITY = 3
_LONGEST_CATEGORY_WORDS = 6
_FILLING = ("org", "orang", "massa", "di", "sekitar", "+-", "±")

_BEGIN = re.compile(r"\s*lap(?:or|oran)?(?:[\s.:,;#/|-]+|$)", re.IGNORECASE)
#: Free words begin after a full stop that ends a sentence (not the one in 1.500), or on a line of their own.
_FREE = re.compile(r"\.(?=\s|$)|\n")
_KIND_OF_AREA = re.compile(r"\b(?:kec|kab|kecamatan|kabupaten)\b\.?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;#/|]+|(?<=\d)(?=[a-z])", re.IGNORECASE)
_COUNT = re.compile(r"[±~+-]*(\d{1,3}(?:\.\d{3})+|\d{1,7})")


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands behind the place."""

    place: list[str]
    crowd: int | None
    crowd_state: str | None


def parse(
    text: str, sender: str, areas: Areas, taxonomy: Taxonomy, *, now_ms: int, message_id: str = ""
) -> Reading:
    """The incident that the line reports. Raises `NotUnderstood` with a sentence for the sender."""
    begin = _BEGIN.match(text)
    if begin is None:
        raise NotUnderstood("(pesan)", text, FORM)
    line, *words = _FREE.split(_KIND_OF_AREA.sub("", text[begin.end() : MOST_CHARS]).strip(), maxsplit=1)
    category, rest = _category([part for part in _BETWEEN.split(line) if part], taxonomy)
    tail = _tail(rest)
    area = _place(tail.place, areas)
    repeat = message_id or f"{now_ms // REPEAT_MS} {' '.join(text.casefold().split())}"
    incident = {
        "external_id": f"sms:{hashlib.blake2b(f'{sender} {repeat}'.encode(), digest_size=8).hexdigest()}",
        "occurred_at": utc_text(now_ms),
        "category": category,
        "title": f"{taxonomy.categories[category].id} di {area.name}"[:200],
        "description": ("".join(words).strip() or text.strip())[:MOST_CHARS],
        "area": area.code,
        **_crowd(tail),
    }
    return Reading(sender, incidents=(incident,))


def _crowd(tail: _Tail) -> Json:
    told: Json = {"severity": SEVERITY_OF.get(tail.crowd_state or "", DEFAULT_SEVERITY)}
    if tail.crowd is not None:
        told["crowd"] = tail.crowd
    if tail.crowd_state is not None:
        told["crowd_state"] = tail.crowd_state
    return told


def _category(parts: list[str], taxonomy: Taxonomy) -> tuple[str, list[str]]:
    # The longest beginning that is a category: "KEBAKARAN HUTAN DAN LAHAN" before "KEBAKARAN".
    for count in range(min(len(parts), _LONGEST_CATEGORY_WORDS), 0, -1):
        code = category_named(" ".join(parts[:count]), taxonomy)
        if code is not None:
            return code, parts[count:]
    told = parts[0] if parts else "(kosong)"
    raise NotUnderstood("kejadian", told, f"kejadian tidak dikenal; {FORM}")


def _tail(parts: list[str]) -> _Tail:
    place: list[str] = []
    crowd: int | None = None
    state: str | None = None
    for part in parts:
        word = part.casefold()
        if word in CROWD_STATES:
            state = CROWD_STATES[word]
        elif (found := _COUNT.fullmatch(word)) and place:
            crowd = int(found[1].replace(".", ""))
        elif word not in _FILLING:
            place.append(part)
    return _Tail(place, crowd, state)


def _place(parts: list[str], areas: Areas) -> Area:
    if not parts:
        raise NotUnderstood("tempat", "(kosong)", f"tempat tidak disebut; {FORM}")
    area = place_named(" ".join(parts), areas)
    if area is None:
        raise NotUnderstood(
            "tempat", " ".join(parts), "kecamatan atau kabupaten tidak dikenal; tulis nama kecamatannya"
        )
    return area
