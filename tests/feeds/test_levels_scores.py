"""Scores of a forecast, against their definitions written out the slow way."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.levels import scores

ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.99, 1.0])), min_size=1, max_size=40
)


@given(ROWS)
def test_auc_is_the_share_of_pairs_ranked_right(rows: list[tuple[int, float]]) -> None:
    happened = np.array([count > 0 for count, _ in rows])
    score = np.array([said for _, said in rows])
    pairs = [(hit, miss) for hit in score[happened] for miss in score[~happened]]
    found = scores.auc(happened, score)
    if not pairs:
        assert math.isnan(found)
    else:
        right = sum((hit > miss) + (hit == miss) / 2 for hit, miss in pairs) / len(pairs)
        assert found == pytest.approx(right)


def test_pai_is_the_share_of_incidents_in_the_hottest_tenth_over_a_tenth() -> None:
    counts = np.array([9.0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    assert scores.pai(counts, np.arange(10)[::-1].astype(float)) == pytest.approx(9.0)
    assert scores.pai(counts, np.arange(10).astype(float)) == 0


@given(st.permutations(range(20)))
def test_pai_of_ties_does_not_depend_on_the_order_of_the_file(order: list[int]) -> None:
    counts = np.arange(20.0)
    flat = np.zeros(20)
    assert scores.pai(counts[order], flat) == pytest.approx(1.0)


def test_a_calibrated_forecast_has_no_calibration_error() -> None:
    chance = np.repeat([0.05, 0.25, 0.85], 20)
    happened = np.concatenate([np.arange(20) < 20 * p for p in (0.05, 0.25, 0.85)])
    assert scores.calibration_error(happened, chance) == pytest.approx(0.0)
    assert scores.calibration_error(~happened, chance) == pytest.approx((0.9 + 0.5 + 0.7) / 3)
    assert [one.rows for one in scores.reliability(happened, chance)] == [20, 20, 20]


@given(ROWS)
def test_the_reliability_table_accounts_for_every_row(rows: list[tuple[int, float]]) -> None:
    happened = np.array([count > 0 for count, _ in rows])
    chance = np.array([said for _, said in rows])
    table = scores.reliability(happened, chance)
    assert sum(one.rows for one in table) == len(rows)
    assert all(one.low - 1e-12 <= one.said <= one.high + 1e-12 for one in table)


@pytest.mark.parametrize("spread", [0.0, 0.3, 2.0])
def test_count_chances_add_up_to_one_with_the_mean_they_were_given(spread: float) -> None:
    counts = np.arange(400.0)
    chance = scores.count_chance(counts, np.full(400, 2.5), spread)
    assert chance.sum() == pytest.approx(1.0, abs=1e-6)
    assert (counts * chance).sum() == pytest.approx(2.5, abs=1e-4)


def test_the_log_score_prefers_the_forecast_that_said_it() -> None:
    counts = np.array([3.0, 0.0])
    assert scores.log_score(counts, np.array([3.0, 0.1]), 0.5) < scores.log_score(counts, np.array([0.1, 3.0]), 0.5)
