"""What every view shows, to be compared with what was acknowledged: the log, the API, the picture."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httpx2

from feeds.events import IncidentReported
from feeds.log import EventLog, LogUnavailable, Unreadable
from feeds.picture import Picture
from feeds.replay import apply_all


@dataclass
class Views:
    """How often each external id stands in the log and in the API, and two pictures' state hashes."""

    log: Counter[str]
    api: Counter[str]
    unreadable: int
    shown_hash: str
    replayed_hash: str


async def look(url: str, log_url: str, client: httpx2.AsyncClient) -> Views:
    """Reads everything there is. Levels may still change, so pictures are compared at the same entry."""
    deadline = time.monotonic() + 30
    while True:
        picture = (await client.get(f"{url}/api/v1/picture", timeout=20)).json()
        try:
            seen, replayed, unreadable = await _read_log(log_url, picture["last_event_id"])
            if replayed.last_id == picture["last_event_id"]:
                break
        except LogUnavailable:
            # The last blow may have fallen a moment ago, before anybody noticed.
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(0.1)
    return Views(seen, await _read_api(url, client), unreadable, picture["state_hash"], replayed.state_hash())


async def _read_log(log_url: str, until: str) -> tuple[Counter[str], Picture, int]:
    log = EventLog.open(log_url, prefix="siger-demo")
    seen: Counter[str] = Counter()
    picture = Picture()
    unreadable = 0
    after = "0-0"
    try:
        while after != until and (page := await log.read(after)):
            ends = next((n for n, entry in enumerate(page, 1) if entry.id == until), len(page))
            page = page[:ends]
            after = page[-1].id
            apply_all(picture, page)
            unreadable += sum(isinstance(entry.event, Unreadable) for entry in page)
            seen.update(e.event.external_id for e in page if isinstance(e.event, IncidentReported))
    finally:
        await log.close()
    return seen, picture, unreadable


async def _read_api(url: str, client: httpx2.AsyncClient) -> Counter[str]:
    shown: Counter[str] = Counter()
    cursor: str | None = None
    while True:
        params: dict[str, Any] = {"limit": 1000} | ({"cursor": cursor} if cursor else {})
        answer = await client.get(f"{url}/api/v1/incidents", params=params, timeout=60)
        assert answer.status_code == 200, answer.text[:500]
        body = answer.json()
        shown.update(feature["properties"]["external_id"] for feature in body["features"])
        cursor = body.get("next_cursor")
        if not cursor:
            return shown
