"""Lists and counts that are kept up report by report say what counting everything anew would say."""

import random
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from dashboard.text.names import names
from feeds import taxonomy as taxonomies
from geo.areas import bundled
from tests.js.node import needs_node, run

pytestmark = needs_node

Incident = dict[str, Any]
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
START = 1_732_500_000_000
LIMIT = 40
WAITING, OPEN = ("baru", "terverifikasi"), ("baru", "terverifikasi", "ditangani")
EVERYTHING: dict[str, Any] = {"regencies": None, "districts": None, "categories": None, "hours": None}
CHOICES = (
    EVERYTHING | {"hours": 6},
    EVERYTHING | {"regencies": ["1806"]},
    EVERYTHING | {"regencies": ["1806"], "districts": ["180601"], "categories": ["curat"], "hours": 1},
    EVERYTHING,
)


def incident(chance: random.Random, name: str, now: int, rev: int) -> Incident:
    status = chance.choice([*OPEN, "selesai", "hoaks"])
    received = now - chance.choice([0, 30_000, MINUTE, 5 * MINUTE, HOUR, 7 * HOUR])
    regency = chance.choice(["1806", "1807"])
    return {
        "id": name,
        "rev": f"{rev}-0",
        "title": name,
        "category": chance.choice(["curat", "banjir"]),
        "severity": chance.randint(1, 5),
        "status": status,
        "lon": 105.0,
        "lat": -5.0,
        "regency": regency,
        "district": chance.choice([f"{regency}01", f"{regency}02", None]),
        "occurred_ms": received - chance.choice([0, 10 * MINUTE, 30 * HOUR, 60 * HOUR]),
        "received_ms": received,
        "responded_ms": received + chance.randrange(HOUR) if status not in WAITING else None,
    }


def history(seed: int) -> tuple[list[dict[str, Any]], list[tuple[int, dict[str, Any], list[Incident]]]]:
    """Steps for a page, and after each the time, what is chosen and what there is."""
    chance = random.Random(seed)
    there: dict[str, Incident] = {}
    now, chosen = START, EVERYTHING
    steps, states = [], []
    for number in range(60):
        told = [
            incident(chance, f"K{chance.randrange(50):02d}", now, number + 1) for _ in range(chance.randrange(6))
        ]
        step: dict[str, Any] = {"incidents": told, "pass_ms": chance.choice([0, 1_000, MINUTE, HOUR])}
        if number % 9 == 8:
            chosen = chance.choice(CHOICES)
            step["filter"] = chosen
        if number % 25 == 24:
            step["snapshot"] = True
            there = {}
        now += step["pass_ms"]
        there |= {one["id"]: one for one in told}
        steps.append(step)
        states.append((now, chosen, list(there.values())))
    return steps, states


def in_choice(one: Incident, chosen: dict[str, Any]) -> bool:
    districts, regencies, categories = (chosen[part] for part in ("districts", "regencies", "categories"))
    if districts is not None:
        return one["district"] in districts and one["category"] in categories
    return regencies is None or one["regency"] in regencies


def queued(incidents: list[Incident], now: int) -> list[str]:
    def place(one: Incident) -> tuple[Any, ...]:
        is_open = one["status"] in OPEN
        if one["status"] in WAITING and one["severity"] >= 4:
            return (0, -one["severity"], -one["occurred_ms"], one["id"])
        if is_open and one["received_ms"] > now - 2 * MINUTE:
            return (1, -one["received_ms"], 0, one["id"])
        severity = -one["severity"] if is_open else 0
        return (2 if is_open else 3, severity, -one["occurred_ms"], one["id"])

    return [one["id"] for one in sorted(incidents, key=place)][:LIMIT]


def expected(now: int, chosen: dict[str, Any], there: list[Incident]) -> dict[str, Any]:
    ever = [one for one in there if in_choice(one, chosen)]
    since = -1 if chosen["hours"] is None else now - chosen["hours"] * HOUR
    shown = [one for one in ever if one["occurred_ms"] > since]
    still = [one for one in ever if one["status"] in OPEN]
    waits = [
        max(0, one["responded_ms"] - one["received_ms"])
        for one in ever
        if one["responded_ms"] and one["responded_ms"] > now - DAY
    ]
    day = [one["occurred_ms"] for one in ever]
    areas: dict[str, int] = {}
    for one in there:
        for code in (one["regency"], one["district"]):
            if code and one["status"] in OPEN:
                areas[code] = areas.get(code, 0) + 1
    return {
        "first": queued(shown, now),
        "size": len(shown),
        "open": queued(still, now),
        "shown": {"count": len(shown), "open": sum(one["status"] in OPEN for one in shown)},
        "fresh": sum(one["received_ms"] > now - 10 * MINUTE for one in shown),
        "areas": areas,
        "board": {
            "open": len(still),
            "serious": sum(one["severity"] >= 4 for one in still),
            "waiting": sum(one["status"] in WAITING and one["received_ms"] < now - 10 * MINUTE for one in still),
            "response": {"count": len(waits), "median_ms": median(waits) if waits else None},
            "day": {
                "count": sum(ms > now - DAY for ms in day),
                "before": sum(now - 2 * DAY < ms <= now - DAY for ms in day)
                if any(ms <= now - 2 * DAY for ms in day)
                else None,
            },
        },
    }


@pytest.mark.parametrize("seed", range(6))
def test_kept_up_is_as_counted_anew(seed: int) -> None:
    steps, states = history(seed)
    asked = {
        "names": names(bundled(), taxonomies.bundled(), "id"),
        "start_ms": START,
        "steps": steps,
        "limit": LIMIT,
    }
    for said, state in zip(run("kept.js", asked), states, strict=True):
        trend = said.pop("trend")
        assert said == expected(*state)
        now, chosen, there = state
        bars = [bar["from_ms"] for bar in trend["bars"]]
        assert {b - a for a, b in pairwise(bars)} == {trend["step_ms"]}
        inside = [one for one in there if in_choice(one, chosen) and bars[0] <= one["occurred_ms"] <= now]
        assert sum(bar["count"] for bar in trend["bars"]) == len(inside)
        assert sum(bar["serious"] for bar in trend["bars"]) == sum(one["severity"] >= 4 for one in inside)
