"""The headers that every answer carries, and what a request's own headers say about where it comes from. Pure.

The content security policy allows scripts of ours alone: no inline script but Dash's one-line start, by its hash,
and no `eval`. Styles may be inline: Leaflet and Dash set them on elements.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import urlsplit

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})

_PLAIN: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS: Final = "max-age=31536000"

Site = Literal["same", "none", "cross"]


def security_headers(script_hashes: Sequence[str], *, https: bool, tile_host: str | None = None) -> dict[str, str]:
    """The headers for every answer.

    `script_hashes` are those of the inline scripts that may run; `tile_host` is the one host outside that the base
    map's pictures may come from.
    """
    policy = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *script_hashes)),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob: {tile_host or ''}".rstrip(),
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    headers = {**_PLAIN, "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items())}
    return {**headers, "strict-transport-security": _HSTS} if https else headers


@lru_cache(maxsize=1024)
def host_name(host: str) -> str:
    """The name in a Host header, without its port: "[::1]:8050" is "::1"; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def comes_from(headers: Mapping[str, str], public_url: str | None) -> Site:
    """Whose page made this request, as its browser says: "none" where no page did (or no browser)."""
    fetch_site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    if origin is not None:
        # Browsers write both in lower case and without default ports; whatever reads otherwise is none of theirs.
        own = {f"{scheme}://{headers.get('host', '')}" for scheme in ("http", "https")}
        if public_url is not None:
            own.add(public_url.rstrip("/"))
        return "same" if origin in own else "cross"
    if fetch_site in (None, "none"):
        return "none"
    return "same" if fetch_site == "same-origin" else "cross"
