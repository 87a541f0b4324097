"""The API's description at `/api/v1/openapi.json`: bodies are read by hand, so their shapes are added by hand."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from feeds.beats import BeatIn
from feeds.inputs import ActionIn, IncidentIn, PositionIn
from feeds.registry import RegistrationIn

_MODELS = (IncidentIn, PositionIn, ActionIn, BeatIn, RegistrationIn)
_REFUSALS = {
    "400": "The body is not JSON",
    "413": "The body is too large",
    "422": "Something does not hold; nothing was stored",
    "503": "The log does not answer; nothing was stored",
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


#: Where also a refusal may come in the form of an answer: item by item, or as the sentence for a phone.
_TELLS_WHAT_BECAME = ("/api/v1/incidents", "/ingest/sms")
#: What is answered in another form than plain JSON.
_MEDIA = {
    "/api/v1/areas": ("application/geo+json",),
    "/api/v1/areas/download": ("application/geo+json", "application/vnd.apache.parquet"),
    "/api/v1/incidents": ("application/geo+json",),
    "/api/v1/tps": ("application/geo+json",),
    "/api/v1/units": ("application/geo+json",),
    "/api/v1/units/{unit_id}": ("application/geo+json",),
    "/api/v1/units/{unit_id}/track": ("application/geo+json",),
    "/api/v1/layers/tps/{version}": ("application/octet-stream",),
    "/cap/feed.xml": ("application/rss+xml",),
    "/cap/{incident_id}": ("application/cap+xml",),
    "/ingest/osmand": (),
    "/ingest/gpslogger": (),
    "/metrics": ("text/plain",),
    "/ogc/api": ("application/vnd.oai.openapi+json;version=3.0",),
    "/ogc/collections/{layer}/items": ("application/geo+json",),
    "/ogc/collections/{layer}/items/{feature}": ("application/geo+json",),
    "/tiles/{z}/{x}/{y}": ("image/png", "image/jpeg", "image/webp"),
}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/problem+json": {"schema": _ref("Problem")}}}


def _one_or_many(name: str, most: int) -> dict[str, Any]:
    many = {"type": "array", "items": _ref(name), "maxItems": most}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"oneOf": [_ref(name), many]}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        },
        "responses": {code: _problem(text) for code, text in _REFUSALS.items()},
    }


INCIDENT_BODY = _one_or_many("IncidentIn", 1_000)
POSITION_BODY = _one_or_many("PositionIn", 10_000)
ACTION_BODY = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("ActionIn")}}},
    "responses": {
        **{code: _problem(text) for code, text in _REFUSALS.items()},
        "404": _problem("No such incident"),
        "409": _problem("Not allowed while the incident is in its state; says what is"),
    },
}


def _one(name: str) -> dict[str, Any]:
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ref(name)}}},
        "responses": {code: _problem(text) for code, text in _REFUSALS.items()},
    }


BEAT_BODY, REGISTRATION_BODY = _one("BeatIn"), _one("RegistrationIn")


def register(app: FastAPI) -> None:
    """Makes the app describe its API with the shapes of the bodies."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_shapes(get_openapi(title=app.title, version=app.version, routes=app.routes))
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _with_shapes(schema: dict[str, Any]) -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(model, "validation") for model in _MODELS], ref_template="#/components/schemas/{model}"
    )
    shapes = schema.setdefault("components", {}).setdefault("schemas", {})
    shapes.update(definitions.get("$defs", {}))
    shapes["Problem"] = _PROBLEM
    for path, item in schema["paths"].items():
        for operation in item.values():
            _describe_answers(path, operation["responses"])
    return schema


def _describe_answers(path: str, responses: dict[str, Any]) -> None:
    """Every answer that is no success is a problem document; some successes are not JSON."""
    for code in [code for code in responses if code.startswith("4")]:
        responses[code] = _problem(str(responses[code].get("description") or "Refused"))
    if path in _TELLS_WHAT_BECAME:
        responses["422"] = _problem("Nothing of it holds; what became of each item, or why")
        responses["422"]["content"]["application/json"] = {}
    responses["default"] = _problem("Anything else: not let in, not there, too much, or not now")
    if path in _MEDIA and "200" in responses:
        responses["200"]["content"] = {media: {} for media in _MEDIA[path]}
    if path == "/tiles/{z}/{x}/{y}":
        responses["204"] = {"description": "No tile there"}
