"""The `siger` command: one subcommand a file, each a thin layer over a library function."""

from typing import Any

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
from feeds.embedded_errors import EmbeddedError
from feeds.log_errors import LogError
from feeds.taxonomy import TaxonomyError

#: Said in words for people where they are raised: no command has anything to add.
TOLD = (EmbeddedError, LogError, TaxonomyError)


class _Siger(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TOLD as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Siger, context_settings={"help_option_names": ["-h", "--help"]})
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
