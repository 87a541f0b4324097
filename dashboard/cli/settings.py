"""`siger settings`: every setting with its value, its default and its meaning; secrets masked."""

import click
from pydantic import SecretStr, ValidationError
from pydantic_core import PydanticUndefined

from dashboard.settings import Settings


def read(**fixed: object) -> Settings:
    """The settings, `fixed` ones set by the command. Raises `click.ClickException` naming what does not hold."""
    try:
        return Settings.model_validate({**Settings().model_dump(), **fixed})
    except ValidationError as error:
        lines = [
            f"SIGER_{'_'.join(str(part) for part in entry['loc']).upper()}: {entry['msg']} (got {entry['input']!r})"
            for entry in error.errors()
        ]
        raise click.ClickException("; ".join(lines)) from error


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
