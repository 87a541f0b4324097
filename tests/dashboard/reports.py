"""An incident and a position as a program reports them."""

from datetime import UTC, datetime
from typing import Any


def now_text() -> str:
    return datetime.now(UTC).isoformat()


def incident(**fields: Any) -> dict[str, Any]:
    return {
        "external_id": "1",
        "occurred_at": now_text(),
        "category": "unjuk_rasa",
        "severity": 4,
        "title": "Massa di depan kantor KPU",
        "lon": 105.266,
        "lat": -5.43,
        **fields,
    }


def position(**fields: Any) -> dict[str, Any]:
    return {"unit": "p-07", "observed_at": now_text(), "lon": 105.2, "lat": -5.4, **fields}
