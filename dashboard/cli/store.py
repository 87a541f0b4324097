"""How a command reaches the store: the server that the settings name, or the embedded one, running or not."""

import contextlib
from collections.abc import Iterator

from dashboard.settings import Settings
from feeds.archive import Archive
from feeds.embedded import EmbeddedServer
from feeds.embedded_errors import DataDirInUse
from feeds.history import History
from feeds.log import EventLog


@contextlib.contextmanager
def log_url(settings: Settings, *, alone: bool = False) -> Iterator[str]:
    """The log's URL. An embedded log that no running Siger holds is started for as long as it is needed.

    With `alone`, one that runs is an error: a Siger that shows a store must not see it change under it.
    """
    if settings.redis_url is not None:
        yield settings.redis_url.get_secret_value()
        return
    server = EmbeddedServer(settings.store_dir)
    if not alone and server.answers:
        yield server.url  # Siger runs: its log takes us in
        return
    try:
        server.start()
    except DataDirInUse:
        if alone:
            raise
        yield server.url  # it has just begun
        return
    try:
        yield server.url
    finally:
        server.stop()


def history_at(url: str, settings: Settings) -> History:
    """Log and archive as one; its log is to be closed."""
    return History(EventLog.open(url, prefix=settings.log_prefix), Archive(settings.store_dir / "archive"))
