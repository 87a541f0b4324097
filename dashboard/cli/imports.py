"""`siger import ...`: what comes in as files."""

import click

from dashboard.cli.boundaries import boundaries
from dashboard.cli.import_incidents import incidents
from dashboard.cli.import_index import index


@click.group("import")
def imports() -> None:
    """Take in boundaries, incidents and other files."""


for command in (boundaries, incidents, index):
    imports.add_command(command)
