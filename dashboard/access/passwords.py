"""Passwords: argon2id, checked off the event loop and few at a time, so that guessing cannot starve the map.

A name that does not exist costs as much time as one that does. Nothing here logs or returns a password.
"""

import asyncio
from functools import cache, cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

#: OWASP ASVS 5.0, 6.2.1 and 6.2.9. Length is what counts; no rules about kinds of characters.
LEAST_CHARS = 8
MOST_CHARS = 128
#: Each check takes 64 MiB and a core for a while (RFC 9106, low memory): so many at once, so many waiting.
AT_ONCE = 2
MOST_WAITING = 16

#: What is tried first here, beside what is tried first everywhere.
_LOCAL = """
    password123 sayangku sayang123 bismillah indonesia123 admin1234 rahasia1 katasandi lampung1 lampung123
    administrator indonesia 00000000 88888888 bandarlampung siger123 polisi123 polri123 tni12345 komando1 bawaslu1
    merdeka45 garuda123 pilkada2024 pemilu2024
"""


class WeakPassword(ValueError):
    """A password that is not taken; the text says why."""


class TooBusy(Exception):
    """Too many passwords are being checked at once."""


def check_strength(password: str, name: str) -> None:
    """Raises `WeakPassword` where somebody could guess it."""
    if len(password) < LEAST_CHARS:
        raise WeakPassword(f"the password has {len(password)} characters; at least {LEAST_CHARS} are needed")
    if len(password) > MOST_CHARS:
        raise WeakPassword(f"the password has {len(password)} characters; at most {MOST_CHARS} are taken")
    plain = password.casefold()
    if plain in _common() or plain == name.casefold() or len(set(plain)) < 3:
        raise WeakPassword("this password is among the first that anybody would try; take another one")


@cache
def _common() -> frozenset[str]:
    """The most common passwords that were ever breached (zxcvbn's list, 30,000), and our own."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # half a megabyte that only a new password needs

    return frozenset((*FREQUENCY_LISTS["passwords"], *_LOCAL.split()))


class Passwords:
    """Makes and checks argon2id hashes."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def make(self, password: str) -> str:
        """The hash of a new password."""
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, known: str | None, password: str) -> bool:
        """Whether `password` is the one behind the hash; takes as long when there is no hash."""
        if self._waiting >= MOST_WAITING:
            raise TooBusy
        self._waiting += 1
        try:
            async with self._gate:
                return await asyncio.to_thread(self._verify, known, password)
        finally:
            self._waiting -= 1

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    def _verify(self, known: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(known or self._nobody, password) and known is not None
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
