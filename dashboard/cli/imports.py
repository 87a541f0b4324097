"""`siger import ...`: what comes in as files."""

import click

from dashboard.cli.boundaries import boundaries
from dashboard.cli.import_incidents import incidents
from dashboard.cli.import_index import index
from dashboard.cli.import_tps import tps


@click.group("import")
def imports() -> None:
    """Take in boundaries, incidents, polling stations and other files."""


for command in (boundaries, incidents, index, tps):
    imports.add_command(command)
