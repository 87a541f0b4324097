"""Which incidents somebody asks for: area, box, circle, category, severity, state, time and words. Pure."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from feeds.incident import Incident
from feeds.taxonomy import Taxonomy
from geo.areas import Areas
from geo.measure import distance_m


@dataclass(frozen=True, slots=True)
class IncidentQuery:
    """Each field narrows the answer; None or empty leaves it open. Degrees, metres, epoch milliseconds."""

    areas: tuple[str, ...] = ()
    bbox: tuple[float, float, float, float] | None = None
    near: tuple[float, float, float] | None = None
    categories: tuple[str, ...] = ()
    severity_min: int | None = None
    statuses: tuple[str, ...] = ()
    since_ms: int | None = None
    until_ms: int | None = None
    words: str | None = None


def select(
    incidents: Iterable[Incident], query: IncidentQuery, areas: Areas, taxonomy: Taxonomy
) -> Iterator[Incident]:
    """The incidents that the query asks for, newest first (by time of the event, then by id)."""
    tests = list(_tests(query, areas, taxonomy))
    found = [incident for incident in incidents if all(test(incident) for test in tests)]
    found.sort(key=lambda incident: (-incident.occurred_ms, incident.id))
    return iter(found)


Test = Callable[[Incident], bool]


def _tests(query: IncidentQuery, areas: Areas, taxonomy: Taxonomy) -> Iterator[Test]:
    if query.areas:
        yield _in_areas(query.areas, areas)
    if query.categories:
        yield _in_categories(query.categories, taxonomy)
    if query.statuses:
        yield _in_statuses(query.statuses, taxonomy)
    if query.severity_min is not None:
        least = query.severity_min
        yield lambda i: i.report.severity >= least
    if query.since_ms is not None:
        since = query.since_ms
        yield lambda i: i.occurred_ms >= since
    if query.until_ms is not None:
        until = query.until_ms
        yield lambda i: i.occurred_ms <= until
    if query.bbox is not None:
        yield _in_box(query.bbox)
    if query.near is not None:
        yield _near(query.near)
    if query.words:
        yield _says(query.words)


def _in_areas(codes: tuple[str, ...], areas: Areas) -> Test:
    known = [areas.get(code).code for code in codes]
    return lambda i: any(areas.covers(code, regency=i.report.regency, district=i.report.district) for code in known)


def _in_categories(codes: tuple[str, ...], taxonomy: Taxonomy) -> Test:
    wanted = {code for code, category in taxonomy.categories.items() if code in codes or category.group in codes}
    return lambda i: i.report.category in wanted


def _in_statuses(codes: tuple[str, ...], taxonomy: Taxonomy) -> Test:
    wanted = {code for code, status in taxonomy.statuses.items() if code in codes}
    if "open" in codes:
        wanted |= {code for code, status in taxonomy.statuses.items() if status.open}
    if "closed" in codes:
        wanted |= {code for code, status in taxonomy.statuses.items() if not status.open}
    return lambda i: i.status in wanted


def _in_box(box: tuple[float, float, float, float]) -> Test:
    west, south, east, north = box
    return lambda i: west <= i.report.lon <= east and south <= i.report.lat <= north


def _near(circle: tuple[float, float, float]) -> Test:
    lon, lat, radius_m = circle
    return lambda i: distance_m(lon, lat, i.report.lon, i.report.lat) <= radius_m


def _says(words: str) -> Test:
    wanted = words.casefold().split()
    return lambda i: all(word in f"{i.report.title} {i.report.description}".casefold() for word in wanted)
