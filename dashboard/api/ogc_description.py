"""`/ogc/api`: the OpenAPI 3.0 document that clients read to learn which attributes may be asked for.

GDAL and QGIS filter on the server only by what stands here, and then trust the server's answer.
"""

from collections.abc import Iterable
from typing import Any

from dashboard.api.ogc_layers import Layer
from dashboard.api.ogc_query import LARGEST_PAGE, PAGE

OPENAPI_TYPE = "application/vnd.oai.openapi+json;version=3.0"

_ANSWER = {"200": {"description": "OK"}}


def api_description(base: str, layers: Iterable[Layer]) -> dict[str, Any]:
    """The document, for these layers under this address."""
    paths: dict[str, Any] = {
        path: _path(summary)
        for path, summary in (
            ("/", "Where everything is"),
            ("/conformance", "Conformance classes"),
            ("/collections", "The layers"),
        )
    }
    for layer in layers:
        paths[f"/collections/{layer.name}"] = _path(layer.title)
        paths[f"/collections/{layer.name}/items"] = _path(layer.title, _parameters(layer))
        feature = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
        paths[f"/collections/{layer.name}/items/{{featureId}}"] = _path(layer.title, [feature])
    return {
        "openapi": "3.0.3",
        "info": {"title": "Siger: OGC API Features", "version": "1.0.0"},
        "servers": [{"url": base}],
        "paths": paths,
    }


def _path(summary: str, parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"get": {"summary": summary, "parameters": parameters or [], "responses": _ANSWER}}


def _parameters(layer: Layer) -> list[dict[str, Any]]:
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}
    return [
        _parameter("limit", limit),
        {**_parameter("bbox", numbers), "explode": False},
        _parameter("datetime", {"type": "string"}),
        _parameter("cursor", {"type": "string"}),
        _parameter("offset", {"type": "integer", "minimum": 0, "default": 0}),
        *(_parameter(name, {"type": kind}) for name, kind in layer.filters.items()),
    ]


def _parameter(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "style": "form", "schema": schema}
