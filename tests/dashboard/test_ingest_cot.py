"""The CoT port with real clients: a pytak that sends and reads, senders that are slow, rude, or say nothing."""

import asyncio
import configparser
import contextlib
import hashlib
import socket
import ssl
import subprocess
import warnings
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from uvicorn.loops.auto import auto_loop_factory

from dashboard.access.rights import Role
from dashboard.app import create_app
from dashboard.cot import peer as peers
from dashboard.cot import port as ports
from dashboard.cot import taking
from dashboard.cot.port import CotPort
from dashboard.house import House
from dashboard.settings import Settings
from feeds.clock import now_ms, utc_text
from feeds.inbound import cot_stream
from feeds.inbound.reading import Reading
from feeds.log import EventLog
from tests.dashboard.people import BY_TEST

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it misses aiohttp, which it needs for another protocol
    import pytak


def event(uid: str = "ANDROID-1", kind: str = "a-f-G-E-V-C", lon: float = 105.26, detail: str = "") -> bytes:
    at, stale = utc_text(now_ms()), utc_text(now_ms() + 60_000)
    return (
        f"<event version='2.0' uid='{uid}' type='{kind}' how='m-g' time='{at}' start='{at}' stale='{stale}'>"
        f"<point lat='-5.43' lon='{lon}' hae='0' ce='5' le='5'/><detail>{detail}</detail></event>"
    ).encode()


async def until(holds: Callable[[], Any], timeout_s: float = 8.0) -> None:
    async with asyncio.timeout(timeout_s):
        while not holds():
            await asyncio.sleep(0.02)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "SEND_EVERY_S", 0.05)
    monkeypatch.setattr(ports, "GRACE_S", 0.1)
    monkeypatch.setattr(ports, "RIGHTS_EVERY_S", 0.05)


Opened = tuple[CotPort, House, int]


@pytest.fixture
async def opened(app: FastAPI, unused_port: int) -> AsyncIterator[Opened]:
    async with running(app, unused_port, {}) as found:
        yield found


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


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@asynccontextmanager
async def real_pytak(url: str, **more: str) -> AsyncIterator[pytak.CLITool]:
    """A pytak that runs, closed behind: it does not close its own sockets."""
    config = configparser.ConfigParser()
    config["siger"] = {"COT_URL": url, "PYTAK_NO_HELLO": "1", **more}
    client = pytak.CLITool(config["siger"])
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
    async with asyncio.timeout(8):
        while not wanted(got):
            got.append(await client.rx_queue.get())
    return got


def uids(got: list[bytes]) -> list[str]:
    return [ET.fromstring(data).get("uid", "") for data in got if data]


async def test_a_real_pytak_sends_positions_and_incidents_and_reads_both_back(opened: Opened) -> None:
    _, house, number = opened
    await house.intake.positions(
        [
            {
                "unit": "POLRES-7",
                "observed_at": utc_text(now_ms()),
                "lon": 105.3,
                "lat": -5.4,
                "callsign": "SAMAPTA 7",
            }
        ],
        source="test",
    )
    async with real_pytak(f"tcp://127.0.0.1:{number}") as client:
        for data in (event(), event("EM-1", "b-a-o-tbl")):
            await client.tx_queue.put(data)
        got = await read_with(
            client,
            lambda got: "siger.unit.POLRES-7" in uids(got) and any("incident" in uid for uid in uids(got)),
        )
    assert house.picture.units["ANDROID-1"].source == "cot"
    (incident,) = house.picture.incidents.values()
    assert (incident.report.external_id, incident.report.severity) == ("EM-1", 5)
    assert "ANDROID-1" not in uids(got), "a tablet is not told where it is itself"
    unit = next(ET.fromstring(data) for data in got if b"siger.unit.POLRES-7" in data)
    contact = unit.find("detail/contact")
    assert contact is not None
    assert contact.get("callsign") == "SIMULASI SAMAPTA 7"


async def test_a_real_pytak_speaking_protobuf_is_understood(opened: Opened) -> None:
    _, house, number = opened
    async with real_pytak(f"tcp://127.0.0.1:{number}", TAK_PROTO="1") as client:
        await client.tx_queue.put(event("PROTO-1"))
        await until(lambda: "PROTO-1" in house.picture.units)
        seen = {"unit": "POLRES-7", "observed_at": utc_text(now_ms()), "lon": 105.3, "lat": -5.4}
        await house.intake.positions([seen], source="test")
        message = await asyncio.wait_for(client.rx_queue.get(), 5)
        assert message.cotEvent.uid == "siger.unit.POLRES-7", "it reads no XML but as takproto takes it"
    assert house.picture.units["PROTO-1"].lon == 105.26


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


