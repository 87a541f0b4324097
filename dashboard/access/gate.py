"""The gate before everything: each request and each socket is refused here unless the table lets it in.

In this order: is it meant for us (Host), is there such a door (`routes`), does another site make a browser send it
(Origin), who is it (`doorkeeper`), is it too much (rate), may they (`rights`). What passes carries its admission;
whoever answers asks `caller_of`. Refusals are audited, few a minute from one address.
"""

import logging
from base64 import b64decode
from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from starlette.requests import HTTPConnection, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import callbacks as pages
from dashboard.access.bodies import BodyTooLarge, replayed
from dashboard.access.callbacks import Callback
from dashboard.access.desk import Access
from dashboard.access.doorkeeper import Admission, Credential
from dashboard.access.headers import Site, comes_from, host_name
from dashboard.access.limits import Bucket
from dashboard.access.register import digest_of_secret
from dashboard.access.rights import Caller
from dashboard.access.routes import CALLBACKS, OPEN, WRITING_GETS, is_page, right_for
from dashboard.api.problems import document
from feeds.log_errors import LogError

#: (burst, a second). A phone network may stand behind one address, a feed behind one token; people click slowly.
RATES: Final = {"anybody": (300.0, 50.0), "person": (400.0, 40.0), "token": (4_000.0, 1_000.0), "demo": (1e6, 1e6)}
#: Refusals that one address may have written to the audit.
AUDITED_REFUSALS: Final = (20.0, 0.2)
MOST_CALLBACK_BYTES: Final = 1 << 20
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "testclient"})
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
ADMISSION: Final = "siger.admission"
LOG_IN_FIRST: Final = 4401
NOT_ALLOWED: Final = 4403

log = logging.getLogger(__name__)
_current: ContextVar[Admission | None] = ContextVar("siger_admission", default=None)


class Refused(Exception):
    """The gate does not let a request in."""

    def __init__(
        self, status: int, title: str, detail: str, wait_s: float = 0.0, *, who: Caller | None = None
    ) -> None:
        self.status, self.title, self.detail, self.wait_s, self.who = status, title, detail, wait_s, who
        super().__init__(detail)


def admission_of(connection: HTTPConnection) -> Admission:
    """By what right a request or socket is here. Only the gate lets anything through without one: open doors."""
    admission = connection.scope.get(ADMISSION)
    assert isinstance(admission, Admission), f"no caller at {connection.url.path}"
    return admission


def caller_of(connection: HTTPConnection) -> Caller:
    """Who makes this request or holds this socket."""
    return admission_of(connection).caller


def current_caller() -> Caller:
    """Who makes the request that is being answered; for Dash's callbacks, which see no request."""
    admission = _current.get()
    assert admission is not None, "asked outside a request"
    return admission.caller


def origin_of(connection: HTTPConnection) -> str:
    """The address that a request comes from, for the audit."""
    return _origin(connection.scope)


