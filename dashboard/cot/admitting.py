"""Who a CoT peer is, and so what it may send and see.

The certificate that a peer shows stands for a token (`siger tokens certify`), and the peer has that token's role
and areas. Where no certificates are asked for the port is open to this machine alone, and whoever connects is a
program of the machine: it may send from everywhere and sees what everybody may see, restricted reports never. A
demonstration takes a certificate from this machine that it does not know for that too.
"""

import logging
from typing import Final

from dashboard.access.audit import Deed
from dashboard.access.desk import Access
from dashboard.access.doorkeeper import Admission, Credential
from dashboard.access.gate import AUDITED_REFUSALS, LOOPBACK
from dashboard.access.limits import Bucket
from dashboard.access.rights import Caller, Reach, Scope
from dashboard.api.seen import where_may_place
from dashboard.api.sender import Sender
from dashboard.cot.peer import Peer
from feeds.log_errors import LogError
from geo.areas import PROVINCE

PROTOCOL: Final = "cot"
_OPEN: Final = Scope(Reach(everywhere=True), frozenset({"normal"}), personal=True)
#: A program of this machine: the demo officer's rights, without the reports that not everybody sees.
HERE: Final = Admission(Caller(PROTOCOL, "komando", (PROVINCE,), "demo", _OPEN))

log = logging.getLogger(__name__)


class Admitting:
    """Finds out who peers are, and whether they still are."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._refusals = Bucket(*AUDITED_REFUSALS)

    async def admit(self, peer: Peer) -> Admission | None:
        """By what right a peer is here; None when it has none, which is said and audited."""
        if self._access.settings.cot_tls_ca is None:
            return HERE
        try:
            found = await self._known(peer)
        except LogError as error:
            log.warning("CoT from %s: not let in while the log does not answer: %s", peer.address, error)
            return None
        if found is None:
            await self._refused(peer)
        elif found is not HERE:
            log.info("CoT from %s is '%s' (%s)", peer.address, found.caller.name, found.caller.role)
        return found

    async def still(self, admission: Admission) -> Admission | None:
        """The same peer's admission as it is now; the one it had while the log does not answer."""
        try:
            return await self._access.doorkeeper.still(admission)
        except LogError:
            return admission

    async def _known(self, peer: Peer) -> Admission | None:
        found = None
        if peer.fingerprint is not None:
            found = await self._access.doorkeeper.admit(Credential("certificate", peer.fingerprint))
        is_here = self._access.demo is not None and peer.address in LOOPBACK
        return found or (HERE if is_here else None)

    async def _refused(self, peer: Peer) -> None:
        log.warning(
            "CoT from %s: no token goes with its certificate %s: siger tokens certify NAME FILE",
            peer.address,
            peer.fingerprint,
        )
        if not self._refusals.take(peer.address):
            detail = {"certificate": peer.fingerprint}
            await self._access.note(Deed("?", "", "door", "CoT", "refused", peer.address, detail))


def sender_of(access: Access, admission: Admission, address: str) -> Sender:
    """Under which names a peer's messages stand in the log, and where it may write."""
    caller = admission.caller
    is_token = caller.kind == "token"
    deed = Deed(caller.name, caller.role if is_token else "", "report", PROTOCOL, origin=address)
    return Sender(
        source=caller.name if is_token else PROTOCOL,
        actor=caller.name if is_token else None,
        may_place=where_may_place(caller),
        witness=access.audit.witness(deed),
    )
