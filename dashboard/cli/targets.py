"""The options that say where a command sends to: a running server, or a log."""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from pydantic import SecretStr

from dashboard import setting_checks as checks

Command = TypeVar("Command", bound=Callable[..., Any])


def _server(_context: click.Context, _option: click.Parameter, url: str | None) -> str | None:
    try:
        return checks.web_address(url)
    except ValueError as error:
        raise click.BadParameter(f"'{url}': {error}") from error


def _log(_context: click.Context, _option: click.Parameter, url: str | None) -> str | None:
    try:
        checks.log_address(None if url is None else SecretStr(url))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return url


def to_server(command: Command) -> Command:
    """`--url` and `--token`."""
    url = click.option(
        "--url", envvar="SIGER_URL", callback=_server, help="A running server, such as http://127.0.0.1:8050."
    )
    token = click.option(
        "--token", envvar="SIGER_TOKEN", help="Token for that server; better given as SIGER_TOKEN."
    )
    return url(token(command))


def to_log(command: Command) -> Command:
    """`--log`, as `log_url`."""
    log = click.option(
        "--log", "log_url", metavar="URL", callback=_log, help="A Redis or Valkey to write the log of directly."
    )
    return log(command)
