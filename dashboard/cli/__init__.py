"""The `siger` command: one subcommand a file, each a thin layer over a library function."""

import click

from dashboard.cli.audit import audit
from dashboard.cli.backup import backup_command, restore_command
from dashboard.cli.demo import demo
from dashboard.cli.engine import engine_command
from dashboard.cli.forget import forget_command
from dashboard.cli.imports import imports
from dashboard.cli.levels import levels
from dashboard.cli.publish import publish
from dashboard.cli.real import serve
from dashboard.cli.replay import replay_command
from dashboard.cli.report import report
from dashboard.cli.settings import settings_command
from dashboard.cli.sources import sources
from dashboard.cli.tokens import tokens
from dashboard.cli.users import users


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="siger", prog_name="siger")
def main() -> None:
    """Siger: a live map of security and public order in Lampung."""


COMMANDS = (
    audit,
    backup_command,
    demo,
    engine_command,
    forget_command,
    imports,
    levels,
    publish,
    replay_command,
    report,
    restore_command,
    serve,
    settings_command,
    sources,
    tokens,
    users,
)
for command in COMMANDS:
    main.add_command(command)
