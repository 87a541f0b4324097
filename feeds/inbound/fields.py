"""A request's query, form or JSON body as plain fields, bounded: what device protocols over HTTP have in common."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

import orjson

from feeds.inbound.reading import Json, NotUnderstood

#: Devices send a dozen fields, with networks seen perhaps fifty.
MOST_FIELDS = 200

Fields = Mapping[str, str]


def of_form(text: bytes) -> dict[str, str]:
    """A query string's or form body's fields, names in small letters; the first of repeated ones counts."""
    try:
        pairs = parse_qsl(
            text.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        raise NotUnderstood("(query)", text[:80].decode("latin-1"), f"at most {MOST_FIELDS} fields") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name.strip().lower(), value.strip())
    return fields


def of_json(body: bytes) -> Json:
    """A JSON object body."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotUnderstood("(body)", body[:80].decode("utf-8", "replace"), f"not JSON: {error.msg}") from error
    if not isinstance(value, dict):
        raise NotUnderstood("(body)", body[:80].decode("utf-8", "replace"), "must be a JSON object")
    return value


def first(fields: Fields, *names: str) -> str | None:
    """The first of these fields that holds something."""
    return next((fields[name] for name in names if fields.get(name)), None)