async def test_a_one_shot_sender_that_closes_at_once_is_heard(opened: Opened) -> None:
    _, house, number = opened
    for index in range(20):
        _, writer = await connect(number)
        writer.write(event(f"SHOT-{index}"))
        writer.close()
    await until(lambda: sum(name.startswith("SHOT-") for name in house.picture.units) == 20)


async def test_tablets_see_each_other_under_their_own_uid_and_do_not_echo(opened: Opened) -> None:
    _, _house, number = opened
    first_reader, first = await connect(number)
    second_reader, second = await connect(number)
    first.write(event("A-1"))
    second.write(event("B-1"))
    seen = await asyncio.wait_for(first_reader.readuntil(b"</event>"), 5)
    assert b'uid="B-1"' in seen
    assert b'uid="A-1"' in await asyncio.wait_for(second_reader.readuntil(b"</event>"), 5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(first_reader.readuntil(b"</event>"), 0.5)


async def test_a_closed_incident_is_taken_off_the_tablet(opened: Opened) -> None:
    _, house, number = opened
    item = {
        "occurred_at": utc_text(now_ms()),
        "category": "banjir",
        "severity": 4,
        "title": "Banjir",
        "lon": 105.2,
        "lat": -5.4,
    }
    batch = await house.intake.incidents([item], source="test")
    await until(lambda: batch.taken[0].id in house.picture.incidents)
    reader, _writer = await connect(number)
    first = ET.fromstring(await asyncio.wait_for(reader.readuntil(b"</event>"), 5))
    await house.intake.act(house.picture.incidents[batch.taken[0].id], {"type": "resolve"}, source="test")
    last = ET.fromstring(await asyncio.wait_for(reader.readuntil(b"</event>"), 5))
    assert first.get("uid") == last.get("uid") == f"siger.incident.{batch.taken[0].id}"
    assert str(first.get("stale")) > str(first.get("time"))
    assert last.get("stale") == last.get("time")


async def test_an_alarm_after_the_last_one_was_closed_is_another_one(opened: Opened) -> None:
    _, house, number = opened
    _, writer = await connect(number)
    link = "<link uid='ANDROID-7' type='a-f-G-U-C' relation='p-p'/>"

    async def cry() -> None:
        writer.write(event("ANDROID-7-9-1-1", "b-a-o-tbl", detail=link))
        await asyncio.sleep(0.15)

    for wanted in (1, 2):
        for _ in range(2):
            await cry()
        await until(lambda n=wanted: len(house.picture.incidents) == n)
        found = max(house.picture.incidents.values(), key=lambda one: one.event_id)
        assert found.report.reporter_unit == "ANDROID-7"
        await house.intake.act(found, {"type": "resolve"}, source="test")
        await until(lambda name=found.id: house.picture.incidents[name].status == "selesai")
    assert len(house.picture.incidents) == 2


async def test_a_secret_incident_does_not_go_out(opened: Opened) -> None:
    _, house, number = opened
    item = {
        "occurred_at": utc_text(now_ms()),
        "category": "netralitas",
        "severity": 4,
        "title": "Camat",
        "area": "180701",
        "sensitivity": "restricted",
    }
    await house.intake.incidents([item], source="test")
    await until(lambda: house.picture.incidents)
    reader, _writer = await connect(number)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.readuntil(b"</event>"), 0.5)


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"<event>" + b"x" * cot_stream.MOST_BYTES, b"\xbf" + b"\xff" * 12]
)
async def test_a_rude_sender_is_shown_out_and_the_others_stay(opened: Opened, data: bytes) -> None:
    port, house, number = opened
    _, good = await connect(number)
    reader, bad = await connect(number)
    bad.write(data)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 5)
    good.write(event("GOOD-1"))
    await until(lambda: "GOOD-1" in house.picture.units)
    assert len(port.peers) == 1


async def test_a_message_that_does_not_end_closes_its_connection(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, number = opened
    monkeypatch.setattr(peers, "SLOW_AFTER_S", 0.2)
    reader, writer = await connect(number)
    for byte in b"<event uid='slow'":
        writer.write(bytes((byte,)))
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 5)


