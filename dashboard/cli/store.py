"""How a command reaches the store: the server that the settings name, or the embedded one, running or not."""

import contextlib
from collections.abc import Iterator

import click

from dashboard.settings import Settings
from feeds.embedded import EmbeddedServer
from feeds.embedded_errors import DataDirInUse, EmbeddedError


@contextlib.contextmanager
def log_url(settings: Settings) -> Iterator[str]:
    """The log's URL. An embedded log that no running Siger holds is started for as long as it is needed."""
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value()
        return
    server = EmbeddedServer(settings.store_dir)
    try:
        server.start()
    except DataDirInUse:
        yield server.url  # Siger runs: its log takes us in
        return
    except EmbeddedError as error:
        raise click.ClickException(str(error)) from error
    try:
        yield server.url
    finally:
        server.stop()
