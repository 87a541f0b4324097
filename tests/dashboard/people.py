"""A Siger that asks for log in, with an account or a token of every role, for the tests of rights."""

import asyncio
import re
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.access.audit import Deed
from dashboard.access.desk import Access
from dashboard.access.register import Person
from dashboard.access.rights import ROLES, TABLE, Role
from tests.dashboard.waiting import wait_until

PASSWORD = "kuda-laut-biru"
#: Quick to compute: what is tested is who gets in, not how long a guess takes.
HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
BY_TEST = Deed("test", "operator", "test")
#: The areas of the roles that need some.
AREAS: dict[Role, tuple[str, ...]] = {"satwil": ("1806",), "sumber": ("1806",)}

T = TypeVar("T")


@dataclass
class Siger:
    """The app, running, and a client for each role."""

    app: FastAPI
    anybody: TestClient
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def access(self) -> Access:
        access = self.app.state.house.access
        assert isinstance(access, Access)
        return access

    def run(self, work: Awaitable[T]) -> T:
        """Does something on the app's own event loop."""
        portal = self.anybody.portal
        assert portal is not None

        async def job() -> T:
            return await work

        return portal.call(job)

    def add(self, name: str, role: Role, *areas: str, **facts: Any) -> Person:
        facts = {"password": HASHER.hash(PASSWORD), "made_ms": 1, **facts}
        person = Person(name=name, role=role, areas=areas or AREAS.get(role, ("18",)), **facts)
        return self.run(self.access.register.add(BY_TEST, person))

    def issue(self, name: str, role: Role, *areas: str) -> str:
        return self.run(self.access.register.issue(BY_TEST, name, role, areas or AREAS.get(role, ("18",))))

    def client(self, name: str | None = None, *, token: str | None = None, password: str = PASSWORD) -> TestClient:
        """A browser of its own on the running app, logged in if a name is given."""
        client = TestClient(self.app, raise_server_exceptions=False, follow_redirects=False)
        client.portal = self.anybody.portal
        if token is not None:
            client.headers["authorization"] = f"Bearer {token}"
        if name is not None:
            answer = client.post("/masuk", data={"username": name, "password": password})
            assert answer.status_code == 303, answer.text
        return client

    def everybody(self) -> dict[Role, TestClient]:
        """One client for each role: people log in, programs show their token."""
        clients: dict[Role, TestClient] = {}
        for role in ROLES:
            if TABLE[role].is_token:
                clients[role] = self.client(token=self.issue(f"t-{role}", role))
            else:
                self.add(f"p-{role}", role)
                clients[role] = self.client(f"p-{role}")
        return clients


@contextmanager
def siger(app: FastAPI) -> Iterator[Siger]:
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        wait_until(lambda: client.get("/readyz").status_code == 200)
        running = Siger(app, client)
        running.access.passwords._hasher = HASHER
        yield running


def wait_for(seconds: float) -> None:
    asyncio.run(asyncio.sleep(seconds))


def try_in(client: TestClient, name: str, password: str, **more: str) -> Any:
    return client.post("/masuk", data={"username": name, "password": password, **more})


def seal_of(client: TestClient) -> str:
    found = re.search(r'name="seal" value="([0-9a-f]+)"', client.get("/sandi").text)
    assert found is not None
    return found.group(1)


__all__ = ["PASSWORD", "Siger", "httpx2", "siger", "wait_for"]
