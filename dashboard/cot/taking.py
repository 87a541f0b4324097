"""Takes what CoT peers say into the log, in batches, each part with the rights of who said it.

What waits here has nobody else who would send it again: it waits for the log however long that takes, and peers are
not read any more while too much waits.
"""

import asyncio
import logging

from dashboard.access.doorkeeper import Admission
from dashboard.api.sender import Sender, take_incidents, take_positions
from dashboard.cot.admitting import sender_of
from dashboard.cot.alarms import Alarms
from dashboard.cot.peer import Peer
from dashboard.house import House
from feeds.inbound.reading import Json, Reading
from feeds.log_errors import LogError

#: Messages that wait for the log; above the first peers are not read any more, below the second they are again.
HIGH, LOW = 2_000, 500
BATCH = 1_000
RETRY_S = 1.0

Said = tuple[Peer, Reading]

log = logging.getLogger(__name__)


class Taking:
    """What waits for the log."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._alarms = Alarms(house)
        self._paused: set[Peer] = set()
        self.waiting: asyncio.Queue[Said] = asyncio.Queue()

    def arrived(self, peer: Peer, reading: Reading) -> None:
        self.waiting.put_nowait((peer, reading))
        if self.waiting.qsize() > HIGH and peer not in self._paused:
            self._paused.add(peer)
            peer.pause()

    def gone(self, peer: Peer) -> None:
        self._paused.discard(peer)

    async def run(self) -> None:
        """Stores for ever."""
        while True:
            batch = [await self.waiting.get()]
            while len(batch) < BATCH and not self.waiting.empty():
                batch.append(self.waiting.get_nowait())
            by_right: dict[Admission, list[Said]] = {}
            for peer, reading in batch:
                if peer.admission is not None:  # else its rights have ended since
                    by_right.setdefault(peer.admission, []).append((peer, reading))
            for admission, said in by_right.items():
                await self._store(admission, said)
            if self.waiting.qsize() < LOW:
                for peer in self._paused:
                    peer.resume()
                self._paused.clear()

    async def _store(self, admission: Admission, said: list[Said]) -> None:
        peer, caller = said[0][0], admission.caller
        sender = sender_of(self._house.access, admission, peer.address)
        positions: list[Json] = [position for _, reading in said for position in reading.positions]
        incidents: list[Json] = [
            self._alarms.told_apart(incident, sender.source) if reading.alarm else incident
            for _, reading in said
            for incident in reading.incidents
        ]
        if positions and not caller.may("position"):
            peer.tell("'%s' (%s) may not send positions", caller.name, caller.role)
            positions.clear()
        if incidents and not caller.may("report"):
            peer.tell("'%s' (%s) may not report", caller.name, caller.role)
            incidents.clear()
        while positions or incidents:
            try:
                await self._append(peer, sender, positions, incidents)
            except LogError as error:
                log.warning("CoT waits for the log: %s", error)
                await asyncio.sleep(RETRY_S)

    async def _append(self, peer: Peer, sender: Sender, positions: list[Json], incidents: list[Json]) -> None:
        """Takes these in and out of the lists. Raises `LogError`; what is in the lists then is not stored yet."""
        if incidents:
            part = incidents[:BATCH]
            batch = await take_incidents(self._house, sender, part, partial=True)
            for refusal in batch.refused:
                peer.tell("%s is left out: %s", part[refusal.index], refusal.problems[0])
            del incidents[:BATCH]
        if positions:
            counts = await take_positions(self._house, sender, positions)
            for refusal in counts.refused:
                peer.tell("%s is left out: %s", positions[refusal.index], refusal.problems[0])
            positions.clear()
