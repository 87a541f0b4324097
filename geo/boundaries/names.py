"""Names as a boundary file writes them, for new districts and as other spellings of known ones."""

from collections import defaultdict
from difflib import SequenceMatcher

from geo.areas import bundled
from geo.boundaries.codes import Matched
from geo.boundaries.read import BoundaryFile

LEAST_SHARE = 0.8


def file_names(file: BoundaryFile, matched: Matched) -> dict[str, str]:
    """District code -> name in the file, from the column that agrees best with the register; {} if none does."""
    known = {area.code: area.name for area in bundled().at("district")}
    rows = [(row, code) for row, code in enumerate(matched.codes) if code in known]
    best: dict[str, str] = {}
    best_share = LEAST_SHARE
    for name, values in file.columns.items():
        alike = sum(_alike(values[row], known[str(code)]) for row, code in rows)
        if rows and alike / len(rows) >= best_share and name != matched.column:
            best, best_share = _by_code(values, matched), alike / len(rows)
    return best


def _by_code(values: list[object], matched: Matched) -> dict[str, str]:
    """A code's name where all its rows agree."""
    found: dict[str, set[str]] = defaultdict(set)
    for value, code in zip(values, matched.codes, strict=True):
        if code:
            found[code].add(str(value).strip())
    return {code: names.pop() for code, names in found.items() if len(names) == 1}


def _alike(value: object, name: str) -> bool:
    left, right = str(value).replace(" ", "").casefold(), name.replace(" ", "").casefold()
    return left == right or SequenceMatcher(None, left, right).ratio() > 0.85
