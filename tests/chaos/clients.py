"""Clients that never give up: each incident is sent again, as it was, until it is acknowledged."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

RETRY_AFTER_S = 0.1


@dataclass
class Ledger:
    """What was acknowledged: external id to incident id; and how every request was answered."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    refusals: set[str] = field(default_factory=set)


def incident(number: int, text: str = "") -> dict[str, Any]:
    """One report, somewhere in Bandar Lampung, within the last hours."""
    occurred = datetime.now(UTC) - timedelta(seconds=60 + number % 7200)
    return {
        "external_id": f"chaos-{number}",
        "occurred_at": occurred.isoformat(),
        "category": "curas",
        "severity": 1 + number % 5,
        "title": f"Uji ketahanan {number}",
        "description": text,
        "lon": 105.26 + (number % 97) / 2000,
        "lat": -5.43 + (number % 89) / 2000,
    }


def batches(count: int, clients: int, chance: random.Random) -> list[list[list[int]]]:
    """For each client its batches of incident numbers; one in ten incidents is sent by two clients."""
    work: list[list[list[int]]] = []
    for client in range(clients):
        mine = [n for n in range(count) if n % clients == client or (n % 10 == 0 and (n + 1) % clients == client)]
        chance.shuffle(mine)
        cut: list[list[int]] = []
        while mine:
            size = chance.choice((1, 1, 5, 20, 50))
            cut.append(mine[:size])
            mine = mine[size:]
        work.append(cut)
    return work


async def post_all(url: str, work: list[list[int]], ledger: Ledger, client: httpx2.AsyncClient) -> None:
    """Sends each batch until it is acknowledged."""
    for numbers in work:
        body = [incident(number) for number in numbers]
        while not await _post(url, numbers, body, ledger, client):
            await asyncio.sleep(RETRY_AFTER_S)


async def _post(
    url: str, numbers: list[int], body: list[dict[str, Any]], ledger: Ledger, client: httpx2.AsyncClient
) -> bool:
    try:
        answer = await client.post(f"{url}/api/v1/incidents", json=body, timeout=20)
    except httpx2.TransportError as error:
        ledger.answers[type(error).__name__] += 1
        return False
    ledger.answers[str(answer.status_code)] += 1
    if answer.status_code not in (200, 201):
        assert answer.status_code in (503, 507), answer.text[:500]
        ledger.refusals.add(str(answer.json().get("detail", ""))[:160])
        return False
    for number, taken in zip(numbers, answer.json()["incidents"], strict=True):
        known = ledger.acknowledged.setdefault(f"chaos-{number}", taken["id"])
        assert known == taken["id"], f"chaos-{number} has two ids: {known} and {taken['id']}"
    return True
