"""`/api/v1/levels/curves`: the last 24 hours of every area at once, for small multiples and change markers."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.answers import Json
from dashboard.api.seen import view_of
from dashboard.house import house_of
from feeds.clock import now_ms, utc_text
from feeds.levels.curve import STEP_MS, curve, end_of, last_turn
from feeds.picture import LevelPoint

router = APIRouter(prefix="/api/v1", tags=["levels"])

AreaKind = Literal["regency", "district"]


@router.get("/levels/curves", summary="The last 24 hours of each area's level in quarters of an hour")
async def curves(request: Request, level: Annotated[AreaKind, Query()] = "regency") -> Response:
    """Of each quarter the highest level and score; `turn` is when the level last became another one."""
    house, view, at_ms = house_of(request), await view_of(request), now_ms()
    areas = [area.code for area in house.areas.at(level)]
    pasts = {code: past for code in areas if (past := view.level_past(code))}
    return Json(
        {
            "until": utc_text(end_of(at_ms)),
            "step_min": STEP_MS // 60_000,
            "areas": [_shape(code, past, at_ms) for code, past in pasts.items()],
        }
    )


def _shape(code: str, past: list[LevelPoint], at_ms: int) -> dict[str, Any]:
    levels, scores = curve(past, at_ms)
    turn = last_turn(past)
    return {
        "code": code,
        "levels": levels,
        "scores": scores,
        "turn": turn and {"was": turn.was, "at": utc_text(turn.at_ms)},
    }
