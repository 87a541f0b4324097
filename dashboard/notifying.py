"""Watches the picture and tells people and programs by the operator's rules: one of the engine's jobs."""

import asyncio
import hashlib
import logging

import httpx2

from dashboard.api import shapes
from dashboard.house import House
from feeds.changes import Changes
from feeds.clock import now_ms, utc_text
from feeds.incident import Incident
from feeds.outbound.messages import document_of, text_of
from feeds.outbound.notify import TIMEOUT_S, Attempts, Message, Notifier
from feeds.outbound.rules import Occasion, Rule, RulesError, fits, load

#: Who takes this work over tells of what came in for so long before, as far as nobody did: longer than the attempts
#: at one message go on. What was told a moment before a crash and not written down is told twice: better than not.
TAKE_OVER_MS = 600_000

log = logging.getLogger(__name__)


async def notify(house: House) -> None:
    """Reads the rules and notifies for ever; whoever calls sees to it that one process at a time does."""
    path = house.settings.notify
    assert path is not None
    try:
        rules = load(path, house.areas, house.taxonomy)
    except RulesError as error:
        log.critical("nobody is notified: %s", error)
        return
    attempts = Attempts(house.settings.store_dir / "notifications.ndjson")
    async with httpx2.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
        settled = await asyncio.to_thread(attempts.settled)
        notifier = Notifier(attempts, say_to_people, client, settled=settled)
        watch = Watch(house, rules, notifier)
        house.situation.listen(watch.note)
        try:
            await asyncio.Event().wait()
        finally:
            house.situation.unlisten(watch.note)
            await notifier.close()


async def say_to_people(target: str, title: str, text: str) -> bool:
    """Says it through apprise, which knows a hundred services; imported here, as only those who notify need it."""
    import apprise

    service = apprise.Apprise()
    return bool(service.add(target) and await service.async_notify(body=text, title=title))


class Watch:
    """Notices new and closed incidents."""

    def __init__(self, house: House, rules: tuple[Rule, ...], notifier: Notifier) -> None:
        self._house, self._rules, self._notifier = house, rules, notifier
        since_ms = now_ms() - TAKE_OVER_MS
        self._open = {
            incident.id: house.taxonomy.is_open(incident.status) or (incident.closed_ms or 0) >= since_ms
            for incident in house.picture.incidents.values()
            if incident.report.received_ms < since_ms
        }
        self.note(Changes(incidents=set(house.picture.incidents)))

    def note(self, changes: Changes) -> None:
        """The picture changed."""
        for name in sorted(changes.incidents):
            is_open = self._house.taxonomy.is_open(self._house.picture.incidents[name].status)
            was_open = self._open.get(name)
            self._open[name] = is_open
            if was_open is None and is_open and not self._is_past(name):
                self._tell(name, "report")
            elif was_open and not is_open:
                self._tell(name, "close")

    def _is_past(self, name: str) -> bool:
        """Whether this is a warning that was over when it came in: a record, no news."""
        expires_ms = self._house.picture.incidents[name].report.expires_ms
        return expires_ms is not None and expires_ms <= now_ms()

    def _tell(self, name: str, occasion: Occasion) -> None:
        house = self._house
        incident = house.picture.incidents[name]
        for rule in self._rules:
            if not fits(rule, incident, occasion, house.areas, house.taxonomy):
                continue
            link = f"{house.settings.public_url.rstrip('/')}/" if house.settings.public_url else ""
            simulated = house.hub.simulated
            title, text = text_of(incident, occasion, house.areas, house.taxonomy, link=link, simulated=simulated)
            at = utc_text(now_ms())
            body = document_of(shapes.incident(incident), occasion, at=at, simulated=simulated)
            self._notifier.tell(Message(_id(rule, incident, occasion), rule, name, title, text, body))


def _id(rule: Rule, incident: Incident, occasion: Occasion) -> str:
    """The same in whichever process: one report is told once, and each of its closings once."""
    told = f"{rule.name}|{incident.id}|{occasion}|{incident.closed_ms if occasion == 'close' else ''}"
    return f"msg_{hashlib.sha256(told.encode()).hexdigest()[:24]}"