class Gate:
    """ASGI middleware; the outermost one."""

    def __init__(
        self, app: ASGIApp, access: Access, headers: dict[str, str], callbacks: Mapping[str, Callback]
    ) -> None:
        self.app = app
        self.access = access
        self._callbacks = callbacks
        self._headers = tuple((name.encode(), value.encode()) for name, value in headers.items())
        self._unstored = (*self._headers, (b"cache-control", b"no-store"))
        self._own = frozenset(name for name, _ in self._unstored)
        self._is_ours = lru_cache(maxsize=1024)(lambda host: access.answers_to(host_name(host.decode("latin-1"))))
        self._buckets = {kind: Bucket(*rate) for kind, rate in RATES.items()}
        self._refusals = Bucket(*AUDITED_REFUSALS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        answered: list[int] = []
        if scope["type"] == "http":
            send = self._with_headers(send, scope["path"], answered)
        try:
            admission = await self._let_in(scope)
            if scope["path"] == "/_dash-update-component":
                receive = await self._callback(receive, admission)
        except Refused as refusal:
            await self._refuse(refusal, scope, receive, send)
        else:
            await self._pass(admission, scope, receive, send)
            if 403 in answered:
                await self._note_refusal(admission.caller if admission else None, 403, scope)

    async def _pass(self, admission: Admission | None, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ADMISSION] = admission
        token = _current.set(admission)
        try:
            await self.app(scope, receive, send)
        finally:
            _current.reset(token)

    async def _let_in(self, scope: Scope) -> Admission | None:
        headers = _said(scope)
        method, path = "WS" if scope["type"] == "websocket" else str(scope["method"]), scope["path"]
        origin = _origin(scope)
        # A name that leads to this machine by somebody else's name service would make us their page's own site.
        if not self._is_ours(headers.get(b"host", b"")) and origin != "testclient":
            raise Refused(421, "Not our name", "Siger does not answer to this Host.")
        right = right_for(method, path)
        if right is None:
            raise Refused(404, "Not found", "There is nothing here.")
        changes = method == "WS" or method not in SAFE or path.startswith(WRITING_GETS)
        credential = _credential(headers, self.access.cookie)
        has_token = credential is not None and credential.kind == "token"
        if changes and not has_token and _site(headers, self.access.settings.public_url) == "cross":
            raise Refused(403, "Another site's request", "A page of another site made the browser send this.")
        admission = await self._admission(credential, origin, used=method != "WS" and right != OPEN)
        self._rate(admission, origin)
        if right == OPEN:
            return admission
        if admission is None:
            raise Refused(401, "Log in first", "Siger shows nothing without log in.")
        if not admission.caller.may(right):
            raise Refused(
                403, "Not allowed", f"Role {admission.caller.role} may not do this ({right}).", who=admission.caller
            )
        if admission.must_change and is_page(method, path):
            raise Refused(428, "Change the password", "Change the first password at /sandi before anything else.")
        return admission

    async def _admission(self, credential: Credential | None, origin: str, *, used: bool) -> Admission | None:
        try:
            found = await self.access.doorkeeper.admit(credential, used=used) if credential else None
        except LogError as error:
            raise Refused(503, "The log does not answer", f"Nobody new can come in: {error}", wait_s=2) from error
        if found is not None or (credential is not None and credential.kind == "token"):
            return found
        return self.access.demo if origin in LOOPBACK else None

    def _rate(self, admission: Admission | None, origin: str) -> None:
        kind, key = ("anybody", origin) if admission is None else (admission.caller.kind, admission.caller.name)
        wait_s = self._buckets[kind].take(key)
        if wait_s:
            raise Refused(429, "Too many requests", f"Wait {wait_s:.1f} s.", wait_s)

    async def _callback(self, receive: Receive, admission: Admission | None) -> Receive:
        try:
            body, again = await replayed(receive, MOST_CALLBACK_BYTES)
        except BodyTooLarge as error:
            raise Refused(413, "Body too large", str(error)) from error
        asked = pages.read(body)
        output = str(asked.get("output", ""))
        right = CALLBACKS.get(output)
        if right is None:
            log.warning("callback %.200r has no rule in dashboard/access/routes.py", output)
            raise Refused(404, "Not found", "There is no such callback.")
        if admission is None or not admission.caller.may(right):
            raise Refused(403, "Not allowed", f"This role may not do this ({right}).")
        if not self._callbacks[output].is_asked_by(asked):
            raise Refused(400, "Not a page's request", f"Callback {output} is not asked like this.")
        return again

    async def _refuse(self, refusal: Refused, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal.status in (401, 403):
            await self._note_refusal(refusal.who, refusal.status, scope)
        if scope["type"] == "websocket":
            await receive()
            code = LOG_IN_FIRST if refusal.status == 401 else NOT_ALLOWED
            await send({"type": "websocket.close", "code": code, "reason": refusal.title})
            return
        await _answer(refusal, HTTPConnection(scope))(scope, receive, send)

    async def _note_refusal(self, who: Caller | None, status: int, scope: Scope) -> None:
        origin = _origin(scope)
        if not self._refusals.take(origin):
            await self.access.note_refusal(who, scope, status, origin)

    def _with_headers(self, send: Send, path: str, answered: list[int]) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.append(message["status"])
                given = message.get("headers", ())
                more = self._headers if right_for("GET", path) == OPEN and path != "/masuk" else self._unstored
                said = {name for name, _ in given}
                if not self._own.isdisjoint(said):
                    more = tuple(pair for pair in more if pair[0] not in said)
                message["headers"] = [*given, *more]
            await send(message)

        return sent


def _answer(refusal: Refused, connection: HTTPConnection) -> Response:
    wants_page = "text/html" in connection.headers.get("accept", "")
    if refusal.status in (401, 428) and wants_page and connection.scope["method"] == "GET":
        page = "/masuk" if refusal.status == 401 else "/sandi"
        return RedirectResponse(f"{page}?kembali={quote(connection.url.path, safe='')}", 303)
    answer = document(refusal.status, refusal.title, refusal.detail)
    if refusal.wait_s:
        answer.headers["retry-after"] = str(max(1, round(refusal.wait_s)))
    if refusal.status == 401:
        answer.headers["www-authenticate"] = 'Bearer realm="siger"'
    return answer


def _said(scope: Scope) -> Mapping[bytes, bytes]:
    """A request's headers, the first of each name: made once, since Starlette goes through them all for each."""
    return dict(reversed(scope["headers"]))


def _origin(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _site(headers: Mapping[bytes, bytes], public_url: str | None) -> Site:
    told = {
        name: headers[name.encode()] for name in ("host", "origin", "sec-fetch-site") if name.encode() in headers
    }
    return comes_from({name: value.decode("latin-1") for name, value in told.items()}, public_url)


def _credential(headers: Mapping[bytes, bytes], session_cookie: str) -> Credential | None:
    scheme, _, secret = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if secret.strip():  # a scheme without a secret, as scripts send it with an empty variable, says nothing
        return Credential("token", digest_of_secret(_token_of(scheme.lower(), secret.strip())))
    cookies = headers.get(b"cookie")
    cookie = cookie_parser(cookies.decode("latin-1")).get(session_cookie) if cookies else None
    return Credential("session", digest_of_secret(cookie)) if cookie else None


def _token_of(scheme: str, secret: str) -> str:
    """The token in an Authorization header: as Bearer, or as the password of Basic, which phones know."""
    if scheme == "basic":
        try:
            return b64decode(secret, validate=True).decode().partition(":")[2]
        except ValueError:
            return ""
    return secret if scheme == "bearer" else ""
