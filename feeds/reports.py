"""Checked input to events: the rules that need the taxonomy, the map or the clock, beyond a field's own shape."""

import uuid
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from feeds.clock import epoch_ms
from feeds.events import Correction, IncidentReported, incident_id
from feeds.inputs import ActionIn, CorrectionIn, IncidentIn, Problem, ReporterIn, excerpt
from feeds.placing import Placing
from feeds.taxonomy import Taxonomy

#: Seals who reported, for the incident with this id.
Seal = Callable[[str, ReporterIn], str]

#: A reporter's clock may be ahead by this much before its time counts as "in the future".
FUTURE_MS = 5 * 60_000
#: Before this, a time is a broken clock, not a report (2000-01-01 UTC).
EARLIEST_MS = 946_684_800_000
#: A device clock this far off is marked with its skew.
SKEW_MS = 60_000


def report_of(
    item: IncidentIn,
    placing: Placing,
    taxonomy: Taxonomy,
    source: str,
    actor: str | None,
    received_ms: int,
) -> IncidentReported | list[Problem]:
    """The event that a checked incident makes, or all that is wrong with it."""
    fields = fields_of(item, placing, taxonomy, source, actor, received_ms)
    return IncidentReported(**fields) if isinstance(fields, dict) else fields


def fields_of(
    item: IncidentIn,
    placing: Placing,
    taxonomy: Taxonomy,
    source: str,
    actor: str | None,
    received_ms: int,
    seal: Seal | None = None,
    *,
    simulated: bool = False,
) -> dict[str, Any] | list[Problem]:
    """The fields of that event, in their order, or all that is wrong with it.

    `seal` hides who reported; `simulated`: whatever the report says, it is.
    """
    at_ms = epoch_ms(item.occurred_at)
    problems = [*_time_problems(item, at_ms, received_ms), *_category_problems(item.category, taxonomy)]
    problems += _reporter_problems(item, taxonomy, seal)
    placed = placing.place(item.lon, item.lat, item.area)
    if isinstance(placed, Problem):
        return [*problems, placed]
    if problems:
        return problems
    name = item.source or source
    external_id = item.external_id or uuid.uuid4().hex
    incident = incident_id(name, external_id)
    return {
        "at_ms": min(at_ms, received_ms),
        "received_ms": received_ms,
        "source": name,
        "actor": actor,
        "simulated": item.simulated or simulated,
        "incident": incident,
        "external_id": external_id,
        "category": item.category,
        "severity": item.severity,
        "title": item.title,
        "lon": placed.lon,
        "lat": placed.lat,
        "description": item.description,
        "located": placed.located,
        "accuracy_m": item.accuracy_m,
        "regency": placed.regency,
        "district": placed.district,
        "polres": placed.polres,
        "kodim": placed.kodim,
        "agency": item.agency,
        "reporter_unit": item.reporter_unit,
        "victims": item.victims.model_dump(exclude_defaults=True) if item.victims else None,
        "crowd": item.crowd,
        "crowd_state": item.crowd_state,
        "sensitivity": item.sensitivity,
        "reporter_sealed": seal(incident, item.reporter) if seal and item.reporter else None,
        "expires_ms": epoch_ms(item.expires_at) if item.expires_at else None,
        "skew_ms": at_ms - received_ms if at_ms - received_ms > SKEW_MS else None,
    }


def correction_of(
    action: ActionIn, placing: Placing, taxonomy: Taxonomy
) -> tuple[Correction | None, list[Problem]]:
    """The correction that an action carries (None where it is none), and what is wrong with it."""
    given = action.correction
    if action.type != "correct":
        if given is not None:
            return None, [
                Problem("correction", excerpt(action.type), "only an action of type 'correct' carries one")
            ]
        return None, _merge_problems(action)
    if given is None or not given.model_fields_set:
        return None, [Problem("correction", "(missing)", "say what to set anew, such as {'severity': 4}")]
    problems = _category_problems(given.category, taxonomy) if given.category is not None else []
    fields: dict[str, Any] = given.model_dump(exclude_unset=True, exclude={"lon", "lat", "area", "victims"})
    if given.victims is not None:
        fields["victims"] = given.victims
    if _moves(given):
        placed = placing.place(given.lon, given.lat, given.area)
        if isinstance(placed, Problem):
            return None, [*problems, placed]
        fields.update(placed._asdict())
    return (None, problems) if problems else (Correction(**fields), [])


def _moves(given: CorrectionIn) -> bool:
    return given.lon is not None or given.lat is not None or given.area is not None


def _time_problems(item: IncidentIn, at_ms: int, received_ms: int) -> list[Problem]:
    if at_ms > received_ms + FUTURE_MS:
        ahead_min = round((at_ms - received_ms) / 60_000)
        reason = f"{ahead_min} minutes in the future; 5 minutes are allowed"
    elif at_ms < EARLIEST_MS:
        reason = "before the year 2000; check the reporter's clock"
    else:
        return []
    return [Problem("occurred_at", item.occurred_at.isoformat(), reason)]


def _reporter_problems(item: IncidentIn, taxonomy: Taxonomy, seal: Seal | None) -> list[Problem]:
    if item.reporter is None:
        return []
    if seal is None:
        return [Problem("reporter", "(hidden)", "this way in keeps no identities; send it through the API")]
    category = taxonomy.categories.get(item.category)
    if item.sensitivity == "restricted" or (category is not None and category.sensitive):
        return []
    return [Problem("reporter", "(hidden)", "only a restricted report keeps who reported: set its sensitivity")]


def _category_problems(category: str, taxonomy: Taxonomy) -> list[Problem]:
    if category in taxonomy.categories:
        return []
    near = get_close_matches(category, taxonomy.categories, n=3)
    hint = f"; near: {', '.join(near)}" if near else ""
    return [Problem("category", excerpt(category), f"not in the taxonomy (GET /api/v1/taxonomy lists them){hint}")]


def _merge_problems(action: ActionIn) -> list[Problem]:
    if action.type == "merge" and not action.into:
        return [Problem("into", "(missing)", "name the incident that this one is merged into")]
    if action.type == "assign" and not action.unit:
        return [Problem("unit", "(missing)", "name the unit that is assigned")]
    return []
