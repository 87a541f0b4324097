"""`siger import ...`: what comes in as files."""

import click

from dashboard.cli.boundaries import boundaries
from dashboard.cli.import_incidents import incidents


@click.group("import")
def imports() -> None:
    """Take in boundaries, incidents and other files."""


for command in (boundaries, incidents):
    imports.add_command(command)
