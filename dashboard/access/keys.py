"""The keys that operators hold: one signs checkpoints of the audit, one seals the identity of reporters.

They lie in files of their own (`SIGER_KEYS_DIR`), readable by Siger's user alone, apart from the store, so that a
copy of the store gives nobody away. Made at first use. Nothing here ever prints a secret key.
"""

import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32


class KeyTrouble(Exception):
    """A key file cannot be used; the text says which, why and what to do."""


class Keys:
    """The key files in one directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @cached_property
    def signing(self) -> Ed25519PrivateKey:
        """Signs checkpoints of the audit."""
        return Ed25519PrivateKey.from_private_bytes(self._bytes("audit-signing.key"))

    @cached_property
    def sealing(self) -> bytes:
        """Wraps the keys under which identities and second factors are sealed (AES-256)."""
        return self._bytes("sealing.key")

    @property
    def public(self) -> str:
        """What a checkpoint is checked with, as hex."""
        return self.signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def _bytes(self, name: str) -> bytes:
        path = self.directory / name
        try:
            self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make(path)
            return _read(path)
        except OSError as error:
            raise KeyTrouble(f"the key file {path} cannot be used: {error.strerror}") from error


def _make(path: Path) -> None:
    """Makes the file whole or not at all: two processes that start at once end up with one key."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077:
        raise KeyTrouble(f"the key file {path} is open to others: chmod 600 {path}")
    data = path.read_bytes()
    if len(data) != KEY_BYTES:
        raise KeyTrouble(
            f"the key file {path} holds {len(data)} bytes instead of {KEY_BYTES}: put the right one back"
        )
    return data
