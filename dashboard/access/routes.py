"""What each door asks for: every route and every callback with the right that it needs, in one table.

A door that is not in the table is shut: a new route or callback without a line here answers 404 to everybody, and
`tests/dashboard/test_rights_doors.py` fails.
"""

import re
from functools import lru_cache
from typing import Final, Literal

from dashboard.access.rights import Right

Open = Literal["open"]
OPEN: Final = "open"

# fmt: off
ROUTES: Final[tuple[tuple[str, str, Right | Open], ...]] = (
    ("GET",  "/healthz",                              OPEN),
    ("GET",  "/readyz",                               OPEN),
    ("GET",  "/metrics",                              "metrics"),
    # code and words, the same for everybody: the log in page needs them
    ("GET",  "/assets/{file:path}",                   OPEN),
    ("GET",  "/geo/{file:path}",                      OPEN),
    ("GET",  "/text.js",                              OPEN),
    ("GET",  "/_favicon.ico",                         OPEN),
    ("GET",  "/_dash-component-suites/{file:path}",   OPEN),
    # coming and going
    ("GET",  "/masuk",                                OPEN),
    ("POST", "/masuk",                                OPEN),
    ("POST", "/keluar",                               OPEN),
    ("GET",  "/sandi",                                "account"),
    ("POST", "/sandi",                                "account"),
    ("GET",  "/api/v1/me",                            "terms"),
    # pages; whatever is not named elsewhere is a page too, the one that says so
    ("GET",  "/",                                     "read"),
    ("GET",  "/posko",                                "read"),
    ("GET",  "/analisis",                             "read"),
    ("GET",  "/peringatan",                           "read"),
    ("GET",  "/prakiraan",                            "read"),
    ("GET",  "/perbandingan",                         "read"),
    ("GET",  "/angka-model",                          "read"),
    ("GET",  "/_dash-layout",                         "read"),
    ("GET",  "/_dash-dependencies",                   "read"),
    ("POST", "/_dash-update-component",               "read"),
    # the picture
    ("GET",  "/api/v1/incidents",                     "read"),
    ("GET",  "/api/v1/incidents/{id}",                "read"),
    ("GET",  "/api/v1/incidents/{id}/history",        "detail"),
    ("GET",  "/api/v1/incidents/{id}/reporter",       "identity"),
    ("GET",  "/api/v1/units",                         "read"),
    ("GET",  "/api/v1/units/{id}",                    "read"),
    ("GET",  "/api/v1/units/{id}/track",              "read"),
    ("GET",  "/api/v1/levels",                        "read"),
    ("GET",  "/api/v1/levels/parameters",             "terms"),
    ("GET",  "/api/v1/levels/curves",                 "read"),
    ("GET",  "/api/v1/levels/{code}",                 "read"),
    ("GET",  "/api/v1/readiness",                     "read"),
    ("GET",  "/api/v1/alarms",                        "read"),
    ("POST", "/api/v1/alarms/{id}/seen",              "level"),
    ("GET",  "/api/v1/forecast",                      "read"),
    ("GET",  "/api/v1/indices",                       "read"),
    ("GET",  "/api/v1/tps",                           "read"),
    ("GET",  "/api/v1/tps/{id}",                      "read"),
    ("GET",  "/api/v1/areas/{code}/tps",              "read"),
    ("GET",  "/api/v1/layers/tps",                    "read"),
    ("GET",  "/api/v1/layers/tps/{version}",          "read"),
    ("GET",  "/api/v1/picture",                       "read"),
    ("GET",  "/api/v1/sources",                       "audit"),
    ("PUT",  "/api/v1/sources/{name}",                "sources"),
    ("POST", "/api/v1/beats",                         "report"),
    ("GET",  "/api/v1/refused",                       "audit"),
    ("POST", "/api/v1/refused/{id}/resend",           "resend"),
    ("GET",  "/api/v1/areas",                         "terms"),
    ("GET",  "/api/v1/areas/find",                    "terms"),
    ("GET",  "/api/v1/areas/download",                "terms"),
    ("GET",  "/api/v1/areas/{code}",                  "terms"),
    ("GET",  "/api/v1/basemap",                       "terms"),
    ("GET",  "/tiles/{z}/{x}/{y}",                    "terms"),
    ("GET",  "/api/v1/taxonomy",                      "terms"),
    ("GET",  "/api/v1/openapi.json",                  "terms"),
    ("WS",   "/live",                                 "read"),
    # writing; which action on which incident is asked where the action is known
    ("POST", "/api/v1/incidents",                     "report"),
    ("POST", "/api/v1/incidents/{id}/events",         "read"),
    ("POST", "/api/v1/levels/parameters",             "tune"),
    ("POST", "/api/v1/levels/{code}/override",        "level"),
    ("POST", "/api/v1/readiness",                     "level"),
    ("POST", "/api/v1/positions",                     "position"),
    # other programs' protocols
    ("GET",  "/ingest/osmand",                        "position"),
    ("POST", "/ingest/osmand",                        "position"),
    ("GET",  "/ingest/gpslogger",                     "position"),
    ("POST", "/ingest/gpslogger",                     "position"),
    ("POST", "/ingest/owntracks",                     "position"),
    ("GET",  "/ingest/sms",                           "report"),
    ("POST", "/ingest/sms",                           "report"),
    ("POST", "/ingest/cap",                           "report"),
    ("GET",  "/cap/feed.xml",                         "read"),
    ("GET",  "/cap/{id}",                             "detail"),
    ("GET",  "/api/v1/incidents/{id}/duplicates",     "read"),
    ("GET",  "/ogc",                                  "terms"),
    ("GET",  "/ogc/",                                 "terms"),
    ("GET",  "/ogc/api",                              "terms"),
    ("GET",  "/ogc/conformance",                      "terms"),
    ("GET",  "/ogc/collections",                      "terms"),
    ("GET",  "/ogc/collections/{layer}",              "terms"),
    ("GET",  "/ogc/collections/{layer}/items",        "read"),
    ("GET",  "/ogc/collections/{layer}/items/{id}",   "read"),
)

