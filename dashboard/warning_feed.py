"""Follows an index of warnings, and ends what is over. Both run beside the app; neither can hurt it.

An index says in a few kilobytes which warnings there are; BMKG's says everything that Siger needs, so the alerts
behind it are not fetched. What is there again is known by its identifier.
"""

import asyncio
import logging

import httpx2

from dashboard.api.sender import Sender
from dashboard.api.warnings import end_overdue, take_alerts
from dashboard.house import House
from feeds.inbound import cap_index
from feeds.inbound.cap import MOST_BYTES
from feeds.inbound.reading import NotUnderstood
from feeds.intake import IntakeError
from feeds.log_errors import LogError

#: BMKG renews its nowcasts every few minutes and asks for 60 requests a minute at most.
FETCH_EVERY_S = 120.0
EXPIRE_EVERY_S = 2.0
TIMEOUT_S = 20.0

log = logging.getLogger(__name__)


async def expire(house: House) -> None:
    """Ends what is over, for ever."""
    while True:
        try:
            ended = await end_overdue(house)
            if ended:
                log.info("%d incidents are over by themselves", ended)
        except (LogError, IntakeError) as error:
            log.warning("what is over could not be ended: %s", error)
        await asyncio.sleep(EXPIRE_EVERY_S)


async def follow(house: House) -> None:
    """Takes the index's alerts in, for ever; says so once when it cannot, and once when it can again."""
    url = house.settings.cap_feed
    assert url is not None
    failed = False
    async with httpx2.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
        while True:
            try:
                told = await take_alerts(house, cap_index.parse(await fetch(client, url)), Sender("cap"))
                if told["accepted"] or failed:
                    log.info("warnings from %s: %d new", url, told["accepted"])
                failed = False
            except (httpx2.HTTPError, NotUnderstood, LogError, IntakeError) as error:
                if not failed:
                    log.warning("warnings from %s: %s", url, error or type(error).__name__)
                failed = True
            await asyncio.sleep(FETCH_EVERY_S)


async def fetch(client: httpx2.AsyncClient, url: str) -> bytes:
    """The document, or as much of it as shows that it is too large."""
    data = bytearray()
    async with client.stream("GET", url) as answer:
        answer.raise_for_status()
        async for chunk in answer.aiter_bytes():
            data += chunk
            if len(data) > MOST_BYTES:
                break
    return bytes(data)
