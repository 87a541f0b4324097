"""Listens for CoT, takes what comes into the intake in batches, and sends every peer what changed, once a second.

Peers that sent a unit's position do not get it back. Units that came by CoT keep their own uid, as a TAK server
would pass them on. Only incidents that everybody may see go out: the stream knows no roles.
"""

import asyncio
import logging
import ssl

from dashboard.cot.peer import Peer
from dashboard.house import House
from dashboard.settings import Settings
from feeds.clock import now_ms
from feeds.inbound.reading import Json, Reading
from feeds.log_errors import LogError
from feeds.outbound import cot
from feeds.picture import Changes

SOURCE = "cot"
MOST_PEERS = 200
#: Messages that wait for the log; above the first peers are not read any more, below the second they are again.
HIGH, LOW = 2_000, 500
BATCH = 1_000
SEND_EVERY_S = 1.0
#: A one-shot sender is left to finish: answering it at once would only break its connection.
GRACE_S = 1.0
#: Tablets give a silent server up after 25 s.
PING_AFTER_S = 10.0
RETRY_S = 1.0

log = logging.getLogger(__name__)


class CotPort:
    """The port and its peers. One event loop, no lock."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._simulated = house.settings.mode == "demo"
        self.peers: set[Peer] = set()
        self._waiting: asyncio.Queue[tuple[Peer, Reading]] = asyncio.Queue()
        self._paused: set[Peer] = set()
        house.situation.listen(self.note)

    async def run(self) -> None:
        """Listens until cancelled."""
        settings = self._house.settings
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            self._peer, settings.cot_host, settings.cot_port, ssl=context_of(settings), backlog=100
        )
        log.info("Cursor on Target at %s:%s", settings.cot_host, settings.cot_port)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._take())
                tasks.create_task(self._send())
        finally:
            server.close()
            for peer in list(self.peers):
                peer.close()

    def note(self, changes: Changes) -> None:
        """The picture changed: every peer is owed what did."""
        for peer in self.peers:
            peer.units |= changes.units
            peer.incidents |= changes.incidents

    def _peer(self) -> Peer:
        peer = Peer(self._arrived, self._gone)
        if len(self.peers) >= MOST_PEERS:
            log.warning("CoT: already %d connections; one more is refused", MOST_PEERS)
            asyncio.get_running_loop().call_soon(peer.close)
            return peer
        picture = self._house.picture
        peer.units, peer.incidents = set(picture.units), set(picture.incidents)
        self.peers.add(peer)
        return peer

    def _gone(self, peer: Peer) -> None:
        self.peers.discard(peer)
        self._paused.discard(peer)

    def _arrived(self, peer: Peer, reading: Reading) -> None:
        self._waiting.put_nowait((peer, reading))
        if self._waiting.qsize() > HIGH and peer not in self._paused:
            self._paused.add(peer)
            peer.pause()

    async def _take(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            for actor in {peer.name for peer, _ in batch}:
                await self._store([reading for peer, reading in batch if peer.name == actor], actor)
            if self._waiting.qsize() < LOW:
                for peer in self._paused:
                    peer.resume()
                self._paused.clear()

    async def _store(self, readings: list[Reading], actor: str | None) -> None:
        """Into the log, however long that takes: what waits here has nobody else who would send it again."""
        intake = self._house.intake
        positions: list[Json] = [position for reading in readings for position in reading.positions]
        incidents: list[Json] = [incident for reading in readings for incident in reading.incidents]
        while positions or incidents:
            try:
                if incidents:
                    batch = await intake.incidents(incidents[:BATCH], source=SOURCE, actor=actor, partial=True)
                    for refusal in batch.refused:
                        log.warning("CoT: %s is left out: %s", incidents[refusal.index], refusal.problems[0])
                    del incidents[:BATCH]
                if positions:
                    await intake.positions(positions, source=SOURCE, actor=actor)
                    positions.clear()
            except LogError as error:
                log.warning("CoT waits for the log: %s", error)
                await asyncio.sleep(RETRY_S)

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SEND_EVERY_S)
            made: dict[str, bytes | None] = {}
            for peer in list(self.peers):
                if loop.time() - peer.joined_s >= GRACE_S:
                    self._send_to(peer, made, now_ms())
                if loop.time() - peer.written_s >= PING_AFTER_S and peer.has_room():
                    peer.write(cot.ping(now_ms()))

    def _send_to(self, peer: Peer, made: dict[str, bytes | None], at_ms: int) -> None:
        for names, encode, own in (
            (peer.incidents, self._incident, frozenset[str]()),
            (peer.units, self._unit, peer.devices),
        ):
            while names and peer.has_room():
                name = names.pop()
                if name in own:
                    continue
                key = f"{encode.__name__}:{name}"
                if key not in made:
                    made[key] = encode(name, at_ms)
                if (event := made[key]) is not None:
                    peer.write(event)

    def _unit(self, name: str, at_ms: int) -> bytes | None:
        unit = self._house.picture.units[name]
        if at_ms - unit.observed_ms > cot.UNIT_STALE_MS:
            return None
        return cot.unit_event(unit, simulated=self._simulated, keep_uid=unit.source == SOURCE)

    def _incident(self, name: str, at_ms: int) -> bytes | None:
        incident = self._house.picture.incidents[name]
        is_open = self._house.taxonomy.is_open(incident.status)
        if incident.secrecy != "normal" or not (is_open or at_ms - incident.changed_ms < cot.CLOSED_FOR_MS):
            return None
        return cot.incident_event(incident, self._house.taxonomy, at_ms, simulated=self._simulated)


def context_of(settings: Settings) -> ssl.SSLContext | None:
    """TLS as the settings ask for it: none, the server's own certificate, or both sides'."""
    if settings.cot_tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.cot_tls_cert, settings.cot_tls_key)
    if settings.cot_tls_ca is not None:
        context.load_verify_locations(settings.cot_tls_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


async def listen(house: House) -> None:
    """The companion that runs the port beside the app."""
    await CotPort(house).run()
