"""`siger serve`: the real thing. Nobody sees anything without logging in, and nothing in it is simulated."""

import click

from dashboard.cli.serve import run
from dashboard.cli.settings import read
from dashboard.house import House

FIRST_STEPS = (
    "Nobody can log in yet. In another terminal:\n"
    "  siger users add NAME --role admin\n"
    "  siger users add NAME --role komando"
)


@click.command()
def serve() -> None:
    """Serve the real situation; log in required."""
    run(read(mode="serve"), [_say_first_steps])


async def _say_first_steps(house: House) -> None:
    if not await house.access.register.people():
        click.echo(FIRST_STEPS)
