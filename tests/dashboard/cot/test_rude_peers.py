"""The CoT port with clients that are slow, rude, or do not read: the others do not notice."""

import asyncio
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from fastapi import FastAPI

from dashboard.cot import peer as peers
from dashboard.cot import taking
from feeds.clock import now_ms, utc_text
from feeds.inbound import cot_stream
from tests.dashboard.cot.clients import PATIENCE_S, Opened, connect, event, heard, running, until


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n", b"<event>" + b"x" * cot_stream.MOST_BYTES, b"\xbf" + b"\xff" * 12]
)
async def test_a_rude_sender_is_shown_out_and_the_others_stay(opened: Opened, data: bytes) -> None:
    port, house, number = opened
    _, good = await connect(number)
    reader, bad = await connect(number)
    bad.write(data)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), PATIENCE_S)
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
        await asyncio.wait_for(reader.readexactly(1), PATIENCE_S)


async def test_a_tablet_that_does_not_read_costs_no_memory_and_gets_the_newest_state(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, house, number = opened
    monkeypatch.setattr(peers, "MOST_UNREAD_BYTES", 50_000)
    reader, writer = await connect(number, limit=2**16)
    transport = writer.transport
    assert isinstance(transport, asyncio.Transport)
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
        root = ET.fromstring(await heard(reader))
        point = root.find("point")
        assert point is not None
        last[str(root.get("uid"))] = str(point.get("lon"))


async def test_the_port_closes_though_a_tablet_does_not_read(
    app: FastAPI, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "MOST_UNREAD_BYTES", 8_000_000)
    async with running(app, unused_port, {}) as (port, house, number):
        _, writer = await connect(number, limit=2**16)
        transport = writer.transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        await until(lambda: len(port.peers) == 1)
        (peer,) = port.peers
        assert peer.transport is not None
        async with asyncio.timeout(PATIENCE_S):
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
    await until(lambda: port.peers)
    (peer,) = port.peers
    writer.write(b"".join(event(f"F-{n}") for n in range(6_000)))
    transport = peer.transport
    assert transport is not None
    await until(lambda: not transport.is_reading())
    assert port._taking.waiting.qsize() < 2_000, "what was read before reading stopped, and no more"
    gate.set()
    await until(lambda: sum(name.startswith("F-") for name in house.picture.units) == 6_000, timeout_s=30)