#: Dash's callbacks by what they write to.
CALLBACKS: Final[dict[str, Right]] = {
    "..page.children...names.data..": "read",
    "..url.search...filter.data..": "read",
    "found.data": "read",
}
# fmt: on

#: Doors of a library that Siger does not use. They are shut, and known to be.
SHUT: Final = (("GET", "/_reload-hash"), ("WS", "/_dash-ws-callback"))
#: Below these, what is not in the table does not exist; elsewhere it is a page that says "no such page".
NOT_PAGES: Final = ("/api/", "/ogc", "/ingest", "/_", "/live", "/tiles")
#: Doors through which a GET writes: they are guarded like a POST.
WRITING_GETS: Final = ("/ingest/",)


def _pattern(path: str) -> re.Pattern[str]:
    text = re.sub(r"\\\{\w+:path\\\}", ".*", re.escape(path))
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", text))


_PLAIN: Final = {(method, path): right for method, path, right in ROUTES if "{" not in path}
_PATTERNS: Final = tuple((method, _pattern(path), right) for method, path, right in ROUTES if "{" in path)


@lru_cache(maxsize=4096)
def right_for(method: str, path: str) -> Right | Open | None:
    """What a request needs; None where the door is shut to everybody."""
    method = "GET" if method == "HEAD" else method
    known = _PLAIN.get((method, path))
    if known is not None:
        return known
    for its_method, pattern, right in _PATTERNS:
        if its_method == method and pattern.fullmatch(path):
            return right
    return "read" if method == "GET" and not path.startswith(NOT_PAGES) else None


def is_page(method: str, path: str) -> bool:
    """Whether a person's first password must be changed before this: the pages and what they do, not the API."""
    if path.startswith("/_dash-update"):
        return True
    return method == "GET" and right_for(method, path) == "read" and not path.startswith(NOT_PAGES)
