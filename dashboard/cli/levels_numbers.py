"""`siger levels numbers` and `siger levels set`: the numbers of the risk model from the server's own command line.

A change is the same event that the page and the API write, with the same audit entry; a running Siger computes
with it at once. It must fit the numbers as the log's earlier changes have made them.
"""

import click

from dashboard.access.desk import Access
from dashboard.cli.registry import by_command, demo_option, with_access
from feeds import taxonomy as taxonomies
from feeds.archive import Archive
from feeds.clock import now_ms
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.intake import Refused
from feeds.levels import orders
from feeds.levels.engine import parameters_of
from feeds.levels.parameters import Parameters
from feeds.picture import Picture


@click.command("numbers")
@demo_option
def numbers(demo: bool) -> None:
    """List the numbers of the risk model as they are now, with range, unit and reason."""

    async def job(access: Access) -> Parameters:
        return parameters_of(await _picture(access))

    for name, one in with_access(demo, job).table.items():
        click.echo(f"{name}\t{one.value:g}\t{one.least:g} to {one.most:g} {one.unit}\t{one.reason}")


@click.command("set")
@click.argument("name")
@click.argument("value")
@click.option("--why", required=True, help="The reason; it stands in the log and in the audit.")
@demo_option
def set_number(name: str, value: str, why: str, demo: bool) -> None:
    """Set the number NAME of the risk model to VALUE, or back to the bundled one with "bundled"."""
    wanted = None if value == "bundled" else value

    async def job(access: Access) -> float:
        deed = by_command("level.parameter", name)
        order = orders.read(orders.ParameterIn, {"name": name, "value": wanted, "why": why})
        known = parameters_of(await _picture(access))
        event = orders.parameter(order, known, now_ms(), source="cli", actor=deed.who, simulated=demo)
        await access.log.append([event], witness=access.audit.witness(deed)([event]))
        return parameters_of(await _picture(access))[name]

    try:
        found = with_access(demo, job)
    except Refused as error:
        told = "; ".join(f"{one.field}: {one.reason}" for refusal in error.refusals for one in refusal.problems)
        raise click.ClickException(told) from error
    click.echo(f"{name} is {found:g}.")


async def _picture(access: Access) -> Picture:
    """What the log has made of everything up to now."""
    settings = access.settings
    history = History(access.log, Archive(settings.archive_dir))
    return await FastStart(history, taxonomies.load(settings.taxonomy)).picture_up_to()
