"""`/api/v1/forecast`: what is to be expected per area, made of what the caller sees, with its own record."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.answers import Json
from dashboard.api.seen import view_of
from dashboard.house import House, house_of
from feeds.clock import now_ms
from feeds.incident import Incident
from feeds.levels import outlook

router = APIRouter(prefix="/api/v1", tags=["levels"])

AreaKind = Literal["regency", "district"]
_learning = asyncio.Semaphore(1)


@router.get("/forecast", summary="Expected reports per area for 6 and 24 hours and 7 days, with its own record")
async def forecast(request: Request, level: Annotated[AreaKind, Query()] = "regency") -> Response:
    house, view = house_of(request), await view_of(request)
    codes = [area.code for area in house.areas.at(level) if area.code in view.levels]
    incidents = list(view.incidents.values())
    # A history of years takes a second to learn from: not on the event loop, one at a time.
    async with _learning:
        found = await asyncio.to_thread(_forecast, incidents, codes, house, now_ms())
    return Json(found)


def _forecast(incidents: list[Incident], codes: list[str], house: House, at_ms: int) -> dict[str, Any]:
    counts = outlook.counts_of(incidents, codes, house.taxonomy, at_ms) if codes else None
    if counts is None:
        return {"areas": [], "total": [], "record": None, "method": None, "note": outlook.NOTE}
    ahead, record = outlook.outlook(counts), outlook.record(counts)
    return {
        "from": ahead.day.isoformat(),
        "days": counts.days,
        "method": "learned" if ahead.learned else "rate",
        "areas": [
            {
                "code": code,
                "area": house.areas.name_of(code),
                "plain_a_week": round(float(ahead.plain[number]) * 7, 2),
                "ahead": [_horizon(ahead, number, hours) for hours in outlook.HORIZONS_H],
            }
            for number, code in enumerate(ahead.areas)
        ],
        "total": [_total(ahead, hours) for hours in outlook.HORIZONS_H],
        "plain_a_week": round(float(ahead.plain.sum()) * 7, 2),
        "record": record and {**asdict(record), "since": record.since.isoformat()},
        "note": outlook.NOTE,
    }


def _total(ahead: outlook.Outlook, hours: int) -> dict[str, Any]:
    found = ahead.total(hours)
    return _ahead(hours, found.expected, found.low, found.high, found.chance)


def _horizon(ahead: outlook.Outlook, number: int, hours: int) -> dict[str, Any]:
    low, high = ahead.interval(number, hours)
    expected, chance = float(ahead.expected(hours)[number]), float(ahead.chance(hours)[number])
    return _ahead(hours, expected, low, high, chance)


def _ahead(hours: int, expected: float, low: int, high: int, chance: float) -> dict[str, Any]:
    return {
        "hours": hours,
        "expected": round(expected, 3),
        "low": low,
        "high": high,
        "chance": round(chance, 4),
    }
