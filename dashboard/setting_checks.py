"""What settings must hold to be of use, said before anything starts; no error repeats a secret."""

from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from feeds.log_connection import is_address


def folder(path: Path | None) -> Path | None:
    """`path`, if it is a folder or can become one. Raises `ValueError`."""
    if path is not None and path.exists() and not path.is_dir():
        raise ValueError("is a file; a folder is needed")
    return path


def site(address: str | None) -> str | None:
    """`address`, if it is a site's own: scheme and host, perhaps a port. Raises `ValueError`."""
    if address is None:
        return None
    parts = _web(address)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be scheme and host alone, such as https://siger.example.go.id")
    return address


def web_address(address: str | None) -> str | None:
    """`address`, if something can be fetched there. Raises `ValueError`."""
    if address is not None:
        _web(address)
    return address


def log_address(url: SecretStr | None) -> SecretStr | None:
    """`url`, if a log server can be looked for there. Raises `ValueError`, which does not repeat its password."""
    if url is not None and not is_address(url.get_secret_value()):
        raise ValueError("must be such as redis://host:6379/0, rediss:// for TLS, or unix:///path")
    return url


def _web(address: str) -> SplitResult:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError("must be an address such as https://siger.example.go.id")
    return parts
