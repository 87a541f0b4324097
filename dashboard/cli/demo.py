"""`siger demo`: what `make run` starts. Everything in one process, on loopback, with a simulated feed."""

import click

from dashboard.cli.serve import clear_old_demo, run
from dashboard.cli.settings import read


@click.command("demo")
@click.option("--scenario", default="pilkada-2024", show_default=True, help="The scenario to play, or 'none'.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=1.0, show_default=True, help="How fast.")
@click.option("--units", type=click.IntRange(0, 20_000), default=400, show_default=True, help="Patrols.")
def demo(scenario: str, speed: float, units: int) -> None:
    """Play a simulation, marked SIMULASI, in a store of its own. Loopback only."""
    settings = read(mode="demo", host="127.0.0.1")
    if clear_old_demo(settings.store_dir):
        click.echo("The last demonstration was long ago; its store was cleared.")
    run(settings, [])
