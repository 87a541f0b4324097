"""The `siger` command: one subcommand a file, each a thin layer over a library function."""

import click

from dashboard.cli.demo import demo
from dashboard.cli.imports import imports
from dashboard.cli.levels import levels
from dashboard.cli.publish import publish
from dashboard.cli.settings import settings_command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="siger", prog_name="siger")
def main() -> None:
    """Siger: a live map of security and public order in Lampung."""


for command in (demo, imports, levels, publish, settings_command):
    main.add_command(command)
