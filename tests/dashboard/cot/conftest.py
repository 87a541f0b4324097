"""A house with its CoT port open, and certificates for it."""

import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from dashboard.cot import port as ports
from tests.dashboard.cot.clients import Opened, running


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "SEND_EVERY_S", 0.05)
    monkeypatch.setattr(ports, "GRACE_S", 0.1)
    monkeypatch.setattr(ports, "RIGHTS_EVERY_S", 0.05)


@pytest.fixture
async def opened(app: FastAPI, unused_port: int) -> AsyncIterator[Opened]:
    async with running(app, unused_port, {}) as found:
        yield found


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little authority, the server's certificate and a client's, by openssl."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
        "-subj",
        "/CN=Uji CA",
        "-addext",  # clients on Python 3.13 ask for it
        "keyUsage=critical,keyCertSign,cRLSign",
        "-days",
        "2",
    )
    (folder / "names").write_text("subjectAltName=DNS:localhost\nauthorityKeyIdentifier=keyid")
    for name, subject in (("server", "/CN=localhost"), ("client", "/CN=tablet-7")):
        key = ("-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key")
        openssl("req", *key, "-out", f"{name}.csr", "-subj", subject)
        signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2")
        openssl("x509", "-req", "-in", f"{name}.csr", *signed, "-out", f"{name}.pem")
    return folder


@pytest.fixture
def tls(certificates: Path) -> dict[str, Any]:
    return {
        "cot_tls_cert": certificates / "server.pem",
        "cot_tls_key": certificates / "server.key",
        "cot_tls_ca": certificates / "ca.pem",
    }
