"""The forecast of a running Siger: from little history and from much, with its record, never looking ahead."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from feeds.incident import Incident
from feeds.levels.counts import Row, tally
from feeds.levels.outlook import HORIZONS_H, counts_of, outlook, record
from feeds.taxonomy import bundled
from tests.feeds.test_levels_backtest import invented
from tests.feeds.test_picture import reported

DAY_MS = 24 * 3_600_000
NOW_MS = 20_000 * DAY_MS + 3_600_000
AREAS = ("1801", "1802", "1871")


def incident(name: str, days_ago: float, regency: str = "1871", **fields: object) -> Incident:
    report = reported(name, at_ms=int(NOW_MS - days_ago * DAY_MS), regency=regency, **fields)
    return Incident(report.incident, "1-0", "1-0", report)


def test_counts_are_of_whole_days_of_reports_that_weigh() -> None:
    made = [
        incident("1", 3),
        incident("2", 3),
        incident("3", 0.01),
        incident("4", 2, category="kegiatan_pengamanan"),
        incident("5", 1, regency="1803"),
        replace(incident("6", 1), verification="hoax"),
        incident("7", 1),
    ]
    counts = counts_of(made, AREAS, bundled(), NOW_MS)
    assert counts is not None
    assert counts.areas == AREAS
    assert counts.incidents.sum(axis=0).tolist() == [0, 0, 3]
    assert counts.days == 3
    assert counts_of(made[2:3], AREAS, bundled(), NOW_MS) is None


def test_an_area_without_reports_is_expected_to_have_few_and_never_none() -> None:
    counts = counts_of([incident(str(n), 1 + n % 20) for n in range(60)], AREAS, bundled(), NOW_MS)
    assert counts is not None
    found = outlook(counts)
    quiet, busy = found.expected(168)[0], found.expected(168)[2]
    assert 0 < quiet < busy
    assert busy == pytest.approx(21, rel=0.35)
    assert not found.learned
    for hours in HORIZONS_H:
        low, high = found.interval(2, hours)
        assert low <= found.expected(hours)[2] <= high + 1
        assert 0 < found.chance(hours)[0] < found.chance(hours)[2] <= 1


def test_all_areas_together_are_their_sum_with_an_interval_narrower_than_the_sum_of_intervals() -> None:
    counts = counts_of([incident(str(n), 1 + n % 20) for n in range(60)], AREAS, bundled(), NOW_MS)
    assert counts is not None
    found = outlook(counts)
    for hours in HORIZONS_H:
        total = found.total(hours)
        assert total.expected == pytest.approx(found.expected(hours).sum())
        assert total.low <= total.expected <= total.high + 1
        assert total.high <= sum(found.interval(area, hours)[1] for area in range(3)) + 1
        assert max(found.chance(hours)) <= total.chance <= 1


@pytest.mark.parametrize("mean", [300.0, 399.0, 401.0, 9_000.0])
def test_intervals_of_great_counts_go_on_where_those_of_small_ones_end(mean: float) -> None:
    found = replace(outlook(invented(days=100)), areas=("a",), daily=np.array([mean]), spread=np.array([0.01]))
    low, high = found.interval(0, 24)
    far = 1.2816 * (mean + 0.01 * mean**2) ** 0.5
    assert low == pytest.approx(mean - far, abs=5)
    assert high == pytest.approx(mean + far, abs=5)


def test_the_interval_holds_about_four_of_five_counts() -> None:
    dice = np.random.default_rng(5)
    inside = total = 0
    for _ in range(40):
        rates = dice.gamma(2.0, 0.4, 15)
        first = date(2024, 1, 1)
        rows = [
            Row(first + timedelta(days=d), f"18{a:02d}", int(dice.poisson(rates[a])))
            for d in range(90)
            for a in range(15)
        ]
        found = outlook(tally(rows))
        for area in range(15):
            low, high = found.interval(area, 24)
            total += 1
            inside += low <= dice.poisson(rates[area]) <= high
    assert 0.75 < inside / total < 0.97


def test_with_a_year_of_history_the_learned_forecast_speaks() -> None:
    counts = invented(days=600)
    found = outlook(counts)
    assert found.learned
    assert ((found.chance(168) > 0) & (found.chance(168) < 1)).all()
    assert np.corrcoef(found.daily, counts.incidents[-120:].mean(axis=0))[0, 1] > 0.8


@pytest.mark.parametrize("days", [200, 600])
def test_last_weeks_forecast_is_the_one_that_was_made_then(days: int) -> None:
    counts = invented(days=days)
    at = counts.days - 7
    short = replace(counts, incidents=counts.incidents[:at], harm=counts.harm[:at])
    assert outlook(counts, at).daily == pytest.approx(outlook(short).daily)
    found = record(counts)
    assert found is not None
    assert found.reports == counts.incidents[at:].sum()
    assert found.since == counts.day(at)
    assert 0 <= found.brier <= 1
    assert found.hit_rate == pytest.approx(found.pai * 0.1)


def test_there_is_no_record_without_a_past() -> None:
    counts = counts_of([incident("1", 3)], AREAS, bundled(), NOW_MS)
    assert counts is not None
    assert record(counts) is None
