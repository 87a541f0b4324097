"""Finds an area by what an officer types: abbreviations, old spellings, a slip of the finger.

Four names belong to two districts each (Rajabasa, Pagar Dewa, Bumi Agung, Labuhan Ratu): every match is returned,
and the regency's name beside it ("rajabasa lamsel") brings the right one to the top. It never decides for the user.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterable

# What stands in forms, radio talk and Polsek names, beside the written-out word.
ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "tlk": ("teluk",), "tk": ("tanjung",), "tj": ("tanjung",), "tjg": ("tanjung",), "tb": ("teluk",),
    "bdl": ("bandar", "lampung"), "balam": ("bandar", "lampung"), "bdr": ("bandar",),
    "lamsel": ("lampung", "selatan"), "lamteng": ("lampung", "tengah"), "lamtim": ("lampung", "timur"),
    "lampura": ("lampung", "utara"), "lambar": ("lampung", "barat"), "tuba": ("tulang", "bawang"),
    "tubaba": ("tulang", "bawang", "barat"), "pesbar": ("pesisir", "barat"), "tgm": ("tanggamus",),
    "kab": (), "kabupaten": (), "kota": ("kota",), "kec": (), "kecamatan": (),
    "sel": ("selatan",), "ut": ("utara",), "bar": ("barat",), "tim": ("timur",), "teng": ("tengah",),
    "gn": ("gunung",), "gng": ("gunung",), "wy": ("way",), "blambangan": ("blambangan",), "pdg": ("padang",),
    "lab": ("labuhan",), "neg": ("negeri",), "smp": ("simpang",),
}  # fmt: skip
CLOSE = 0.78  # difflib ratio from which two squeezed names count as the same with a slip


def fold(text: str) -> str:
    """Small letters and digits in single spaced words, abbreviations written out."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9:]+", plain)
    return " ".join(part for word in words for part in ABBREVIATIONS.get(word, (word,)))


def squeeze(text: str) -> str:
    """A spelling that keeps only what people agree on: "Tulangbawang", "Tulang Bawang"; "Gedong", "Gedung"."""
    text = fold(text).replace(" ", "")
    for old, new in (("oe", "u"), ("dj", "j"), ("tj", "c"), ("sy", "s"), ("o", "u"), ("y", "i")):
        text = text.replace(old, new)
    return re.sub(r"([a-z])\1+", r"\1", text)


class AreaNames:
    """An index of names; gives codes, best first."""

    def __init__(self, entries: Iterable[tuple[str, tuple[str, ...], str | None]]) -> None:
        listed = list(entries)
        main = {code: names[0] for code, names, _ in listed}
        self._spellings: list[tuple[str, str, str]] = []  # squeezed name, squeezed parent, code
        for code, names, parent in listed:
            inside = squeeze(main[parent]) if parent in main else ""
            self._spellings += [(squeeze(name), inside, code) for name in (*names, code)]

    def find(self, text: str, limit: int) -> list[str]:
        wanted = squeeze(text)
        if not wanted:
            return []
        scores: dict[str, float] = {}
        for name, inside, code in self._spellings:
            scores[code] = max(scores.get(code, 0.0), _score(wanted, name, inside))
        hits = [code for code, score in scores.items() if score > 0]
        return sorted(hits, key=lambda code: (-scores[code], len(code), code))[:limit]


def _score(wanted: str, name: str, inside: str) -> float:
    if wanted == name:
        return 5.0
    if inside and wanted in (name + inside, inside + name):
        return 6.0
    if name.startswith(wanted):
        return 4.0 + len(wanted) / len(name) / 2
    if wanted in name:
        return 3.0 + len(wanted) / len(name) / 2
    near = max(_ratio(wanted, name), _ratio(wanted, name + inside) if inside else 0.0)
    return 1.0 + near if near >= CLOSE else 0.0


def _ratio(left: str, right: str) -> float:
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    if matcher.real_quick_ratio() < CLOSE or matcher.quick_ratio() < CLOSE:
        return 0.0
    return matcher.ratio()


def close_codes(code: str, codes: Iterable[str]) -> list[str]:
    """Codes that a person may have meant, for an error's text."""
    return difflib.get_close_matches(code, list(codes), n=3, cutoff=0.6)
