"""BMKG's earthquake catalogue (CSV: tgl;ot;lat;lon;depth;mag;remark) as incidents of the category `gempa`.

- Time: `tgl` is dd/mm/yyyy and `ot` the origin time in UTC. The file does not say so; the Majene earthquake shows
  it (14/01/2021 18:28:20 in the catalogue, 02.28 WITA on the 15th by everybody's watch).
- The id is made of the row, so the same row is the same incident however often it is published.
- Severity follows the magnitude alone: under 3 is 1 (hardly felt), under 4 is 2, under 5 is 3, under 6 is 4, and 5
  from there. It is a rule of ours for sorting; what a quake did is another report.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from feeds.inbound.reading import NotUnderstood, number

SOURCE = "bmkg"
COLUMNS = ("tgl", "ot", "lat", "lon", "depth", "mag", "remark")
#: Magnitudes at which severities 2, 3, 4 and 5 begin.
SEVERITY_FROM_MAGNITUDE = (3.0, 4.0, 5.0, 6.0)


def incident(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row as the incident that the intake takes. Raises `NotUnderstood`."""
    magnitude, depth_km = _number(row, "mag"), _number(row, "depth")
    remark = str(row.get("remark", "")).strip()
    return {
        "external_id": "|".join(str(row.get(name, "")).strip() for name in COLUMNS[:-1]),
        "source": SOURCE,
        "occurred_at": _origin_time(row).isoformat(),
        "category": "gempa",
        "severity": 1 + bisect_right(SEVERITY_FROM_MAGNITUDE, magnitude),
        "title": f"Gempa M {_decimal(magnitude)}, kedalaman {depth_km:g} km",
        "description": f"Katalog gempa bumi BMKG. Wilayah menurut katalog: {remark or 'tidak disebut'}.",
        "lon": _number(row, "lon"),
        "lat": _number(row, "lat"),
    }


def _origin_time(row: Mapping[str, Any]) -> datetime:
    text = f"{row.get('tgl', '')} {row.get('ot', '')}"
    for form in ("%d/%m/%Y %H:%M:%S.%f%z", "%d/%m/%Y %H:%M:%S%z"):
        try:
            return datetime.strptime(f"{text}+0000", form)
        except ValueError:
            continue
    raise NotUnderstood("tgl, ot", text.strip() or "(missing)", "must be dd/mm/yyyy and hh:mm:ss")


def _number(row: Mapping[str, Any], name: str) -> float:
    found = number(row.get(name))
    if found is None:
        raise NotUnderstood(name, row.get(name, "(missing)"), "must be a number")
    return found


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
