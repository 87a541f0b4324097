"""What `app` adds for protocols other than its own: routes, and what runs beside it as the settings ask."""

from collections.abc import Awaitable, Callable

from dashboard.api import alerts, duplicates, ingest, ogc
from dashboard.cot import port
from dashboard.house import House
from dashboard.settings import Settings

ROUTERS = (ingest.router, alerts.router, ogc.router, duplicates.router)


def companions(settings: Settings) -> list[Callable[[House], Awaitable[None]]]:
    """What runs beside each app. What opens a port does so only if a setting says so."""
    return [port.listen] if settings.cot_port is not None else []
