"""What a request to `/ogc/…/items` asks for, checked, and the page of features that answers it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dashboard.api.ogc_layers import Feature, Layer
from dashboard.api.problems import BadRequest
from feeds.clock import read_ms
from feeds.inputs import Problem, excerpt

PAGE = 100
LARGEST_PAGE = 10_000
CRS84 = ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "[OGC:CRS84]")
_OPEN = ("", "..")
MOST_DIGITS = 9
#: A date without a time means that day (UTC), not its first moment.
DAY_MS = 86_400_000

Box = tuple[float, float, float, float]
Span = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class OgcQuery:
    """A checked request; `asked` are its parameters as they came, for the links of the answer."""

    limit: int = PAGE
    bbox: Box | None = None
    span: Span | None = None
    equal: tuple[tuple[str, str], ...] = ()
    after: str = ""
    offset: int = 0
    asked: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]], layer: Layer) -> "OgcQuery":
        """Raises `BadRequest` (400) for what does not hold and for parameters that there are not."""
        asked = tuple(pairs)
        given = dict(asked)
        known = {"limit", "bbox", "datetime", "cursor", "f", "bbox-crs", "crs", "offset", *layer.filters}
        for name in given.keys() - known:
            raise _bad(name, given[name], f"no such parameter; there are: {', '.join(sorted(known))}")
        for name in ("bbox-crs", "crs"):
            if given.get(name, CRS84[0]) not in CRS84:
                raise _bad(name, given[name], f"only {CRS84[0]}")
        if given.get("f", "json") not in ("json", "geojson"):
            raise _bad("f", given["f"], "only json")
        return cls(
            limit=min(_whole("limit", given.get("limit"), PAGE, least=1), LARGEST_PAGE),
            bbox=_box(given.get("bbox")),
            span=_span(given.get("datetime")),
            equal=tuple((name, given[name]) for name in layer.filters if name in given),
            after=given.get("cursor", ""),
            offset=_whole("offset", given.get("offset"), 0, least=0),
            asked=asked,
        )

    def url(self, after: str | None = None) -> str:
        """The query string of this page, or of the one that goes on after a feature's id."""
        pairs = [pair for pair in self.asked if after is None or pair[0] not in ("cursor", "offset")]
        pairs += [("cursor", after)] if after is not None else []
        return f"?{urlencode(pairs)}" if pairs else ""


def page_of(layer: Layer, query: OgcQuery) -> tuple[list[Feature], int, bool]:
    """A page of features by id, how many match on all pages, and whether there are more."""
    if layer.page is not None:
        return layer.page(query.equal, query.bbox, query.after, query.limit)
    found = [feature for feature in layer.features() if _holds(feature, layer, query)]
    found.sort(key=lambda feature: str(feature["id"]))
    rest = [feature for feature in found if str(feature["id"]) > query.after] if query.after else found
    rest = rest[query.offset :]
    return rest[: query.limit], len(found), len(rest) > query.limit


def _holds(feature: Feature, layer: Layer, query: OgcQuery) -> bool:
    properties = feature["properties"]
    if any(_text(properties.get(name)) != value for name, value in query.equal):
        return False
    if query.span is not None and layer.time is not None and not _within(properties[layer.time], query.span):
        return False
    return query.bbox is None or _meets(feature["geometry"], query.bbox)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _within(told: str, span: Span) -> bool:
    at_ms = read_ms(told)
    begin, end = span
    return (begin is None or begin <= at_ms) and (end is None or at_ms <= end)


def _meets(geometry: dict[str, Any], box: Box) -> bool:
    west, south, east, north = box
    low_lon, low_lat, high_lon, high_lat = _bounds(geometry["coordinates"])
    return low_lon <= east and high_lon >= west and low_lat <= north and high_lat >= south


def _bounds(coordinates: Sequence[Any]) -> Box:
    if isinstance(coordinates[0], int | float):
        return coordinates[0], coordinates[1], coordinates[0], coordinates[1]
    boxes = [_bounds(part) for part in coordinates]
    lows, highs = [box[:2] for box in boxes], [box[2:] for box in boxes]
    return (
        min(low[0] for low in lows),
        min(low[1] for low in lows),
        max(h[0] for h in highs),
        max(h[1] for h in highs),
    )


def _whole(name: str, text: str | None, default: int, *, least: int) -> int:
    if text is None:
        return default
    if not text.isdecimal() or len(text) > MOST_DIGITS or int(text) < least:
        raise _bad(name, text, f"must be a whole number from {least}")
    return int(text)


def _box(text: str | None) -> Box | None:
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (4, 6) or not all(abs(number) <= 1e6 for number in numbers):
        raise _bad("bbox", text, "must be west,south,east,north in degrees")
    half = len(numbers) // 2
    west, south, east, north = numbers[0], numbers[1], numbers[half], numbers[half + 1]
    if west > east or south > north:
        raise _bad("bbox", text, "west before east, south before north; Lampung does not cross the date line")
    return west, south, east, north


def _span(text: str | None) -> Span | None:
    if text is None:
        return None
    begin, slash, end = text.partition("/")
    if not slash:
        at_ms = _moment(begin, text)
        return at_ms, at_ms + (DAY_MS - 1 if len(begin) == len("2024-11-27") else 0)
    span = (
        None if begin in _OPEN else _moment(begin, text),
        None if end in _OPEN else _moment(end, text),
    )
    if span[0] is not None and span[1] is not None and span[0] > span[1]:
        raise _bad("datetime", text, "the interval ends before it begins")
    return span


def _moment(part: str, text: str) -> int:
    try:
        # The blank is a "+" that somebody did not encode.
        return read_ms(part.replace(" ", "+"))
    except ValueError as error:
        raise _bad("datetime", text, "must be RFC 3339, or an interval such as 2024-11-27T00:00:00Z/..") from error


def _bad(name: str, value: str, reason: str) -> BadRequest:
    return BadRequest(400, "Bad parameter", Problem(excerpt(name), excerpt(value), reason))
