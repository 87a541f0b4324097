"""The forecast and its backtest: nothing looks ahead, little history does no harm, files say what is wrong."""

import csv
import gzip
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from dashboard.cli.levels import levels
from feeds.levels.backtest import backtest, write_predictions
from feeds.levels.counts import CountsError, DailyCounts, Row, read_counts, tally

FIRST = date(2019, 1, 1)


def invented(days: int = 900, areas: int = 12, seed: int = 7) -> DailyCounts:
    """Areas with their own rates and waves of trouble that last for weeks."""
    chance = np.random.default_rng(seed)
    rate = chance.gamma(0.6, 0.12, areas)
    wave = np.zeros(areas)
    rows = [Row(FIRST, f"18{n:02d}", 0) for n in range(areas)]
    rows += [Row(FIRST + timedelta(days=days - 1), f"18{n:02d}", 0) for n in range(areas)]
    for day in range(days):
        wave = wave * 0.97 + (chance.random(areas) < 0.004) * 1.5
        for area, count in enumerate(chance.poisson(rate * (1 + wave) + wave * 0.1)):
            if count:
                rows.append(Row(FIRST + timedelta(days=day), f"18{area:02d}", int(count), 0.3))
    return tally(rows)


@pytest.fixture(scope="module")
def counts() -> DailyCounts:
    return invented()


def test_the_forecast_finds_the_areas_in_trouble_and_says_honest_chances(counts: DailyCounts) -> None:
    report = backtest(counts, date(2020, 6, 30)).report()
    assert report.siger.auc > 0.7
    assert report.siger.auc > max(score.auc for score in report.scores if score.name == "last 7 days")
    assert report.siger.brier < report.base_rate * (1 - report.base_rate)
    assert report.siger.ece < 0.08
    assert report.rows == sum(one.rows for one in report.reliability)


def test_nothing_looks_ahead(counts: DailyCounts) -> None:
    until = date(2020, 6, 30)
    cut = counts.number(date(2020, 12, 7))  # a Monday
    changed = counts.incidents.copy()
    changed[cut:] = 9.0
    other = replace(counts, incidents=changed, last_row=counts.last_row - 30)
    known = list(backtest(counts, until).predictions())
    later = list(backtest(other, until).predictions())
    upto = [row for row in known if counts.number(row[1]) <= cut]
    assert len(upto) > 200
    assert upto == [row for row in later if counts.number(row[1]) <= cut]
    assert known != later


def test_a_history_that_ends_gives_the_forecasts_of_one_that_goes_on(counts: DailyCounts) -> None:
    until, end = date(2020, 6, 30), counts.number(date(2020, 9, 30))
    short = replace(counts, incidents=counts.incidents[:end], harm=counts.harm[:end])
    found = {row[:2]: row[2:] for row in backtest(short, until).predictions()}
    whole = {row[:2]: row[2:] for row in backtest(counts, until).predictions()}
    assert found
    assert all(whole[key] == pytest.approx(value, abs=1e-9) for key, value in found.items())


def test_the_same_history_gives_the_same_forecasts(counts: DailyCounts) -> None:
    assert list(backtest(counts).predictions()) == list(backtest(counts).predictions())


def test_areas_that_start_late_or_never_have_a_chance_between_none_and_certain(counts: DailyCounts) -> None:
    rows = [Row(FIRST + timedelta(days=880), "1899", 1)]
    for day, area in zip(*np.nonzero(counts.incidents), strict=True):
        rows.append(Row(counts.day(day), counts.areas[area], int(counts.incidents[day, area])))
    test = backtest(tally(rows), date(2020, 6, 30))
    late = [chance for area, _, chance, _ in test.predictions() if area == "1899"]
    assert late
    assert all(0 < chance < 1 for chance in late)


