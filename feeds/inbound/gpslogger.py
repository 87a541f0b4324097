"""GPSLogger for Android: the operator writes the URL or body template, so names vary; speed is m/s (%SPD).

Accepted are the names of GPSLogger's own placeholders (`lat=%LAT&spd=%SPD`) and those of the templates that other
products publish (`latitude=%LAT&speed=%SPD`). A placeholder that the app left empty counts as not said.
"""

from feeds.inbound.fields import Fields, first, of_form, of_json
from feeds.inbound.reading import (
    MPS_TO_KMH,
    NOWHERE,
    Fix,
    NotUnderstood,
    Reading,
    degrees,
    is_nowhere,
    moment_ms,
    number,
)

_DEVICE = ("device", "id", "aid", "ser", "serial", "user", "profile")
_TIME = ("timestamp", "time", "tst")


def parse(query: bytes, body: bytes = b"", content_type: str = "", *, now_ms: int) -> Reading:
    """Reads a request. Raises `NotUnderstood` where there is no device, or a place or time that does not hold."""
    fields = {**_body(body, content_type), **of_form(query)}
    device = first(fields, *_DEVICE)
    if device is None:
        raise NotUnderstood("device", "(missing)", "name the device in the template: device=%AID or device=%SER")
    speed = number(first(fields, "spd", "speed", "s"))
    fix = Fix(
        device=device,
        at_ms=moment_ms("time", first(fields, *_TIME), now_ms),
        lon=degrees("lon", first(fields, "lon", "longitude", "lng"), 180),
        lat=degrees("lat", first(fields, "lat", "latitude"), 90),
        speed_kmh=None if speed is None else speed * MPS_TO_KMH,
        heading_deg=number(first(fields, "dir", "direction", "bearing", "heading")),
        accuracy_m=number(first(fields, "acc", "accuracy")),
        battery_pct=number(first(fields, "batt", "battery", "bat")),
    )
    return Reading(device, note=NOWHERE) if is_nowhere(fix.lon, fix.lat) else Reading(device, (fix.position(),))


def _body(body: bytes, content_type: str) -> Fields:
    if not body.strip():
        return {}
    if "json" in content_type.lower() or body.lstrip()[:1] == b"{":
        return {
            str(name).lower(): str(value).strip()
            for name, value in of_json(body).items()
            if isinstance(value, str | int | float) and not isinstance(value, bool)
        }
    return of_form(body)