async def test_a_tablet_that_does_not_read_costs_no_memory_and_gets_the_newest_state(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, house, number = opened
    monkeypatch.setattr(peers, "MOST_UNREAD_BYTES", 50_000)
    reader, writer = await connect(number, limit=2**16)
    transport = writer.transport
    transport.pause_reading()
    await until(lambda: len(port.peers) == 1)
    (peer,) = port.peers
    for step in range(12):
        positions = [
            {"unit": f"U-{n}", "observed_at": utc_text(now_ms()), "lon": 105 + step / 100, "lat": -5.4}
            for n in range(500)
        ]
        await house.intake.positions(positions, source="test")
        await asyncio.sleep(0.05)
    assert peer.transport is not None
    assert peer.transport.get_write_buffer_size() < 60_000
    assert len(peer.units) <= 500
    transport.resume_reading()
    last: dict[str, str] = {}
    while len(last) < 500 or set(last.values()) != {"105.110000"}:
        root = ET.fromstring(await asyncio.wait_for(reader.readuntil(b"</event>"), 5))
        point = root.find("point")
        assert point is not None
        last[str(root.get("uid"))] = str(point.get("lon"))


async def test_the_port_closes_though_a_tablet_does_not_read(
    app: FastAPI, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "MOST_UNREAD_BYTES", 8_000_000)
    async with running(app, unused_port, {}) as (port, house, number):
        _, writer = await connect(number, limit=2**16)
        writer.transport.pause_reading()
        await until(lambda: len(port.peers) == 1)
        (peer,) = port.peers
        assert peer.transport is not None
        async with asyncio.timeout(10):
            while peer.transport.get_write_buffer_size() < 100_000:  # the system takes some megabytes by itself
                positions = [
                    {"unit": f"U-{n}", "observed_at": utc_text(now_ms()), "lon": 105, "lat": -5.4}
                    for n in range(5_000)
                ]
                await house.intake.positions(positions, source="test")
                await asyncio.sleep(0.1)
    assert peer.transport is None


async def test_a_flood_waits_outside_while_the_log_is_away(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    port, house, number = opened
    monkeypatch.setattr(taking, "HIGH", 50)
    monkeypatch.setattr(taking, "LOW", 10)
    gate = asyncio.Event()
    take = house.intake.positions

    async def slow(*args: Any, **kwargs: Any) -> Any:
        await gate.wait()
        return await take(*args, **kwargs)

    monkeypatch.setattr(type(house.intake), "positions", lambda _self, *args, **kwargs: slow(*args, **kwargs))
    _, writer = await connect(number)
    writer.write(b"".join(event(f"F-{n}") for n in range(6_000)))
    await asyncio.sleep(0.5)
    assert port._taking.waiting.qsize() < 2_000, "what was read before reading stopped, and no more"
    gate.set()
    await until(lambda: sum(name.startswith("F-") for name in house.picture.units) == 6_000, timeout_s=30)


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


@pytest.fixture
def real(log_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> FastAPI:
    """A Siger that is no demonstration."""
    settings = Settings(mode="serve", data_dir=tmp_path)
    return create_app(settings, EventLog.open(log_url, prefix=f"test-{request.node.name}"))


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
    async with asyncio.timeout(5):
        with contextlib.suppress(ssl.SSLError, ConnectionError):
            while await reader.read(1000):
                pass


@pytest.mark.filterwarnings("ignore:ssl.OP_NO:DeprecationWarning")  # pytak sets them
async def test_tls_lets_in_whose_certificate_stands_for_a_token_and_names_them(
    real: FastAPI, unused_port: int, tls: dict[str, Any], certificates: Path
) -> None:
    async with running(real, unused_port, tls) as (port, house, number):
        reader, _ = await connect(number, ssl=tablet(certificates, None))
        with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        assert not port.peers, "who was not let in takes nobody's place"
        reader, writer = await connect(number, ssl=tablet(certificates))
        writer.write(event("UNKNOWN-1"))
        await is_closed(reader)
        register = house.access.register
        await register.issue(BY_TEST, "tablet-7", "satwil", ("1871",), fingerprint(certificates))
        house.access.doorkeeper.look_again()
        async with real_pytak(
            f"tls://localhost:{number}",
            PYTAK_TLS_CLIENT_CERT=str(certificates / "client.pem"),
            PYTAK_TLS_CLIENT_KEY=str(certificates / "client.key"),
            PYTAK_TLS_CLIENT_CAFILE=str(certificates / "ca.pem"),
        ) as client:
            await client.tx_queue.put(event("TLS-1"))
            await until(lambda: "TLS-1" in house.picture.units)
        entries = await house.log.read()
        assert (entries[-1].event.actor, entries[-1].event.source) == ("tablet-7", "tablet-7")  # type: ignore[union-attr]
        assert "UNKNOWN-1" not in house.picture.units
        assert [
            link
            async for link in house.access.audit.links()
            if b"certificate" in link.body and b"refused" in link.body
        ]


async def test_a_tablet_writes_and_sees_its_own_area_until_its_token_is_revoked(
    real: FastAPI, unused_port: int, tls: dict[str, Any], certificates: Path
) -> None:
    inside, outside = (105.26, -5.43), (104.6, -5.49)  # Bandar Lampung, Tanggamus

    def item(title: str, at: tuple[float, float], **more: Any) -> dict[str, Any]:
        lon, lat = at
        told = {"occurred_at": utc_text(now_ms()), "category": "curat", "severity": 4, "title": title}
        return {**told, "lon": lon, "lat": lat, **more}

    async with running(real, unused_port, tls) as (_, house, number):
        register = house.access.register
        await register.issue(BY_TEST, "tablet-7", "satwil", ("1871",))
        await register.certify(BY_TEST, "tablet-7", fingerprint(certificates))
        house.access.doorkeeper.look_again()
        reports = [
            item("di-dalam", inside),
            item("di-luar", outside),
            item("rahasia", inside, sensitivity="restricted"),
        ]
        batch = await house.intake.incidents(reports, source="test")
        units = [
            {"unit": name, "observed_at": utc_text(now_ms()), "lon": lon, "lat": lat}
            for name, (lon, lat) in (("U-IN", inside), ("U-OUT", outside))
        ]
        await house.intake.positions(units, source="test")
        await until(lambda: len(house.picture.incidents) == 3 and len(house.picture.units) == 2)
        reader, writer = await connect(number, ssl=tablet(certificates))
        writer.write(event("T-FAR", lon=104.6) + event("T-NEAR") + event("EM-FAR", "b-a-o-tbl", lon=104.6))
        await until(lambda: "T-NEAR" in house.picture.units)
        got = b""
        async with asyncio.timeout(5):
            while b"rahasia" not in got or b"di-dalam" not in got or b"U-IN" not in got:
                got += await reader.readuntil(b"</event>")
        assert b"di-luar" not in got
        assert b"U-OUT" not in got
        assert "T-FAR" not in house.picture.units
        assert len(house.picture.incidents) == 3, "an alarm from outside its area is refused"
        refused = await house.refused.newest(limit=10)
        assert {(one.source, one.road) for one in refused} == {("tablet-7", "position"), ("tablet-7", "incident")}
        moved = {"type": "correct", "correction": {"lon": outside[0], "lat": outside[1]}}
        await house.intake.act(house.picture.incidents[batch.taken[0].id], moved, source="test")
        async with asyncio.timeout(5):
            while b"__forcedelete" not in (last := await reader.readuntil(b"</event>")):
                pass
        assert batch.taken[0].id.encode() in last
        assert b"di-dalam" not in last
        await register.revoke(BY_TEST, "tablet-7")
        await is_closed(reader)


@pytest.mark.parametrize(("role", "sees"), [("sumber", False), ("layar", True)])
async def test_a_source_sees_nothing_and_a_wall_sends_nothing_and_gets_no_names(
    real: FastAPI, unused_port: int, tls: dict[str, Any], certificates: Path, role: Role, sees: bool
) -> None:
    async with running(real, unused_port, tls) as (_, house, number):
        await house.access.register.issue(BY_TEST, "satu", role, (), fingerprint(certificates))
        known = {
            "unit": "U-1",
            "observed_at": utc_text(now_ms()),
            "lon": 105.2,
            "lat": -5.4,
            "callsign": "IPDA ANI",
        }
        await house.intake.positions([known], source="test")
        await until(lambda: house.picture.units)
        reader, writer = await connect(number, ssl=tablet(certificates))
        writer.write(event("SENT-1"))
        if sees:
            seen = await asyncio.wait_for(reader.readuntil(b"</event>"), 5)
            assert b"U-1" in seen
            assert b"IPDA" not in seen
            assert "SENT-1" not in house.picture.units
        else:
            await until(lambda: "SENT-1" in house.picture.units)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.readuntil(b"</event>"), 0.4)


async def test_who_never_agrees_on_tls_takes_no_place(
    real: FastAPI, unused_port: int, tls: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "HANDSHAKE_S", 0.3)
    async with running(real, unused_port, tls) as (port, _, number):
        reader, _writer = await connect(number)
        await is_closed(reader)
        assert not port.peers


Given = dict[str, Any]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"cot_host": "0.0.0.0", "cot_port": 8087}, "cot_host"),
        ({"cot_host": "0.0.0.0", "cot_tls_cert": "a.pem"}, "cot_host"),
        ({"cot_tls_ca": "a.pem"}, "cot_tls_ca"),
    ],
)
def test_the_port_is_not_opened_to_strangers(given: Given, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Settings(**given)
    assert Settings(cot_host="0.0.0.0", cot_tls_cert="a.pem", cot_tls_ca="b.pem").cot_host == "0.0.0.0"


def test_a_peer_is_met_on_the_loop_that_siger_serves_on() -> None:
    class Host:
        joined_from = said = ""

        def joined(self, peer: peers.Peer) -> None:
            self.joined_from = peer.address
            peer.pause()
            peer.resume()

        def arrived(self, _peer: peers.Peer, reading: Reading) -> None:
            self.said = reading.device

        def gone(self, _peer: peers.Peer) -> None:
            """Nothing is left behind."""

    async def meet() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: peers.Peer(host), "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(event("LOOP-1"))
        await until(lambda: host.said == "LOOP-1")
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()

    host = Host()
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(meet())
    assert host.joined_from == "127.0.0.1"
