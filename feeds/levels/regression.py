"""Two regressions with a ridge, fitted by Newton's method: how likely, and how many. Deterministic, numpy only.

The ridge keeps signals that say nearly the same (rates of neighbouring memories) from fighting each other. Inputs
are standardised by the caller; the intercept is never shrunk.
"""

from collections.abc import Callable

import numpy as np

from feeds.levels.counts import Floats

#: A linear predictor's residual and curvature, row by row.
Slope = Callable[[Floats], tuple[Floats, Floats]]

_MOST_STEPS = 25
#: A step that moves no coefficient by more than this is the last one.
_STEP_ENOUGH = 1e-4
#: Linear predictors beyond these are certainties that no history supports.
_LEAST_ETA, _MOST_ETA = -12.0, 8.0


def fit_logistic(
    signals: Floats, happened: Floats, weight: Floats, ridge: float, start: Floats | None = None
) -> Floats:
    """Coefficients (intercept first) of the log odds that something happened."""
    share = min(max(float(np.average(happened, weights=weight)), 1e-4), 1 - 1e-4)

    def slope(eta: Floats) -> tuple[Floats, Floats]:
        chance = logistic(eta)
        return happened - chance, chance * (1 - chance)

    return _newton(signals, weight, ridge, slope, _start(signals, np.log(share / (1 - share)), start))


def fit_counts(
    signals: Floats, counts: Floats, weight: Floats, ridge: float, spread: float, start: Floats | None = None
) -> Floats:
    """Coefficients (intercept first) of the log of the expected count; variance = mean + spread * mean squared."""
    mean = max(float(np.average(counts, weights=weight)), 1e-6)

    def slope(eta: Floats) -> tuple[Floats, Floats]:
        expected = np.exp(eta)
        shrunk = 1 + spread * expected
        return (counts - expected) / shrunk, expected / shrunk

    return _newton(signals, weight, ridge, slope, _start(signals, np.log(mean), start))


def predictor(signals: Floats, coefficients: Floats) -> Floats:
    """The linear predictor of each row, within what a history can support."""
    found: Floats = np.clip(signals @ coefficients[1:] + coefficients[0], _LEAST_ETA, _MOST_ETA)
    return found


def logistic(eta: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-eta))
    return found


def _start(signals: Floats, intercept: float, start: Floats | None) -> Floats:
    return start if start is not None else np.concatenate([[intercept], np.zeros(signals.shape[1])])


def _newton(signals: Floats, weight: Floats, ridge: float, slope: Slope, start: Floats) -> Floats:
    full = np.hstack([np.ones((len(signals), 1)), signals])
    shrink = np.full(full.shape[1], ridge)
    shrink[0] = 0.0
    found = start
    for _ in range(_MOST_STEPS):
        residual, curvature = slope(predictor(signals, found))
        gradient = full.T @ (weight * residual) - shrink * found
        bend = (full * (weight * curvature)[:, None]).T @ full
        step = np.linalg.solve(bend + np.diag(shrink + 1e-9), gradient)
        found = found + step
        if np.abs(step).max() < _STEP_ENOUGH:
            break
    return found
