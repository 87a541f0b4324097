"""The second factor: a six-digit code from a phone (TOTP, RFC 6238), each good once. Optional for each person."""

import secrets
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_S = 30
DIGITS = 6
SECRET_BYTES = 20
#: A phone's clock may be off by one step either way.
DRIFT_STEPS = (0, -1, 1)


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def address_of(secret: bytes, name: str) -> str:
    """What a phone scans or takes as a link."""
    return _totp(secret).get_provisioning_uri(quote(name), "Siger")


def step_of(secret: bytes, code: str, now_s: float, last_step: int) -> int | None:
    """The time step that the code is for, if it is a good one and later than the last one used; else None."""
    for drift in DRIFT_STEPS:
        step = int(now_s // STEP_S) + drift
        if step > last_step and _is(secret, code.strip(), step):
            return step
    return None


def _is(secret: bytes, code: str, step: int) -> bool:
    try:
        _totp(secret).verify(code.encode(), step * STEP_S)
    except (InvalidToken, UnicodeEncodeError):
        return False
    return True


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what every phone's app does; the attacks on it do not touch an HMAC.
    return TOTP(secret, DIGITS, SHA1(), STEP_S)
