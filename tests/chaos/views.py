"""What every view shows, to be compared with what was acknowledged: the log, the API, the picture."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx2

from feeds.events import IncidentReported, LevelChanged
from feeds.levels.engine import SCORE_STEP
from feeds.levels.model import same_story
from feeds.log import EventLog, LogUnavailable, Unreadable
from feeds.log_entry import place
from feeds.picture import Picture
from feeds.replay import apply_all

PREFIX = "siger-demo"
_PATIENCE_S = 30.0


@dataclass
class Views:
    """How often each external id stands in the log and in the API, two pictures' hashes, and the level events.

    `said_twice`: the areas about which one of them said what the one before had said already.
    """

    log: Counter[str]
    api: Counter[str]
    unreadable: int
    shown_hash: str
    replayed_hash: str
    levels: int
    said_twice: list[str]


async def look(url: str, log_url: str, client: httpx2.AsyncClient) -> Views:
    """Reads everything there is, once the picture has come to where the log ends now."""
    ends = await _log_end(log_url)
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            picture = (await client.get(f"{url}/api/v1/picture", timeout=20)).json()
            if place(picture["last_event_id"]) >= place(ends):
                break
            await asyncio.sleep(0.1)
    seen, replayed, unreadable, levels = await _read_log(log_url, picture["last_event_id"])
    assert replayed.last_id == picture["last_event_id"], "the log holds the entry that the picture stands at"
    shown = await _read_api(url, client)
    twice = said_twice(levels)
    return Views(seen, shown, unreadable, picture["state_hash"], replayed.state_hash(), len(levels), twice)


def said_twice(levels: Sequence[LevelChanged]) -> list[str]:
    """Areas with a level event that says what the one before it said: another level, score or story is news."""
    last: dict[str, LevelChanged] = {}
    found = []
    for event in levels:
        before = last.get(event.area)
        if before is not None and (before.level, before.since_ms) == (event.level, event.since_ms):
            same = abs(before.score - event.score) < SCORE_STEP and same_story(before.reasons, event.reasons)
            found += [event.area] if same else []
        elif before is not None and before.level == event.level:
            found.append(event.area)
        last[event.area] = event
    return found


async def _log_end(log_url: str) -> str:
    log = EventLog.open(log_url, prefix=PREFIX)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                try:
                    return await log.last_id()
                except LogUnavailable:
                    # The last blow may have fallen a moment ago.
                    await asyncio.sleep(0.1)
    finally:
        await log.close()


async def _read_log(log_url: str, until: str) -> tuple[Counter[str], Picture, int, list[LevelChanged]]:
    log = EventLog.open(log_url, prefix=PREFIX)
    seen: Counter[str] = Counter()
    picture = Picture()
    unreadable = 0
    levels: list[LevelChanged] = []
    after = "0-0"
    try:
        while after != until and (page := await log.read(after)):
            ends = next((n for n, entry in enumerate(page, 1) if entry.id == until), len(page))
            page = page[:ends]
            after = page[-1].id
            apply_all(picture, page)
            unreadable += sum(isinstance(entry.event, Unreadable) for entry in page)
            levels += [e.event for e in page if isinstance(e.event, LevelChanged)]
            seen.update(e.event.external_id for e in page if isinstance(e.event, IncidentReported))
    finally:
        await log.close()
    return seen, picture, unreadable, levels


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
