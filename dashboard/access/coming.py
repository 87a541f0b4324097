"""Coming in: a name and a password, perhaps a code, become a session; changing the password; going.

NotLetIn
├── WrongPassword    or no such name, or disabled: nobody learns which
├── NeedsCode        the password holds, and the code of the second factor is asked for
└── Wait             too many wrong ones; says how long
"""

import secrets
import time
from dataclasses import dataclass

from dashboard.access import second
from dashboard.access.audit import Deed
from dashboard.access.desk import Access
from dashboard.access.passwords import check_strength
from dashboard.access.register import ChangedMeanwhile, Person, digest_of_secret
from dashboard.access.rights import TABLE
from dashboard.access.sealed import unseal
from feeds.clock import now_ms

#: A browser in which somebody has logged in is known for this long.
DEVICE_FOR_S = 90 * 24 * 3600
#: Where somebody who is logged in types the old password.
_AT_HOME = "account"


class NotLetIn(Exception):
    """Nobody came in."""


class WrongPassword(NotLetIn):
    """Name and password do not go together."""


class NeedsCode(NotLetIn):
    """The second factor's code is missing."""


class Wait(NotLetIn):
    """Too many attempts; `wait_s` until the next."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(f"wait {wait_s:.0f} s")


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody wants to come in. `device` is the cookie of a browser that was used before, if there is one.

    `renewed`: who has just changed the password is in already, and is not asked for the second factor again.
    """

    name: str
    password: str
    code: str = ""
    address: str = ""
    device: str = ""
    renewed: bool = False

    @property
    def plain_name(self) -> str:
        return self.name.strip().lower()[:60]


@dataclass(frozen=True, slots=True)
class Entered:
    """What the browser is given."""

    session: str
    device: str | None
    must_change: bool
    lasts_s: int


async def log_in(access: Access, attempt: Attempt) -> Entered:
    """Lets a person in. Raises `NotLetIn`, `TooBusy`, `LogError`."""
    device = Devices(access)
    name = attempt.plain_name
    known_device = await device.is_of(attempt.device, name)
    origin = f"device {digest_of_secret(attempt.device)}" if known_device else attempt.address
    address = "" if known_device else attempt.address
    wait_s = await access.attempts.pause_s(name, origin, address)
    if wait_s:
        raise Wait(wait_s)
    person = await access.register.person(name)
    usable = person if person is not None and _is_usable(person) else None
    holds = await access.passwords.verify(usable.password if usable else None, attempt.password)
    step = _step(access, usable, attempt) if holds and usable else None
    if usable is None or not holds or step is None:
        # What nobody is called may be a password that was typed into the wrong field: it is written nowhere.
        who = name if person is not None else "?"
        await access.note(Deed(who, "", "log-in", outcome="refused", origin=attempt.address))
        await access.attempts.failed(name, origin, address)
        raise WrongPassword
    await access.attempts.succeeded(name, origin)
    deed = Deed(usable.name, usable.role, "log-in", origin=attempt.address)
    if step > usable.totp_step:
        usable = await _spent(access, deed, usable, step)
    session = await access.sessions.open(deed, "person", usable.name, usable.epoch)
    fresh = None if known_device else await device.remember(usable.name)
    return Entered(session, fresh, usable.must_change, access.sessions.longest_ms // 1000)


async def hang_up_wall(access: Access, token: str, address: str) -> Entered:
    """Lets a wall in by its token, typed once into the log in page. Raises `NotLetIn`, `LogError`."""
    wait_s = await access.attempts.pause_s("token", address, address)
    if wait_s:
        raise Wait(wait_s)
    digest = digest_of_secret(token.strip())
    found = await access.register.token(digest)
    if found is None or "read" not in TABLE[found.role].may:
        await access.note(Deed(found.name if found else "?", "", "log-in", "token", "refused", address))
        await access.attempts.failed("token", address, address)
        raise WrongPassword
    session = await access.sessions.open(Deed(found.name, found.role, "log-in", origin=address), "token", digest)
    return Entered(session, None, False, 400 * 24 * 3600)


async def change_password(access: Access, name: str, old: str, new: str, origin: str) -> Person:
    """Gives a person another password and ends all sessions. Raises `NotLetIn`, `TooBusy`, `WeakPassword`.

    Wrong old ones earn pauses of their own: a screen that was left open is no place to guess at either.
    """
    wait_s = await access.attempts.pause_s(name, _AT_HOME, "")
    if wait_s:
        raise Wait(wait_s)
    person = await access.register.person(name)
    if person is None or not await access.passwords.verify(person.password, old):
        await access.note(Deed(name, "", "password", outcome="refused", origin=origin))
        await access.attempts.failed(name, _AT_HOME, "")
        raise WrongPassword
    check_strength(new, name)
    if new == old:
        raise WrongPassword
    await access.attempts.succeeded(name, _AT_HOME)
    deed = Deed(name, person.role, "password", name, origin=origin)
    made = await access.passwords.make(new)
    changed = await access.register.change(deed, person, password=made, first_until_ms=None, epoch=person.epoch + 1)
    access.doorkeeper.look_again()
    return changed


async def sign_out_everywhere(access: Access, name: str, origin: str) -> None:
    """Ends every session of a person at once."""
    person = await access.register.person(name)
    if person is not None:
        deed = Deed(name, person.role, "log-out-everywhere", name, origin=origin)
        await access.register.change(deed, person, epoch=person.epoch + 1)
        access.doorkeeper.look_again()


class Devices:
    """Browsers in which somebody has logged in before."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def is_of(self, secret: str, name: str) -> bool:
        return bool(secret) and await self._access.attempts.device(digest_of_secret(secret)) == name

    async def remember(self, name: str) -> str:
        secret = secrets.token_urlsafe(32)
        await self._access.attempts.remember_device(digest_of_secret(secret), name, DEVICE_FOR_S)
        return secret


async def _spent(access: Access, deed: Deed, person: Person, step: int) -> Person:
    """The person, whose code of this time step is good for nobody any more. Raises `WrongPassword`."""
    try:
        return await access.register.change(deed, person, totp_step=step)
    except ChangedMeanwhile as error:
        raise WrongPassword from error  # the same code twice at the same moment: one of them was first


def _is_usable(person: Person) -> bool:
    return not person.disabled and (person.first_until_ms is None or person.first_until_ms > now_ms())


def _step(access: Access, person: Person, attempt: Attempt) -> int | None:
    """The time step of a good code; the last one again where no code is needed; None for a wrong one."""
    if person.totp is None or attempt.renewed:
        return person.totp_step
    if not attempt.code.strip():
        raise NeedsCode
    secret = unseal(access.keys.sealing, person.totp, f"totp {person.name}")
    return second.step_of(secret, attempt.code, time.time(), person.totp_step)
