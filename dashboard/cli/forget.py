"""`siger forget`: who reported, destroyed for good before its time, because that person asks for it."""

import click

from dashboard.access.desk import Access
from dashboard.access.identity import forget
from dashboard.cli.registry import by_command, demo_option, with_access


@click.command("forget")
@click.argument("incident")
@demo_option
def forget_command(incident: str, demo: bool) -> None:
    """Destroy the key under which it is sealed who reported INCIDENT. Nobody can undo this.

    The report itself, the log and the audit stay as they are. Backups made before still hold the key.
    """

    async def job(access: Access) -> bool:
        return await forget(access, access.log, incident, by_command("identity.forget", incident))

    if not with_access(demo, job):
        raise click.ClickException(f"no identity is kept for '{incident[:60]}'")
    click.echo(f"Who reported {incident} is forgotten.")
