"""What a running Siger consists of, in one place, for the routes to reach. `app.create_app` fills it."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from dashboard.access.desk import Access
from dashboard.hub import Hub
from dashboard.settings import Settings
from dashboard.situation import Situation
from feeds.intake import Intake
from feeds.levels.engine import LevelsFeed
from feeds.log import EventLog
from feeds.picture import Picture
from feeds.refused import RefusedStore
from feeds.registry import Registry
from feeds.sources import Sources
from feeds.taxonomy import Taxonomy
from geo.areas import Areas


@dataclass(frozen=True, slots=True)
class House:
    """The parts of one running Siger."""

    settings: Settings
    areas: Areas
    taxonomy: Taxonomy
    log: EventLog
    picture: Picture
    intake: Intake
    situation: Situation
    hub: Hub
    levels: LevelsFeed
    access: Access
    sources: Sources
    registry: Registry
    refused: RefusedStore


def house_of(connection: HTTPConnection) -> House:
    """The house that a request or socket came to."""
    return cast(House, connection.scope["app"].state.house)
