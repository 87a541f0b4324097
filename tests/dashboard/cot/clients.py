"""Clients of the CoT port: a real pytak, tablets with and without a certificate, and a house whose port is open."""

import asyncio
import configparser
import contextlib
import hashlib
import socket
import ssl
import warnings
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from dashboard.cot.port import CotPort
from dashboard.house import House
from feeds.clock import now_ms, utc_text

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses aiohttp, which it needs for another protocol
    import pytak


#: For what comes a moment later, on a machine that does other things, too.
PATIENCE_S = 15.0


def event(uid: str = "ANDROID-1", kind: str = "a-f-G-E-V-C", lon: float = 105.26, detail: str = "") -> bytes:
    at, stale = utc_text(now_ms()), utc_text(now_ms() + 60_000)
    return (
        f"<event version='2.0' uid='{uid}' type='{kind}' how='m-g' time='{at}' start='{at}' stale='{stale}'>"
        f"<point lat='-5.43' lon='{lon}' hae='0' ce='5' le='5'/><detail>{detail}</detail></event>"
    ).encode()


async def until(holds: Callable[[], Any], timeout_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.02)


Opened = tuple[CotPort, House, int]


class running:
    """A house that follows its log, with its CoT port open."""

    def __init__(self, app: FastAPI, number: int, settings: dict[str, Any]) -> None:
        house: House = app.state.house
        self.house = house
        for name, value in {"cot_port": number, **settings}.items():
            object.__setattr__(house.settings, name, value)
        self.number = number

    async def __aenter__(self) -> Opened:
        self.house.situation.listen(self.house.hub.note)  # as the app's own lifespan does
        self.port = CotPort(self.house)
        self.tasks = [asyncio.create_task(self.house.situation.run()), asyncio.create_task(self.port.run())]
        await until(self.house.situation.caught_up.is_set)
        await until(lambda: self._answers())
        if self.house.settings.cot_tls_cert is None:  # else who only looks whether it answers is no peer
            _, writer = await connect(self.number)
            await until(lambda: self.port.peers)
            writer.close()
            await until(lambda: not self.port.peers)
        return self.port, self.house, self.number

    async def __aexit__(self, *_error: object) -> None:
        await hang_up()
        for task in self.tasks:
            task.cancel()
        ends = await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.house.log.close()
        for end in ends:
            # Else a port that died would look like a silent one.
            if isinstance(end, Exception | BaseExceptionGroup):
                raise end

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.number)) == 0


@asynccontextmanager
async def real_pytak(url: str, **more: str) -> AsyncIterator[pytak.CLITool]:
    """A pytak that runs, closed behind: it does not close its own sockets."""
    config = configparser.ConfigParser()
    config["siger"] = {"COT_URL": url, "PYTAK_NO_HELLO": "1", **more}
    client = pytak.CLITool(config["siger"])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "ssl.OP_NO", DeprecationWarning)  # it sets them
        await client.setup()
    workers = list(client.tasks)
    running = asyncio.create_task(client.run())
    try:
        yield client
    finally:
        running.cancel()
        for task in client.running_tasks:
            task.cancel()
        await asyncio.gather(running, *client.running_tasks, return_exceptions=True)
        for writer in [worker.writer for worker in workers if hasattr(worker, "writer")]:
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await writer.wait_closed()


async def read_with(client: pytak.CLITool, wanted: Callable[[list[bytes]], bool]) -> list[bytes]:
    got: list[bytes] = []
    async with asyncio.timeout(PATIENCE_S):
        while not wanted(got):
            got.append(await client.rx_queue.get())
    return got


def uids(got: list[bytes]) -> list[str]:
    return [ET.fromstring(data).get("uid", "") for data in got if data]


_open: list[asyncio.StreamWriter] = []


async def connect(number: int, **more: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", number, **more)
    _open.append(writer)
    return reader, writer


async def hang_up() -> None:
    """Closes all connections of a test."""
    while _open:
        writer = _open.pop()
        writer.close()
        with contextlib.suppress(OSError, ssl.SSLError):
            await writer.wait_closed()


def tablet(certificates: Path, name: str | None = "client") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    context.check_hostname = False
    if name:
        context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    return context


def fingerprint(certificates: Path, name: str = "client") -> str:
    pem = (certificates / f"{name}.pem").read_text()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


async def is_closed(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(PATIENCE_S):
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            while await reader.read(1000):
                pass


async def heard(reader: asyncio.StreamReader) -> bytes:
    """The next event."""
    async with asyncio.timeout(PATIENCE_S):
        return await reader.readuntil(b"</event>")
