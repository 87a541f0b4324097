"""OsmAnd's and Traccar Client's protocol: a fix in a query string, a form, or (Traccar Client 9) a JSON body.

The query form carries the speed in knots, as Traccar's own decoder reads it; some senders mean m/s, so the unit is
the operator's to set. The JSON form is m/s. `-1` means unknown in both. A pressed SOS button (`alarm=sos`) is an
incident besides being a position.
"""

from typing import Literal

from feeds.inbound.fields import Fields, first, of_form, of_json
from feeds.inbound.reading import (
    KNOTS_TO_KMH,
    MPS_TO_KMH,
    NOWHERE,
    Fix,
    Json,
    NotUnderstood,
    Reading,
    degrees,
    is_nowhere,
    moment_ms,
    number,
)

SpeedUnit = Literal["knots", "kmh", "mps"]

_TO_KMH: dict[SpeedUnit, float] = {"knots": KNOTS_TO_KMH, "kmh": 1.0, "mps": MPS_TO_KMH}
_FALSE = frozenset({"0", "false", "no"})
#: Fixes that one JSON body may carry.
MOST_FIXES = 1_000


def parse(
    query: bytes, body: bytes = b"", content_type: str = "", *, now_ms: int, speed_unit: SpeedUnit = "knots"
) -> Reading:
    """Reads a request. Raises `NotUnderstood` where there is no device id, or a place or time does not hold."""
    if "json" in content_type.lower() or body.lstrip()[:1] == b"{":
        return _json(of_json(body), now_ms)
    fields = {**of_form(body), **of_form(query)} if body else of_form(query)
    return _form(fields, now_ms, _TO_KMH[speed_unit])


def _form(fields: Fields, now_ms: int, to_kmh: float) -> Reading:
    device = _device(first(fields, "id", "deviceid", "device_id"))
    place = _place(fields)
    if place is None:
        return Reading(device, note="no coordinates: only radio cells or networks, which Siger does not look up")
    if fields.get("valid", "").lower() in _FALSE:
        return Reading(device, note="the device says that its fix is not valid")
    speed = number(fields.get("speed"))
    fix = Fix(
        device=device,
        at_ms=moment_ms("timestamp", first(fields, "timestamp", "time"), now_ms),
        lon=place[0],
        lat=place[1],
        speed_kmh=None if speed is None else speed * to_kmh,
        heading_deg=number(first(fields, "bearing", "heading")),
        accuracy_m=number(first(fields, "accuracy", "hacc")),
        battery_pct=number(first(fields, "batt", "battery")),
    )
    return _reading(fix, fields.get("alarm", ""))


def _place(fields: Fields) -> tuple[float, float] | None:
    lat, lon = first(fields, "lat", "latitude"), first(fields, "lon", "lng", "longitude")
    if lat is None and lon is None and fields.get("location"):
        lat, _, lon = fields["location"].partition(",")
    if lat is None and lon is None:
        return None
    return degrees("lon", lon, 180), degrees("lat", lat, 90)


def _json(message: Json, now_ms: int) -> Reading:
    device = _device(message.get("device_id") or message.get("deviceId") or message.get("id"))
    told = message.get("location")
    locations = told if isinstance(told, list) else [told]
    if len(locations) > MOST_FIXES:
        raise NotUnderstood("location", len(locations), f"at most {MOST_FIXES} fixes a request")
    readings, problems = [], []
    for location in locations:
        try:
            readings.append(_reading(_fix(device, location, now_ms), _alarm(location)))
        except NotUnderstood as error:
            problems.append(error)
    if problems and not readings:
        raise problems[0]
    return Reading(
        device,
        tuple(position for reading in readings for position in reading.positions),
        tuple(incident for reading in readings for incident in reading.incidents),
        "; ".join([*(reading.note for reading in readings if reading.note), *map(str, problems)]),
    )


def _fix(device: str, location: object, now_ms: int) -> Fix:
    if not isinstance(location, dict) or not isinstance(location.get("coords"), dict):
        raise NotUnderstood("location", location, "must be an object with 'coords'")
    coords = location["coords"]
    speed = number(coords.get("speed"))
    battery = location.get("battery")
    charge = number(battery.get("level")) if isinstance(battery, dict) else None
    return Fix(
        device=device,
        at_ms=moment_ms("location.timestamp", location.get("timestamp"), now_ms),
        lon=degrees("location.coords.longitude", coords.get("longitude"), 180),
        lat=degrees("location.coords.latitude", coords.get("latitude"), 90),
        speed_kmh=None if speed is None else speed * MPS_TO_KMH,
        heading_deg=number(coords.get("heading")),
        accuracy_m=number(coords.get("accuracy")),
        battery_pct=None if charge is None else round(charge * 100, 1),
    )


def _alarm(location: object) -> str:
    extras = location.get("extras") if isinstance(location, dict) else None
    return str(extras.get("alarm", "")) if isinstance(extras, dict) else ""


def _reading(fix: Fix, alarm: str) -> Reading:
    if is_nowhere(fix.lon, fix.lat):
        return Reading(fix.device, note=NOWHERE)
    incidents = (fix.sos(),) if alarm.lower() == "sos" else ()
    return Reading(fix.device, (fix.position(),), incidents)


def _device(told: object) -> str:
    if isinstance(told, bool) or not isinstance(told, str | int) or not str(told).strip():
        raise NotUnderstood(
            "id", "(missing)" if told is None else told, "name the device: id=, deviceid= or device_id"
        )
    return str(told).strip()
