"""Finds an area by what an officer types: abbreviations, old spellings, a slip of the finger.

Four names belong to two districts each (Rajabasa, Pagar Dewa, Bumi Agung, Labuhan Ratu): every match is returned,
and the regency's name beside it ("rajabasa lamsel") brings the right one to the top. It never decides for the user.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# What stands in forms, radio talk and Polsek names, beside the written-out words.
ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "tlk": ("teluk",),
    "tl": ("teluk",),
    "tjg": ("tanjung",),
    "tj": ("tanjung",),
    "tjng": ("tanjung",),
    "bdr": ("bandar",),
    "gn": ("gunung",),
    "gng": ("gunung",),
    "wy": ("way",),
    "lamsel": ("lampung", "selatan"),
    "lamteng": ("lampung", "tengah"),
    "lamtim": ("lampung", "timur"),
    "lampura": ("lampung", "utara"),
    "lambar": ("lampung", "barat"),
    "balam": ("bandar", "lampung"),
    "tubaba": ("tulang", "bawang", "barat"),
    "pesbar": ("pesisir", "barat"),
    "kab": (),
    "kabupaten": (),
    "kec": (),
    "kecamatan": (),
    "polresta": ("polres",),
}
# Spellings that differ between the register, BPS and old papers: Gedung/Gedong, Kelumbayan/Klumbayan, Djaja.
SAME_SOUND = (("oe", "u"), ("dj", "j"), ("sy", "s"), ("kh", "h"), ("gedong", "gedung"), ("y", "i"))
CLOSE = 0.75  # ratio of difflib from which two words count as the same with a slip


@dataclass(frozen=True, slots=True)
class Spelling:
    code: str
    names: tuple[str, ...]  # the shown one first
    around: tuple[str, ...]  # names of the regencies that it lies in or is made of


class AreaNames:
    """An index of names; gives codes, best first."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._entries = [
            (entry.code, [_words(name) for name in (*entry.names, entry.code)], _words(" ".join(entry.around)))
            for entry in spellings
        ]

    def find(self, text: str, limit: int) -> list[str]:
        wanted = _words(text)
        if not wanted:
            return []
        scores = {
            code: max(
                _score(wanted, name, around) * (1.0 if number == 0 else 0.99) for number, name in enumerate(names)
            )
            for code, names, around in self._entries
        }
        hits = [code for code, score in scores.items() if score > 0]
        return sorted(hits, key=lambda code: (-scores[code], len(code), code))[:limit]


def folded(text: str) -> str:
    """A name as one word in which spellings are alike: two of the same fold are the same name."""
    return "".join(_words(text))


def _words(text: str) -> tuple[str, ...]:
    """Small letters, abbreviations written out, spellings made alike."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = (part for word in re.findall(r"[a-z0-9]+", plain) for part in ABBREVIATIONS.get(word, (word,)))
    return tuple(_sound(word) for word in words)


def _sound(word: str) -> str:
    for old, new in SAME_SOUND:
        word = word.replace(old, new)
    return re.sub(r"([a-z])\1+", r"\1", word)


def _score(wanted: tuple[str, ...], name: tuple[str, ...], around: tuple[str, ...]) -> float:
    """0 no match; the whole name is better than its beginning, that than its words, and those than a slip."""
    typed, whole = "".join(wanted), "".join(name)
    if typed == whole:
        return 10.0
    if around and typed == whole + "".join(around):
        return 9.9
    if whole.startswith(typed):
        return 8.0 + len(typed) / len(whole)
    return max(_by_words(wanted, name, around), _by_slip(typed, whole))


def _by_words(wanted: tuple[str, ...], name: tuple[str, ...], around: tuple[str, ...]) -> float:
    """Every word typed must be in the name or, for less, in the name of its regency."""
    inside = [max((_alike(word, other) for other in name), default=0.0) for word in wanted]
    beside = [max((_alike(word, other) for other in around), default=0.0) * 0.6 for word in wanted]
    best = [max(pair) for pair in zip(inside, beside, strict=True)]
    if min(best) == 0 or max(inside) == 0:
        return 0.0
    covered = sum(inside) / max(len(name), len(wanted))
    return 4.0 * sum(best) / len(best) + 2.0 * min(covered, 1.0)


def _by_slip(typed: str, whole: str) -> float:
    near = _ratio(typed, whole)
    return 5.0 * near if near >= CLOSE + 0.05 else 0.0


def _alike(word: str, other: str) -> float:
    if word == other:
        return 1.0
    if len(word) >= 3 and other.startswith(word):
        return 0.9
    if len(word) < 4 or word.isdigit():
        return 0.0
    near = _ratio(word, other)
    return 0.8 * near if near >= CLOSE else 0.0


@lru_cache(maxsize=20_000)
def _ratio(left: str, right: str) -> float:
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    if matcher.real_quick_ratio() < CLOSE or matcher.quick_ratio() < CLOSE:
        return 0.0
    return matcher.ratio()


def close_codes(code: str, codes: Iterable[str]) -> list[str]:
    """Codes that a person may have meant, for an error's text."""
    return difflib.get_close_matches(code, list(codes), n=3, cutoff=0.6)
