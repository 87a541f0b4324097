"""`siger levels`: what the forecast is worth, measured on history, and the numbers of the risk model."""

from datetime import datetime
from pathlib import Path

import click

from dashboard.cli.levels_numbers import numbers, set_number
from feeds.levels.backtest import Report, Score, backtest, write_predictions
from feeds.levels.counts import CountsError, read_counts


@click.group("levels")
def levels() -> None:
    """Risk levels and forecast: how good they are, and the numbers behind them."""


levels.add_command(numbers)
levels.add_command(set_number)


@levels.command("backtest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--train-until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of learning; Mondays after it are scored. Default: two thirds of the history.",
)
@click.option(
    "--predictions",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write area,date,probability,expected_count for every area and Monday after the training date.",
)
def backtest_command(file: Path, train_until: datetime | None, predictions: Path | None) -> None:
    """Walk daily counts by area in FILE (.csv or .csv.gz) forward and score the forecast beside plain rules.

    FILE needs the columns date, area (or code, kodebpskab) and incidents; killed and injured are used if present.
    """
    try:
        test = backtest(read_counts(file), train_until.date() if train_until else None)
        click.echo(table(test.report()))
        if predictions is not None:
            click.echo(f"\n{write_predictions(test, predictions)} predictions written to {predictions}")
    except (CountsError, OSError) as error:
        raise click.ClickException(str(error)) from error


def table(report: Report) -> str:
    """The report as text for a terminal."""
    lines = [
        f"trained until {report.trained_until}; scored on {report.rows} area-weeks "
        f"({report.areas} areas, {report.weeks} Mondays)",
        f"an incident in the next 7 days: {report.base_rate:.1%} of them",
        "",
        f"{'':32}{'AUC':>8}{'PAI@10%':>9}{'Brier':>8}{'ECE':>8}{'log score':>11}",
        *(_line(score) for score in report.scores),
        "",
        f"best plain rule by AUC: {report.best_rule.name}; Siger {report.siger.auc - report.best_rule.auc:+.4f}",
        "",
        "Siger's chances, and how often it happened:",
        f"{'chance':>12}{'rows':>8}{'said':>8}{'happened':>10}",
        *(
            f"{f'{one.low:.1f}-{one.high:.1f}':>12}{one.rows:>8}{one.said:>8.3f}{one.happened:>10.3f}"
            for one in report.reliability
        ),
    ]
    return "\n".join(lines)


def _line(score: Score) -> str:
    figures = f"{score.auc:>8.4f}{score.pai:>9.3f}{score.brier:>8.4f}{score.ece:>8.4f}{score.log_score:>11.4f}"
    return f"{score.name:32}{figures}"
