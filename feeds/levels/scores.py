"""How good a forecast was: ranking (AUC), hot spots (PAI), chances (Brier, reliability, ECE), counts (log score).

All functions take one row per area and week and look at nothing else. Higher is better for AUC and PAI, lower for
the others.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feeds.levels.counts import Floats

#: The share of area-weeks that a force could look after: where PAI asks how much of the trouble was there.
HOT_SHARE = 0.10
BINS = 10
#: A chance of nothing or everything would make the log score infinite when wrong.
_SURE = 1e-9


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts between two chances: how many, what they said on average, how often it happened."""

    low: float
    high: float
    rows: int
    said: float
    happened: float


def auc(happened: npt.NDArray[np.bool_], score: Floats) -> float:
    """The chance that a week with an incident was ranked above one without (ties count half). NaN without both."""
    hits = int(happened.sum())
    misses = len(happened) - hits
    if not hits or not misses:
        return float("nan")
    _, place, size = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(size) - (size - 1) / 2
    return float((rank[place][happened].sum() - hits * (hits + 1) / 2) / (hits * misses))


def pai(counts: Floats, score: Floats, share: float = HOT_SHARE) -> float:
    """Prediction accuracy index: the share of incidents in the highest `share` of area-weeks, divided by `share`.

    Rows that are tied at the edge count in proportion, so that the order of the file makes no difference.
    """
    total = counts.sum()
    chosen = round(len(score) * share)
    if not total or not chosen:
        return float("nan")
    edge = np.sort(score)[-chosen]
    above, tied = score > edge, score == edge
    part = (chosen - above.sum()) / tied.sum()
    return float((counts[above].sum() + part * counts[tied].sum()) / total / share)


def brier(happened: npt.NDArray[np.bool_], chance: Floats) -> float:
    """The mean squared difference between what was said and what happened."""
    return float(np.mean((chance - happened) ** 2))


def reliability(happened: npt.NDArray[np.bool_], chance: Floats, bins: int = BINS) -> list[Bin]:
    """Forecasts in `bins` equal steps of chance; empty steps are left out."""
    step = np.minimum((chance * bins).astype(np.int64), bins - 1)
    found = []
    for number in range(bins):
        rows = step == number
        if rows.any():
            said, did = float(chance[rows].mean()), float(happened[rows].mean())
            found.append(Bin(number / bins, (number + 1) / bins, int(rows.sum()), said, did))
    return found


def calibration_error(happened: npt.NDArray[np.bool_], chance: Floats, bins: int = BINS) -> float:
    """Expected calibration error: how far what was said is from what happened, over the bins, by their size."""
    table = reliability(happened, chance, bins)
    return float(sum(one.rows * abs(one.said - one.happened) for one in table) / max(len(chance), 1))


def log_score(counts: Floats, expected: Floats, spread: float) -> float:
    """Minus the mean log chance that a forecast gave to the count that came (negative binomial)."""
    return float(-np.mean(np.log(np.maximum(count_chance(counts, expected, spread), _SURE))))


def count_chance(counts: Floats, expected: Floats, spread: float) -> Floats:
    """Chance of each count; variance = expected + spread * expected squared; Poisson where spread is 0."""
    mean = np.maximum(expected, _SURE)
    log_factorial = _log_factorials(int(counts.max(initial=0)))[counts.astype(np.int64)]
    if spread <= 0:
        return np.asarray(np.exp(counts * np.log(mean) - mean - log_factorial))
    size = 1 / spread
    rising = _log_rising(size, int(counts.max(initial=0)))[counts.astype(np.int64)]
    miss = np.log(size / (size + mean))
    hit = np.log(mean / (size + mean))
    return np.asarray(np.exp(rising - log_factorial + size * miss + counts * hit))


def _log_factorials(most: int) -> Floats:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, most + 1)))])


def _log_rising(size: float, most: int) -> Floats:
    """log of size (size+1) ... (size+n-1) for n = 0..most."""
    return np.concatenate([[0.0], np.cumsum(np.log(size + np.arange(most)))])
