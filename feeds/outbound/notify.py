"""Delivers messages: to people through apprise, to programs as signed webhooks; again after a failure, never for
ever.

Every attempt is one line in a file beside the store, with its outcome: an operator can see what was said to whom
and when, and what was held back because a rule's hour was full. Addresses hold passwords: only their scheme and
host are written down.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson

from feeds.clock import now_ms, utc_text
from feeds.outbound.messages import signed
from feeds.outbound.rules import Rule, key_of

#: Pauses before each further attempt; after the last one a message is given up.
RETRY_AFTER_S = (2.0, 10.0, 60.0, 300.0)
TIMEOUT_S = 10.0
#: Messages that wait for an answer or another attempt. More are refused, and said so: the newest counts least here.
MOST_WAITING = 500
AT_ONCE = 8
#: The file of attempts is begun anew beyond this; the one before is kept.
MOST_LOG_BYTES = 16 * 1024 * 1024
#: So much of its end is read again by who takes the work over: some thousand attempts.
RECENT_BYTES = 1024 * 1024
_SETTLED = frozenset({"delivered", "given up", "held back", "refused"})
_WORTH_ANOTHER = frozenset({408, 425, 429})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to all whom its rule names.

    `id` is the same on every attempt, whichever process makes it, so that we and the receivers can tell.
    """

    id: str
    rule: Rule
    incident: str
    title: str
    text: str
    body: bytes


Address = tuple[int, str]
"""An address and its number in its rule, from 1."""


class Attempts:
    """The file of attempts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, **fields: Any) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and self._path.stat().st_size > MOST_LOG_BYTES:
            self._path.replace(self._path.with_suffix(".old.ndjson"))
        with self._path.open("ab") as lines:
            lines.write(orjson.dumps({"at": utc_text(now_ms()), **fields}) + b"\n")

    def settled(self) -> set[tuple[str, int]]:
        """The latest messages, each with the number of its address (0: all), that need no other attempt."""
        if not self._path.exists():
            return set()
        with self._path.open("rb") as lines:
            lines.seek(max(0, self._path.stat().st_size - RECENT_BYTES))
            known = [_line(text) for text in lines]
        return {(line["message"], line.get("to", 0)) for line in known if line.get("outcome") in _SETTLED}


class Notifier:
    """Sends messages in the background. `people` says something to an apprise address and whether it was taken."""

    def __init__(
        self,
        attempts: Attempts,
        people: Callable[[str, str, str], "asyncio.Future[bool] | Any"],
        client: httpx2.AsyncClient,
        clock: Callable[[], float] = time.time,
        settled: Container[tuple[str, int]] = (),
    ) -> None:
        self._attempts, self._people, self._client, self._clock = attempts, people, client, clock
        self._settled = settled
        self._sent: dict[str, deque[float]] = {}
        self._waiting: set[asyncio.Task[None]] = set()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    def tell(self, message: Message) -> None:
        """Sends a message to all of its rule's addresses that have not had it, unless the rule's hour is full."""
        addresses = enumerate(
            [*(secret.get_secret_value() for secret in message.rule.to), *_webhook(message.rule)], 1
        )
        targets = [address for address in addresses if not self._is_settled(message, address[0])]
        if not targets:
            return
        if not self._has_room(message.rule):
            reason = f"{message.rule.per_hour} in this hour already"
            self._note(message, (0, "(all)"), 0, outcome="held back", reason=reason)
            return
        for address in targets:
            if len(self._waiting) >= MOST_WAITING:
                reason = f"{MOST_WAITING} messages wait already"
                self._note(message, address, 0, outcome="refused", reason=reason)
                continue
            task = asyncio.create_task(self._deliver(message, address))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def close(self) -> None:
        """Gives up what waits."""
        for task in list(self._waiting):
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    def _is_settled(self, message: Message, number: int) -> bool:
        return (message.id, number) in self._settled or (message.id, 0) in self._settled

    def _has_room(self, rule: Rule) -> bool:
        now_s = self._clock()
        sent = self._sent.setdefault(rule.name, deque())
        while sent and sent[0] <= now_s - 3600:
            sent.popleft()
        if len(sent) >= rule.per_hour:
            return False
        sent.append(now_s)
        return True

    async def _deliver(self, message: Message, address: Address) -> None:
        for attempt, pause_s in enumerate((*RETRY_AFTER_S, None), 1):
            async with self._at_once:
                reason, again = await self._send(message, address[1])
            if not reason:
                self._note(message, address, attempt, outcome="delivered", reason="")
                return
            last = pause_s is None or not again
            self._note(message, address, attempt, outcome="given up" if last else "failed", reason=reason)
            if pause_s is None or not again:
                return
            await asyncio.sleep(pause_s)

    async def _send(self, message: Message, target: str) -> tuple[str, bool]:
        """One attempt: why it failed ("" if it did not), and whether another one is worth it."""
        try:
            if message.rule.webhook is not None and target == str(message.rule.webhook):
                return await self._post(message, target)
            taken = await self._people(target, message.title, message.text)
            return ("" if taken else "the service did not take it"), True
        except (httpx2.HTTPError, OSError) as error:
            return f"{type(error).__name__}: {error}"[:200], True

    async def _post(self, message: Message, target: str) -> tuple[str, bool]:
        assert message.rule.secret is not None
        headers = signed(
            message.body, key=key_of(message.rule.secret), message_id=message.id, at_s=int(self._clock())
        )
        answer = await self._client.post(target, content=message.body, headers=headers)
        if answer.is_success:
            return "", False
        status = answer.status_code
        return f"answered {status}", status >= 500 or status in _WORTH_ANOTHER

    def _note(self, message: Message, address: Address, attempt: int, *, outcome: str, reason: str) -> None:
        number, target = address
        level = logging.INFO if outcome == "delivered" else logging.WARNING
        log.log(level, "%s of %s to %s: %s %s", message.rule.name, message.incident, shown(target), outcome, reason)
        self._attempts.write(
            rule=message.rule.name,
            incident=message.incident,
            message=message.id,
            to=number,
            target=shown(target),
            attempt=attempt,
            outcome=outcome,
            reason=reason,
        )


def shown(target: str) -> str:
    """An address without what may be a password or a token in it."""
    parts = urlsplit(target)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.hostname or ''}"
    return f"{parts.scheme}://…" if parts.scheme else target


def _line(text: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:  # cut off by a crash, or by where we began to read
        return {}
    return found if isinstance(found, dict) and "message" in found else {}


def _webhook(rule: Rule) -> list[str]:
    return [] if rule.webhook is None else [str(rule.webhook)]
