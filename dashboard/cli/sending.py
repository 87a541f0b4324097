"""Where `siger publish` sends to: a running server over HTTP, or the log itself. Both answer the same way.

Sending again is harmless: every incident that arrives here has an external id. So a server or log that does not
answer is asked again for half a minute before the command gives up and says what was not sent.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import httpx2

from dashboard.cli.settings import read
from dashboard.cli.store import history_at
from dashboard.cli.store import log_url as own_log_url
from dashboard.settings import Settings
from feeds import taxonomy as taxonomies
from feeds.fast_start import FastStart
from feeds.history import History
from feeds.inputs import Problem
from feeds.intake import Intake, Refusal
from feeds.log import START
from feeds.log_errors import LogError
from feeds.picture import Picture
from feeds.placing import Placing
from feeds.registry import Registry
from feeds.sources import Sources
from feeds.taxonomy import Taxonomy
from geo import areas as places
from geo.areas import Areas
from geo.locate import locator_of

RETRY_AFTER_S = (0.5, 1, 2, 5, 5, 5, 10)
TIMEOUT_S = 30.0
BUSY = frozenset({429, 502, 503, 504})

T = TypeVar("T")
Items = Sequence[dict[str, Any]]


class SendingFailed(Exception):
    """The receiver does not answer, or does not let us in; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a batch; refusals carry the item's place in it."""

    accepted: int
    duplicate: int
    refused: tuple[tuple[int, Problem], ...] = ()


class Receiver(Protocol):
    """Takes batches of one kind."""

    def incidents(self, items: Items) -> Sent: ...

    def positions(self, items: Items) -> Sent: ...

    def close(self) -> None: ...


class Server:
    """A running Siger. `client` must have the server's address as its base URL."""

    def __init__(self, client: httpx2.Client, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._sleep = sleep

    def incidents(self, items: Items) -> Sent:
        return self._post("/api/v1/incidents?partial=true", items)

    def positions(self, items: Items) -> Sent:
        return self._post("/api/v1/positions", items)

    def close(self) -> None:
        self._client.close()

    def _post(self, path: str, items: Items) -> Sent:
        answer = self._answer(path, items)
        body = _json(answer)
        # 403 with errors: the door let us in, and each of these items was refused for where or whose it is.
        if answer.is_success or (answer.status_code in (403, 422) and "errors" in body):
            errors = tuple((int(error["index"]), _problem(error)) for error in body.get("errors", ()))
            return Sent(int(body.get("accepted", 0)), int(body.get("duplicates", 0)), errors)
        raise SendingFailed(_explained(self._client.base_url, answer, body))

    def _answer(self, path: str, items: Items) -> httpx2.Response:
        for pause_s in (*RETRY_AFTER_S, None):
            try:
                answer = self._client.post(path, json=items)
                if answer.status_code not in BUSY:
                    return answer
                reason = _explained(self._client.base_url, answer, _json(answer))
            except httpx2.TransportError as error:
                reason = f"{self._client.base_url} does not answer: {error or type(error).__name__}"
            if pause_s is not None:
                self._sleep(pause_s)
        raise SendingFailed(reason)


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be known to check what goes into a log: the map, the words, and who may send."""

    areas: Areas
    taxonomy: Taxonomy
    simulated: bool = False
    closed: bool = False


class Log:
    """The log itself, through the same checks as the server's."""

    def __init__(
        self, history: History, known: Known, source: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._history, self._picture, self._source, self._sleep = history, Picture(known.taxonomy), source, sleep
        self._sources = Sources(history.log)
        self._intake = Intake(
            history.log,
            Placing(known.areas, locator_of(known.areas)),
            known.taxonomy,
            simulated=known.simulated,
            registry=Registry(self._picture, known.areas, closed=known.closed),
            note=self._sources.note,
        )
        self._runner = asyncio.Runner()

    def incidents(self, items: Items) -> Sent:
        batch = self._run(lambda: self._intake.incidents(items, source=self._source, partial=True))
        new = sum(taken.new for taken in batch.taken)
        return Sent(new, len(batch.taken) - new, _refused(batch.refused))

    def positions(self, items: Items) -> Sent:
        counts = self._run(lambda: self._intake.positions(items, source=self._source, durable=True))
        return Sent(counts.accepted, 0, _refused(counts.refused))

    def close(self) -> None:
        self._runner.run(self._sources.flush())
        self._runner.run(self._history.log.close())
        self._runner.close()

    def _run(self, attempt: Callable[[], Any]) -> Any:
        for pause_s in (*RETRY_AFTER_S, None):
            try:
                return self._runner.run(self._knowing(attempt))
            except LogError as error:
                reason = str(error)
            if pause_s is not None:
                self._sleep(pause_s)
        raise SendingFailed(reason)

    async def _knowing(self, attempt: Callable[[], Any]) -> Any:
        """Makes the attempt once it is known who may send."""
        if self._picture.last_id == START:
            self._picture.become(await FastStart(self._history, self._picture.taxonomy).picture_up_to())
        return await attempt()


@contextlib.contextmanager
def receiver_at(
    url: str | None, token: str | None, log_url: str | None, source: str, *, demo: bool = False
) -> Iterator[Receiver]:
    """The server at `url`, the log at `log_url`, or else the log that the settings name. Closed behind.

    A log holds the real thing, or with `demo` the demonstration, where everything is marked as simulated.
    """
    settings = read(mode="demo") if demo else read()
    with contextlib.ExitStack() as stack:
        receiver: Receiver
        if url:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            receiver = Server(httpx2.Client(base_url=url, headers=headers, timeout=TIMEOUT_S))
        else:
            receiver = _log(log_url or stack.enter_context(own_log_url(settings)), settings, source)
        stack.callback(receiver.close)
        yield receiver


def _log(log_url: str, settings: Settings, source: str) -> Log:
    known = Known(
        areas=places.load(settings.data_dir),
        taxonomy=taxonomies.load(settings.taxonomy),
        simulated=settings.mode == "demo",
        closed=settings.sources == "registered",
    )
    return Log(history_at(log_url, settings), known, source)


def _refused(refusals: Sequence[Refusal]) -> tuple[tuple[int, Problem], ...]:
    return tuple((refusal.index, refusal.problems[0]) for refusal in refusals)


def _problem(error: dict[str, Any]) -> Problem:
    return Problem(str(error.get("field", "")), str(error.get("value", "")), str(error.get("reason", "")))


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _explained(url: httpx2.URL, answer: httpx2.Response, body: dict[str, Any]) -> str:
    if answer.status_code == 401:
        return f"{url} lets nobody in without a token: give --token or SIGER_TOKEN (siger tokens issue makes one)"
    if answer.status_code == 403:
        return f"{url} does not let this token publish"
    said = body.get("detail") or body.get("title") or answer.reason_phrase
    return f"{url} answered {answer.status_code}: {said}"
