"""What CoT peers are sent: units and incidents as far as each peer's role and areas go, encoded once for all alike.

Peers that sent a unit's position do not get it back. Units that came by CoT keep their own uid, as a TAK server
would pass them on. An incident that goes out of a peer's sight, because it was restricted or the peer's rights were
cut, is taken off the tablet.
"""

from dashboard.access.rights import Scope
from dashboard.cot.admitting import PROTOCOL
from dashboard.cot.peer import Peer
from dashboard.house import House
from dashboard.view import View
from feeds.changes import Changes
from feeds.outbound import cot

#: Uids that came by CoT and are known to have; beyond this, later ones get a uid of ours.
MOST_UIDS = 50_000

Made = dict[tuple[str, str, Scope], bytes | None]


class Sending:
    """Encodes what peers are owed."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._simulated = house.settings.mode == "demo"
        self._uids: set[str] = set()

    def heard(self, uid: str) -> None:
        """A unit of this uid came by CoT."""
        if len(self._uids) < MOST_UIDS:
            self._uids.add(uid)

    def owe_all(self, peer: Peer, scope: Scope) -> None:
        """The peer is new, or sees something else than before: it is owed all of it, and an end of the rest."""
        view = self._house.hub.view(scope)
        peer.units = set(view.units)
        peer.incidents = set(view.incidents) | peer.shown

    def owe(self, peer: Peer, changes: Changes) -> None:
        """The picture changed."""
        peer.units |= changes.units
        peer.incidents |= changes.incidents

    def send(self, peer: Peer, scope: Scope, made: Made, at_ms: int) -> None:
        """Writes what the peer is owed, for as long as it has room. `made`: what was encoded for others already."""
        view = self._house.hub.view(scope)
        while peer.incidents and peer.has_room():
            self._send_incident(peer, peer.incidents.pop(), view, made, at_ms)
        while peer.units and peer.has_room():
            name = peer.units.pop()
            if name not in peer.devices:
                key = ("unit", name, scope)
                if key not in made:
                    made[key] = self._unit(name, view, at_ms)
                if (event := made[key]) is not None:
                    peer.write(event)

    def _send_incident(self, peer: Peer, name: str, view: View, made: Made, at_ms: int) -> None:
        if name not in view.incidents:
            if name in peer.shown:
                peer.shown.discard(name)
                peer.write(cot.gone_event(name, at_ms))
            return
        key = ("incident", name, view.scope)
        if key not in made:
            made[key] = self._incident(name, view, at_ms)
        if (event := made[key]) is not None:
            peer.shown.add(name)
            peer.write(event)

    def _unit(self, name: str, view: View, at_ms: int) -> bytes | None:
        unit = view.units.get(name)
        if unit is None or at_ms - unit.observed_ms > cot.UNIT_STALE_MS:
            return None
        keep_uid = unit.source == PROTOCOL or name in self._uids
        return cot.unit_event(unit, simulated=self._simulated, keep_uid=keep_uid, personal=view.scope.personal)

    def _incident(self, name: str, view: View, at_ms: int) -> bytes | None:
        incident = view.incidents[name]
        is_open = self._house.taxonomy.is_open(incident.status)
        if not (is_open or at_ms - incident.changed_ms < cot.CLOSED_FOR_MS):
            return None
        return cot.incident_event(incident, self._house.taxonomy, at_ms, simulated=self._simulated)
