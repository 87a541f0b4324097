"""`siger demo`: what `make run` starts. Everything in one process, on loopback, with a simulated feed."""

import asyncio

import click

from dashboard.access.desk import DEMO_OFFICER
from dashboard.app import Companion
from dashboard.cli.serve import clear_old_demo, run
from dashboard.cli.settings import read
from dashboard.house import House
from feeds.clock import now_ms
from feeds.intake import Intake
from feeds.scenario.chronology import Scenario, ScenarioError, load
from feeds.scenario.run import director_of, play
from feeds.scenario.stations import simulated_lists
from geo import villages

#: Neither incidents nor patrols: a quiet Siger that shows only what is sent to it.
NO_SCENARIO = "none"
STATIONS_AFTER_S = 3.0


@click.command("demo")
@click.option("--scenario", default="pilkada-2024", show_default=True, help="The scenario to play, or 'none'.")
@click.option(
    "--speed", type=click.FloatRange(0.1, 1000), default=1.0, show_default=True, help="How fast to play it."
)
@click.option(
    "--units",
    type=click.IntRange(0, 20_000),
    default=None,
    help="Simulated patrols [default: 400; without a scenario none].",
)
def demo(scenario: str, speed: float, units: int | None) -> None:
    """Play a simulation, marked SIMULASI, in a store of its own. Loopback only."""
    settings = read(mode="demo", host="127.0.0.1")
    try:
        played = None if scenario == NO_SCENARIO else load(scenario)
    except ScenarioError as error:
        raise click.ClickException(str(error)) from error
    if units is None:
        units = 400 if played else 0
    if clear_old_demo(settings.store_dir):
        click.echo("The last demonstration was long ago; its store was cleared.")
    click.echo(f"Demonstration: whoever is at this machine is signed in as {DEMO_OFFICER} (komando).")
    feeds = [_feed(played, speed, units)] if played or units else []
    run(settings, [*feeds, _list_stations] if played else feeds)


def _feed(scenario: Scenario | None, speed: float, units: int) -> Companion:
    async def feed(house: House) -> None:
        director = director_of(scenario, house.areas, units=units, speed=speed, start_ms=now_ms())
        # An intake of its own: what Siger plays itself needs no registration.
        intake = Intake(house.log, house.intake.placing, house.taxonomy, simulated=True, note=house.sources.note)
        await play(director, intake, house.picture.incidents)

    return feed


async def _list_stations(house: House) -> None:
    """Polling stations for the scenario, once for each store. The pages that open first are more urgent."""
    await asyncio.sleep(STATIONS_AFTER_S)
    if not house.picture.tps:
        made = await asyncio.to_thread(
            simulated_lists, house.areas, villages.bundled(), house.intake.placing.locator, at_ms=now_ms()
        )
        await house.log.append(made)
