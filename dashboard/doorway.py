"""Lets devices in that cannot be told a path: Traccar's own senders ask for `?id=…` or `/?id=…` and nothing else.

`?id=…` is not a request target that HTTP knows, and the web server's parser refuses it; `DeviceHttp` puts the
missing slash in front. `DeviceDoor` then takes what stands at the root and names a device or a place to
`/ingest/osmand`, before anybody asks who may come in. Pages and their filters name neither, so nothing else
changes its way.

Nor can most of them send a header: a token may come as `token=…` in the address or as the password of a Basic log
in, and is passed on as what it is.
"""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.patience import PatientHttp

INGEST = "/ingest/"
OSMAND = "/ingest/osmand"

_NO_SLASH = re.compile(rb"(?:GET|POST|PUT) \?")
_NAMES_DEVICE = re.compile(rb"(?:^|&)(?:id|deviceid|lat|location)=[^&]")

_TOKEN = re.compile(rb"(?:^|&)token=([^&]*)")


class DeviceHttp(PatientHttp):
    """The web server's own protocol, for whom a request target may begin with its question mark."""

    def data_received(self, data: bytes) -> None:
        # Only where a request begins: a body may hold whatever it likes.
        is_between = self.cycle is None or not self.cycle.more_body
        if is_between and _NO_SLASH.match(data):
            data = data.replace(b" ?", b" /?", 1)
        super().data_received(data)


class DeviceDoor:
    """ASGI middleware, outside the gate."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scope["path"] in ("", "/") and _is_device(scope):
                scope = {**scope, "path": OSMAND, "raw_path": OSMAND.encode()}
            if scope["path"] == OSMAND and scope["method"] == "PUT":  # Traccar takes a fix by any method
                scope = {**scope, "method": "POST"}
            if scope["path"].startswith(INGEST):
                scope = _with_token(scope)
        await self.app(scope, receive, send)


def _is_device(scope: Scope) -> bool:
    return scope["method"] in ("POST", "PUT") or _NAMES_DEVICE.search(scope["query_string"]) is not None


def _with_token(scope: Scope) -> Scope:
    """The request with its token where programs carry it, and out of its address, which many write down."""
    headers = scope["headers"]
    given = next((value for name, value in headers if name == b"authorization"), b"")
    token = _password(given)
    query = scope["query_string"]
    if not given and (found := _TOKEN.search(query)):
        token = unquote_to_bytes(found[1])
        query = _TOKEN.sub(b"", query).lstrip(b"&")
    if not token:
        return scope
    others = [(name, value) for name, value in headers if name != b"authorization"]
    return {**scope, "headers": [*others, (b"authorization", b"Bearer " + token)], "query_string": query}


def _password(given: bytes) -> bytes:
    """The password of a Basic log in: apps that know only that are given the token for it."""
    scheme, _, told = given.partition(b" ")
    if scheme.lower() != b"basic":
        return b""
    try:
        return base64.b64decode(told.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
