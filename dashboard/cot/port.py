"""Listens for CoT: lets peers in, hands on what they say, and sends each what changed, once a second."""

import asyncio
import logging
import ssl

from dashboard.access.doorkeeper import Admission
from dashboard.cot.admitting import Admitting
from dashboard.cot.peer import Peer
from dashboard.cot.sending import Made, Sending
from dashboard.cot.taking import Taking
from dashboard.house import House
from dashboard.settings import Settings
from feeds.changes import Changes
from feeds.clock import now_ms
from feeds.inbound.reading import Reading
from feeds.outbound import cot

MOST_PEERS = 200
SEND_EVERY_S = 1.0
#: How soon an open connection notices that its token was revoked or has other rights.
RIGHTS_EVERY_S = 1.0
#: A one-shot sender is left to finish: answering it at once would only break its connection.
GRACE_S = 1.0
#: Tablets give a silent server up after 25 s.
PING_AFTER_S = 10.0
#: Who says nothing while TLS is agreed on is let go after this; others wait for the place.
HANDSHAKE_S = 10.0

log = logging.getLogger(__name__)


class CotPort:
    """The port and its peers. One event loop, no lock."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._admitting = Admitting(house.access)
        self._sending = Sending(house)
        self.peers: set[Peer] = set()
        self._taking = Taking(house)
        self._at_the_door: set[asyncio.Task[None]] = set()
        house.situation.listen(self.note)

    async def run(self) -> None:
        """Listens until cancelled."""
        settings = self._house.settings
        loop = asyncio.get_running_loop()
        context = context_of(settings)
        server = await loop.create_server(
            lambda: Peer(self),
            settings.cot_host,
            settings.cot_port,
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_S if context else None,
            backlog=100,
        )
        log.info("Cursor on Target at %s:%s", settings.cot_host, settings.cot_port)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._taking.run())
                tasks.create_task(self._send())
                tasks.create_task(self._keep_rights())
        finally:
            server.close()
            for peer in list(self.peers):
                peer.close()

    def note(self, changes: Changes) -> None:
        """The picture changed: every peer is owed what did."""
        for peer in self.peers:
            self._sending.owe(peer, changes)

    def joined(self, peer: Peer) -> None:
        if len(self.peers) >= MOST_PEERS:
            log.warning("CoT: already %d connections; one more is refused", MOST_PEERS)
            peer.close()
            return
        self.peers.add(peer)
        peer.pause()
        task = asyncio.create_task(self._let_in(peer))
        self._at_the_door.add(task)
        task.add_done_callback(self._at_the_door.discard)

    def gone(self, peer: Peer) -> None:
        self.peers.discard(peer)
        self._taking.gone(peer)

    def arrived(self, peer: Peer, reading: Reading) -> None:
        for position in reading.positions:
            self._sending.heard(position["unit"])
        self._taking.arrived(peer, reading)

    async def _let_in(self, peer: Peer) -> None:
        admission = await self._admitting.admit(peer)
        if admission is None:
            peer.close()
            return
        await self._give(peer, admission)
        peer.resume()

    async def _give(self, peer: Peer, admission: Admission) -> None:
        """What the peer sees from now on is what this admission sees; a look at restricted reports is audited."""
        scope = admission.caller.scope
        peer.admission = admission
        self._sending.owe_all(peer, scope)
        shown = self._house.hub.view(scope).restricted
        await self._house.access.note_look_at_restricted(admission.caller, shown, "cot", peer.address)

    async def _keep_rights(self) -> None:
        while True:
            await asyncio.sleep(RIGHTS_EVERY_S)
            for peer in list(self.peers):
                if peer.admission is not None:
                    await self._check(peer, peer.admission)

    async def _check(self, peer: Peer, before: Admission) -> None:
        now = await self._admitting.still(before)
        if now is None:
            log.warning(
                "CoT from %s: the token '%s' ended; so does the connection", peer.address, before.caller.name
            )
            peer.admission = None  # what it said and nobody has stored yet is not stored either
            peer.close()
        elif now.caller != before.caller:
            await self._give(peer, now)

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SEND_EVERY_S)
            made: Made = {}
            for peer in list(self.peers):
                if peer.admission is None:
                    continue
                if loop.time() - peer.joined_s >= GRACE_S:
                    self._sending.send(peer, peer.admission.caller.scope, made, now_ms())
                if loop.time() - peer.written_s >= PING_AFTER_S and peer.has_room():
                    peer.write(cot.ping(now_ms()))


def context_of(settings: Settings) -> ssl.SSLContext | None:
    """TLS as the settings ask for it: none, the server's own certificate, or both sides'."""
    if settings.cot_tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.cot_tls_cert, settings.cot_tls_key)
        if settings.cot_tls_ca is not None:
            context.load_verify_locations(settings.cot_tls_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except OSError as error:  # which names no file
        raise OSError(f"{settings.cot_tls_cert}, its key or its authority cannot be read: {error}") from error
    return context


async def listen(house: House) -> None:
    """The companion that runs the port beside the app; without it Siger goes on, and says so."""
    try:
        await CotPort(house).run()
    except OSError as error:  # a port that somebody else has, or a certificate that is none
        settings = house.settings
        log.critical("no Cursor on Target at %s:%s: %s", settings.cot_host, settings.cot_port, error)