@pytest.mark.parametrize("days", [9, 20, 60, 200])
def test_a_short_history_is_forecast_by_its_weighted_rate(days: int) -> None:
    counts = invented(days=days, areas=3)
    found = list(backtest(counts, FIRST + timedelta(days=min(days // 2, 6))).predictions())
    assert found
    assert all(0 < chance < 1 and expected > 0 for _, _, chance, expected in found)


def test_predictions_are_one_row_an_area_and_monday_after_the_training_date(
    counts: DailyCounts, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    until = date(2021, 3, 1)  # a Monday: its own week is not forecast
    assert write_predictions(backtest(counts, until), out) == len(out.read_text().splitlines()) - 1
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["area", "date", "probability", "expected_count"]
    days = sorted({date.fromisoformat(row["date"]) for row in rows})
    assert days[0] == date(2021, 3, 8)
    assert all(day.weekday() == 0 for day in days)
    assert len(rows) == len(days) * len(counts.areas)
    assert list(tmp_path.iterdir()) == [out]


def test_areas_count_only_between_their_first_and_last_row() -> None:
    rows = [Row(date(2024, 1, 10), "a", 1), Row(date(2024, 1, 28), "a", 1), Row(date(2024, 3, 31), "b", 1)]
    counts = tally([*rows, Row(date(2024, 1, 1), "b", 2)])
    mondays = counts.mondays
    assert [counts.day(day).weekday() for day in mondays[:2]] == [0, 0]
    watched = [
        counts.day(day) for day, seen in zip(mondays, counts.observed(mondays, 7)[:, 0], strict=True) if seen
    ]
    assert watched == [date(2024, 1, 15), date(2024, 1, 22)]


def test_rows_of_one_day_add_up_and_gzip_is_read_like_plain_text(tmp_path: Path) -> None:
    text = (
        "date,kodebpskab,cls,incidents,killed,injured\n2024-01-01,1806,crime,2,0,1\n2024-01-01,1806,conflict,1,3,\n"
    )
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(text)
    packed.write_bytes(gzip.compress(text.encode()))
    for path in (plain, packed):
        counts = read_counts(path)
        assert counts.areas == ("1806",)
        assert counts.incidents.tolist() == [[3.0]]
        assert counts.harm[0, 0] == pytest.approx(3.3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "columns are (none)"),
        ("date,incidents\n2024-01-01,1\n", "area or code or kodebpskab"),
        ("date,area,incidents\n", "has no rows"),
        ("date,area,incidents\n01/02/2024,1806,1\n", "line 2: date '01/02/2024' is not a day like 2002-12-31"),
        ("date,area,incidents\n2024-01-01,,1\n", "line 2: the area's code is missing"),
        ("date,area,incidents\n2024-01-01,1806,-1\n", "line 2: incidents '-1' is not a whole number"),
        ("date,area,incidents\n2024-01-01,1806,x\n", "incidents 'x'"),
        ("date,area,incidents,killed\n2024-01-01,1806,1,?\n", "killed '?'"),
        (
            "date,area,incidents\n0001-01-01,a,1\n" + "".join(f"9999-01-01,x{n},1\n" for n in range(9)),
            "is one of the dates wrong?",
        ),
    ],
)
def test_a_file_that_does_not_hold_says_where_and_why(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(text)
    with pytest.raises(CountsError) as error:
        read_counts(path)
    assert told in str(error.value)


def test_broken_gzip_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv.gz"
    path.write_bytes(b"\x1f\x8bnot really")
    with pytest.raises(CountsError, match="cannot be read"):
        read_counts(path)


def test_a_training_date_outside_the_history_is_refused(counts: DailyCounts) -> None:
    with pytest.raises(CountsError, match="no Monday to forecast"):
        backtest(counts, date(2030, 1, 1))
    with pytest.raises(CountsError, match="nothing to learn"):
        backtest(counts, date(2001, 1, 1))


def test_the_command_prints_siger_beside_the_plain_rules(counts: DailyCounts, tmp_path: Path) -> None:
    path, out = tmp_path / "counts.csv", tmp_path / "out.csv"
    rows = [
        f"{counts.day(d)},{counts.areas[a]},{counts.incidents[d, a]:.0f}" for d, a in np.argwhere(counts.incidents)
    ]
    path.write_text("\n".join(["date,area,incidents", *rows]) + "\n")
    done = CliRunner().invoke(
        levels, ["backtest", str(path), "--train-until", "2020-12-31", "--predictions", str(out)]
    )
    assert done.exit_code == 0, done.output
    for word in ("Siger", "last 365 days", "weighted, half-life 28 days", "PAI@10%", "Brier", "ECE", "log score"):
        assert word in done.output
    assert out.exists()


def test_the_command_ends_with_a_readable_reason(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("date,area\n")
    done = CliRunner().invoke(levels, ["backtest", str(path)])
    assert done.exit_code == 1
    assert "needed are date" in done.output
    assert "Traceback" not in done.output
