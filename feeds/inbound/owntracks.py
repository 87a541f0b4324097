"""OwnTracks over HTTP: `location` messages are positions; every other `_type` is accepted and carries nothing here.

The app counts any answer as delivery, so refusing a message loses its fix for good: only what has no usable place
or time is refused. Speed is km/h, time Unix seconds. Who sends is told by the account (`X-Limit-U`, `X-Limit-D`,
`u`, `d`) before the message's own topic, because the account is the part that somebody checked.
"""

from feeds.inbound.fields import of_json
from feeds.inbound.reading import (
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


def parse(body: bytes, *, user: str = "", device: str = "", now_ms: int) -> Reading:
    """Reads a request's body. Raises `NotUnderstood`; an empty body is a message without content."""
    if not body.strip():
        return Reading(note="an empty message")
    message = of_json(body)
    kind = message.get("_type")
    if kind != "location":
        return Reading(note=f"a message of type '{str(kind)[:40]}', which carries no position for Siger")
    name = _name(message, user.strip(), device.strip())
    fix = Fix(
        device=name,
        at_ms=moment_ms("tst", message.get("tst"), now_ms),
        lon=degrees("lon", message.get("lon"), 180),
        lat=degrees("lat", message.get("lat"), 90),
        speed_kmh=number(message.get("vel")),
        heading_deg=number(message.get("cog")),
        accuracy_m=number(message.get("acc")),
        battery_pct=number(message.get("batt")),
        callsign=_text(message.get("tid")) or None,
    )
    return Reading(name, note=NOWHERE) if is_nowhere(fix.lon, fix.lat) else Reading(name, (fix.position(),))


def _name(message: Json, user: str, device: str) -> str:
    account = "/".join(part for part in (user, device) if part)
    topic = "/".join(part for part in _text(message.get("topic")).split("/")[1:3] if part)
    name = account or topic or _text(message.get("tid"))
    if not name:
        raise NotUnderstood("tid", "(missing)", "name the device: a tid, a topic, or u and d in the address")
    return name


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
