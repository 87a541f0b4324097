"""Sealing: AES-256-GCM, bound to what the sealed thing belongs to, so that it opens nowhere else. Pure.

Each thing that may have to be forgotten has a key of its own, itself sealed with the operators' key: forgetting is
destroying that small key, while the log and the audit keep every byte that they ever held.
"""

import secrets
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class Unopenable(Exception):
    """The seal does not open: another key, another place, or a changed byte."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, plain: bytes, belongs_to: str) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return b64encode(nonce + AESGCM(key).encrypt(nonce, plain, belongs_to.encode())).decode()


def unseal(key: bytes, sealed: str, belongs_to: str) -> bytes:
    """What was sealed. Raises `Unopenable`."""
    try:
        raw = b64decode(sealed, validate=True)
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], belongs_to.encode())
    except (InvalidTag, ValueError) as error:
        raise Unopenable(f"what is sealed for {belongs_to} does not open with this key") from error
