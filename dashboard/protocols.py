"""What `app` adds for protocols other than its own: routes, and what runs beside it as the settings ask."""

from collections.abc import Awaitable, Callable

from dashboard import notifying, warning_feed
from dashboard.api import alerts, duplicates, ingest, ogc
from dashboard.cot import port
from dashboard.house import House
from dashboard.settings import Settings

ROUTERS = (ingest.router, alerts.router, ogc.router, duplicates.router)


def companions(settings: Settings) -> list[Callable[[House], Awaitable[None]]]:
    """What runs beside the app. What opens a port or asks another server does so only if a setting says so."""
    chosen: list[Callable[[House], Awaitable[None]]] = [warning_feed.expire]
    if settings.cot_port is not None:
        chosen.append(port.listen)
    if settings.cap_feed is not None:
        chosen.append(warning_feed.follow)
    if settings.notify is not None:
        chosen.append(notifying.notify)
    return chosen
