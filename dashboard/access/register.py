"""The register: people and tokens, as they stand in the store beside the log.

Every change is one step with its audit entry, and raises the register's version, by which every process notices
within a second. Secrets are kept as hashes (passwords: argon2id; tokens: SHA-256 of 256 random bits) or sealed.

    RegisterError
    ├── NameTaken      somebody or something has this name
    ├── UnknownName    nobody has it
    └── ChangedMeanwhile  somebody else changed the same record in the same moment
"""

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from redis import exceptions

from dashboard.access.audit import Audit, Command, Deed, Guard
from dashboard.access.rights import TABLE, BadGrant, Role
from feeds.clock import now_ms
from feeds.log import EventLog
from feeds.log_errors import translate

TOKEN_PREFIX = "siger_"
TOKEN_BYTES = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class RegisterError(Exception):
    """The register did not change; the text says why."""


class NameTaken(RegisterError):
    """The name is in use."""


class UnknownName(RegisterError):
    """Nobody has the name."""


class ChangedMeanwhile(RegisterError):
    """The record changed between reading and writing."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    role: Role
    areas: tuple[str, ...]
    made_ms: int


class Person(_Record):
    """Somebody with a password. Raising `epoch` ends every session; each account begins with one of its own.

    `first_until_ms` is set while the password is the one that somebody else typed: it holds no longer than that.
    """

    password: str
    epoch: int = 0
    disabled: bool = False
    first_until_ms: int | None = None
    totp: str | None = None
    totp_step: int = 0

    @property
    def must_change(self) -> bool:
        return self.first_until_ms is not None


class Token(_Record):
    """A program's or a wall's key. Its digest is its name in the store; the token itself is kept nowhere.

    `certificate`: the fingerprint of the TLS certificate whose holder counts as the token's, where there is one.
    """

    digest: str
    certificate: str | None = None


def digest_of_secret(secret: str) -> str:
    """How a token or a session stands in the store: whoever reads the store cannot use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def good_name(name: str) -> str:
    """The name as it is kept. Raises `RegisterError` for one that would not fit on a line or in a log."""
    plain = name.strip().lower()
    if not _NAME.fullmatch(plain):
        raise RegisterError(
            f"'{name[:60]}' is no name for an account: a-z, 0-9, '.', '_', '-', at most 40 characters"
        )
    return plain


