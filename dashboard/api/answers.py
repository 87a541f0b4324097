"""Answers as JSON, encoded by orjson."""

from typing import Any

import orjson
from starlette.responses import JSONResponse


class Json(JSONResponse):
    """A JSON answer."""

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content)


class GeoJson(Json):
    """A GeoJSON answer (RFC 7946)."""

    media_type = "application/geo+json"
