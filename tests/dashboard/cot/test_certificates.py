"""The CoT port by TLS: a certificate stands for a token, and its role and areas hold for what is sent and seen."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from dashboard.access.rights import Role
from dashboard.cot import port as ports
from dashboard.settings import Settings
from feeds.clock import now_ms, utc_text
from tests.dashboard.cot.clients import (
    PATIENCE_S,
    connect,
    event,
    fingerprint,
    heard,
    is_closed,
    real_pytak,
    running,
    tablet,
    until,
)
from tests.dashboard.people import BY_TEST


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
        async with asyncio.timeout(PATIENCE_S):
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
        async with asyncio.timeout(PATIENCE_S):
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
            seen = await heard(reader)
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
