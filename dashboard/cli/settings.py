"""`siger settings`: every setting with its value, its default and its meaning; secrets masked."""

import tomllib

import click
from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails, PydanticUndefined

from dashboard.settings import Settings

_SECRET = frozenset(name for name, field in Settings.model_fields.items() if field.annotation == SecretStr | None)


def read(**fixed: object) -> Settings:
    """The settings, `fixed` ones set by the command. Raises `click.ClickException` naming what does not hold."""
    try:
        return Settings.model_validate({**Settings().model_dump(), **fixed})
    except ValidationError as error:
        raise click.ClickException("; ".join(map(_said, error.errors()))) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise click.ClickException(f"siger.toml cannot be read: {error}") from error


def _said(entry: ErrorDetails) -> str:
    name = str(entry["loc"][0])
    got = "" if name in _SECRET else f" (got {str(entry['input'])!r})"
    return f"SIGER_{name.upper()}: {entry['msg'].removeprefix('Value error, ')}{got}"


@click.command("settings")
def settings_command() -> None:
    """Print every setting with its value, default and meaning."""
    known = read()
    for name, field in Settings.model_fields.items():
        if name == "mode":
            continue
        value = getattr(known, name)
        shown = "********" if isinstance(value, SecretStr) else value
        default = None if field.default is PydanticUndefined else field.default
        click.echo(f"SIGER_{name.upper()} = {shown}   (default: {default})\n    {field.description}")
