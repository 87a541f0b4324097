"""`/api/v1/refused`: what was turned away, by whichever way it came, and can be sent again.

Refused items are kept for seven days with their reasons. What a restricted report says is never kept: only that
one was refused and why.
"""

import logging
from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dashboard.access.gate import caller_of
from dashboard.access.identity import Sealer
from dashboard.api.answers import Json
from dashboard.api.bodies import items_of, read_bytes
from dashboard.api.problems import BadRequest
from dashboard.api.seen import where_may_place, witness_of
from dashboard.house import House, house_of
from feeds.clock import utc_text
from feeds.inputs import Problem, excerpt
from feeds.intake import Refusal, Refused
from feeds.log_errors import LogError
from feeds.refused import RefusedInput
from feeds.taxonomy import Taxonomy

router = APIRouter(prefix="/api/v1", tags=["refused"])

INCIDENT, POSITION = "incident", "position"
log = logging.getLogger(__name__)

#: Of one batch, at most so many refused items are kept: a broken sender must not fill the store.
MOST_KEPT = 20


async def keep(house: House, road: str, source: str, items: Sequence[object], refusals: Sequence[Refusal]) -> None:
    """Remembers refused items with their reasons."""
    if not refusals:
        return
    try:
        for refusal in refusals[:MOST_KEPT]:
            item = items[refusal.index]
            secret = _is_secret(item, house.taxonomy)
            reasons = [_reason(problem, secret) for problem in refusal.problems]
            await house.refused.keep(source, road, b"null" if secret else _data_of(item), reasons)
    except LogError as error:
        # The sender is told what was wrong either way; that is what counts.
        log.warning("refused input could not be kept: %s", error)


async def keep_raw(house: House, road: str, source: str, raw: bytes, problem: Problem) -> None:
    """Remembers a message that was not even understood, byte for byte, and counts it for its source."""
    house.sources.note(source, refused=1)
    try:
        await house.refused.keep(source, road, raw, [_reason(problem, secret=False)])
    except LogError as error:
        log.warning("refused input could not be kept: %s", error)


def _data_of(item: object) -> bytes:
    """The item as it can be sent again; what is nested too deep to be written down is only hinted at."""
    try:
        return orjson.dumps(item)
    except TypeError:
        return orjson.dumps(excerpt(item))


def _is_secret(item: object, taxonomy: Taxonomy) -> bool:
    """Whether this would be a restricted report, or says who reported: then nothing of its content is kept."""
    if not isinstance(item, dict):
        return False
    category = taxonomy.categories.get(str(item.get("category", "")))
    sensitive = category is not None and category.sensitive
    return sensitive or "reporter" in item or item.get("sensitivity", "normal") != "normal"


def _may_be_secret(one: RefusedInput) -> bool:
    """Whether it was to be a restricted report, or is a person's own message, which may have been."""
    return one.data == b"null" or one.road == "sms"


def _reason(problem: Problem, secret: bool) -> str:
    return f"{problem.field}: {problem.reason}" + ("" if secret else f" (got {problem.value})")


@router.get("/refused", summary="Refused input of the last seven days, newest first, with its reasons")
async def refused(request: Request, before: str | None = None, limit: int = Query(50, ge=1, le=200)) -> Response:
    if before is not None and not _is_id(before):
        problem = Problem("before", excerpt(before), "not an id of this list, such as 1732518300000-0")
        raise BadRequest(422, "Bad parameter", problem)
    found = await house_of(request).refused.newest(before=before, limit=limit)
    everything = caller_of(request).scope.is_whole
    return Json({"refused": [_shown(one) for one in found if everything or not _may_be_secret(one)]})


@router.post("/refused/{id}/resend", summary="Send a refused item again, as it was or put right")
async def resend(request: Request, id: str) -> Response:
    """An empty body sends it as it was; a JSON object is sent in its place. Accepted, it leaves the list."""
    house = house_of(request)
    one = await house.refused.get(id) if _is_id(id) else None
    if one is None:
        raise HTTPException(404, f"there is no refused item '{id[:60]}'")
    raw = await read_bytes(request)
    body = items_of(request, raw, 1) if raw else None
    if body is None and one.road not in (INCIDENT, POSITION):
        reason = "it was not understood as it came; send it put right, as an incident or a position"
        raise BadRequest(422, "Send it put right", Problem("(body)", one.road, reason))
    item = body.items[0] if body else orjson.loads(one.data)
    answer = await _send(request, one, item)
    await house.refused.settle(id)
    return Json(answer, 201)


async def _send(request: Request, one: RefusedInput, item: object) -> dict[str, Any]:
    house, caller = house_of(request), caller_of(request)
    may_place = where_may_place(caller)
    if _is_position(one, item):
        counts = await house.intake.positions(
            [item], source=one.source, actor=caller.name, may_place=may_place, relayed=True
        )
        if counts.refused:
            raise Refused(counts.refused)
        return {"accepted": counts.accepted}
    sealer = Sealer(house.access)
    batch = await house.intake.incidents(
        [item],
        source=one.source,
        actor=caller.name,
        may_place=may_place,
        relayed=True,
        seal=sealer,
        witness=witness_of(request, "resend", one.id, keyring=sealer.keyring),
    )
    return {"id": batch.taken[0].id, "duplicate": not batch.taken[0].new}


def _is_position(one: RefusedInput, item: object) -> bool:
    if one.road in (INCIDENT, POSITION):
        return one.road == POSITION
    return isinstance(item, dict) and "unit" in item


def _is_id(text: str) -> bool:
    ms, dash, seq = text.partition("-")
    return dash == "-" and all(part.isascii() and part.isdigit() and int(part) < 2**63 for part in (ms, seq))


def _shown(one: RefusedInput) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": utc_text(one.at_ms),
        "source": one.source,
        "road": one.road,
        "reasons": one.reasons,
        "data": one.data.decode("utf-8", "replace"),
        "cut": one.cut,
    }
