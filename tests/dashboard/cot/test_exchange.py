"""The CoT port with real clients: what is sent becomes positions and incidents, and what happens goes out again."""

import asyncio
import xml.etree.ElementTree as ET

from uvicorn.loops.auto import auto_loop_factory

from dashboard.cot import peer as peers
from feeds.clock import now_ms, utc_text
from feeds.inbound.reading import Reading
from tests.dashboard.cot.clients import (
    PATIENCE_S,
    Opened,
    connect,
    event,
    heard,
    read_with,
    real_pytak,
    uids,
    until,
)


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
        message = await asyncio.wait_for(client.rx_queue.get(), PATIENCE_S)
        assert message.cotEvent.uid == "siger.unit.POLRES-7", "it reads no XML but as takproto takes it"
    assert house.picture.units["PROTO-1"].lon == 105.26


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
    seen = await heard(first_reader)
    assert b'uid="B-1"' in seen
    assert b'uid="A-1"' in await heard(second_reader)
    second.write(event("B-2"))
    seen = await heard(first_reader)
    assert b'uid="B-2"' in seen, "not its own, which went out before"


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
    first = ET.fromstring(await heard(reader))
    await house.intake.act(house.picture.incidents[batch.taken[0].id], {"type": "resolve"}, source="test")
    last = ET.fromstring(await heard(reader))
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

    async def cried_and_closed(wanted: int) -> None:
        for _ in range(2):
            await cry()
        await until(lambda: len(house.picture.incidents) == wanted)
        found = max(house.picture.incidents.values(), key=lambda one: one.event_id)
        assert found.report.reporter_unit == "ANDROID-7"
        await house.intake.act(found, {"type": "resolve"}, source="test")
        await until(lambda: house.picture.incidents[found.id].status == "selesai")

    await cried_and_closed(1)
    await cried_and_closed(2)
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
    open_too = {**item, "category": "banjir", "title": "Banjir", "sensitivity": "normal"}
    await house.intake.incidents([item, open_too], source="test")
    await until(lambda: len(house.picture.incidents) == 2)
    reader, _writer = await connect(number)
    first = await heard(reader)
    unit = {"unit": "U-1", "observed_at": utc_text(now_ms()), "lon": 105.2, "lat": -5.4}
    await house.intake.positions([unit], source="test")
    then = await heard(reader)
    assert (b"Banjir" in first, b"siger.unit.U-1" in then) == (True, True), "nothing else before or between"


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