class Register:
    """People and tokens."""

    def __init__(self, log: EventLog, audit: Audit, clock: Callable[[], int] = now_ms) -> None:
        self._log = log
        self._audit = audit
        self._clock = clock
        self._people = log.key("people")
        self._tokens = log.key("tokens")
        self._names = log.key("token-names")
        self._certificates = log.key("token-certificates")
        self.version_key = log.key("access-version")

    async def person(self, name: str) -> Person | None:
        raw = await self._ask("hget", self._people, name.strip().lower())
        return Person.model_validate_json(raw) if raw else None

    async def people(self) -> list[Person]:
        return sorted(
            (Person.model_validate_json(raw) for raw in await self._ask("hvals", self._people)),
            key=lambda p: p.name,
        )

    async def token(self, digest: str) -> Token | None:
        raw = await self._ask("hget", self._tokens, digest)
        return Token.model_validate_json(raw) if raw else None

    async def certified(self, fingerprint: str) -> Token | None:
        """The token that a TLS certificate (by its SHA-256, in hexadecimal) stands for."""
        digest = await self._ask("hget", self._certificates, fingerprint)
        return await self.token(digest.decode()) if digest else None

    async def tokens(self) -> list[Token]:
        return sorted(
            (Token.model_validate_json(raw) for raw in await self._ask("hvals", self._tokens)), key=lambda t: t.name
        )

    async def version(self) -> int:
        return int(await self._ask("get", self.version_key) or 0)

    async def add(self, by: Deed, person: Person) -> Person:
        """Enters a new person, and returns it as it is kept. Raises `NameTaken`."""
        if TABLE[person.role].is_token:
            raise BadGrant(f"role {person.role} is for tokens: siger tokens issue --role {person.role} --name NAME")
        # A session of somebody who had the same name before must not open for this one.
        person = person.model_copy(update={"epoch": self._clock()})
        guards: list[Guard] = [(self._people, person.name, None), (self._names, person.name, None)]
        commands = [("HSET", self._people, person.name, person.model_dump_json())]
        if not await self._change(by, guards, commands):
            raise NameTaken(f"the name '{person.name}' is in use")
        return person

    async def change(self, by: Deed, person: Person, **changes: Any) -> Person:
        """Writes a person anew with some fields changed. Raises `ChangedMeanwhile`."""
        new = Person.model_validate({**person.model_dump(), **changes})
        guards: list[Guard] = [(self._people, person.name, person.model_dump_json())]
        if not await self._change(by, guards, [("HSET", self._people, person.name, new.model_dump_json())]):
            raise ChangedMeanwhile(f"'{person.name}' was changed by somebody else just now; try again")
        return new

    async def remove(self, by: Deed, person: Person) -> None:
        """Deletes what is known of a person besides the name in log and audit."""
        guards: list[Guard] = [(self._people, person.name, person.model_dump_json())]
        if not await self._change(by, guards, [("HDEL", self._people, person.name)]):
            raise ChangedMeanwhile(f"'{person.name}' was changed by somebody else just now; try again")

    async def issue(
        self, by: Deed, name: str, role: Role, areas: tuple[str, ...], certificate: str | None = None
    ) -> str:
        """Makes a token and returns it, the only time. Raises `NameTaken`."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        token = Token(
            name=good_name(name),
            role=role,
            areas=areas,
            made_ms=self._clock(),
            digest=digest_of_secret(secret),
            certificate=certificate,
        )
        guards: list[Guard] = [(self._names, token.name, None), (self._people, token.name, None)]
        commands: list[Command] = [
            ("HSET", self._tokens, token.digest, token.model_dump_json()),
            ("HSET", self._names, token.name, token.digest),
        ]
        if certificate is not None:
            await self._must_be_free(certificate, token.name)
            guards.append((self._certificates, certificate, None))
            commands.append(("HSET", self._certificates, certificate, token.digest))
        if not await self._change(by, guards, commands):
            raise NameTaken(f"the name '{token.name}' is in use; revoke it first or take another one")
        return secret

    async def certify(self, by: Deed, name: str, fingerprint: str) -> None:
        """Lets a TLS certificate stand for a token, in the place of its earlier one.

        Raises `UnknownName`, or `NameTaken` where the certificate stands for another token.
        """
        token, raw = await self._token_named(name)
        await self._must_be_free(fingerprint, token.name)
        new = token.model_copy(update={"certificate": fingerprint})
        commands: list[Command] = [("HSET", self._tokens, token.digest, new.model_dump_json())]
        if token.certificate:
            commands.append(("HDEL", self._certificates, token.certificate))
        commands.append(("HSET", self._certificates, fingerprint, token.digest))
        if not await self._change(by, [(self._tokens, token.digest, raw)], commands):
            raise ChangedMeanwhile(f"'{token.name}' was changed by somebody else just now; try again")

    async def revoke(self, by: Deed, name: str) -> None:
        """Ends a token. Raises `UnknownName`."""
        token, raw = await self._token_named(name)
        commands: list[Command] = [("HDEL", self._tokens, token.digest), ("HDEL", self._names, token.name)]
        if token.certificate:
            commands.append(("HDEL", self._certificates, token.certificate))
        if not await self._change(by, [(self._tokens, token.digest, raw)], commands):
            raise ChangedMeanwhile(f"'{token.name}' was changed by somebody else just now; try again")

    async def _must_be_free(self, fingerprint: str, name: str) -> None:
        other = await self.certified(fingerprint)
        if other is not None and other.name != name:
            raise NameTaken(f"this certificate stands for '{other.name}' already; revoke that token first")

    async def _token_named(self, name: str) -> tuple[Token, str]:
        """The token and its record as it stands in the store, for a guard."""
        plain = name.strip().lower()
        digest = await self._ask("hget", self._names, plain)
        raw = await self._ask("hget", self._tokens, digest.decode()) if digest else None
        if raw is None:
            raise UnknownName(f"there is no token '{plain[:60]}'; 'siger tokens list' lists them")
        return Token.model_validate_json(raw), raw.decode()

    async def _change(self, by: Deed, guards: Sequence[Guard], commands: Sequence[Command]) -> bool:
        return await self._audit.record(by, guards=guards, commands=[*commands, ("INCR", self.version_key)])

    async def _ask(self, command: str, *words: str) -> Any:
        try:
            return await getattr(self._log.redis, command)(*words)
        except (exceptions.RedisError, OSError) as error:
            raise translate(error) from error
