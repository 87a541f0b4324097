"""The browser's polling stations: read as the server packs them, fetched once a list and only if shown."""

from typing import Any

from dashboard.tps_layer import columns
from feeds.events import TpsListed
from feeds.tps import Tps
from tests.js.node import needs_node, run

pytestmark = needs_node

STATIONS = (
    Tps("1806011003-001", 1, "Kuripan", 104.62, -5.49, "point", voters=490, klass="rawan"),
    Tps("1806011003-002", 2, "Kuripan", 104.63, -5.49, "village"),
    Tps("1806011003-003", 3, "Kuripan", 104.63, -5.49, "village", voters=0),
)
FILE = columns([TpsListed(at_ms=1, received_ms=2, source="s", edition="e", district="180601", stations=STATIONS)])
INDEX = "/api/v1/layers/tps"
STEPS: list[dict[str, Any]] = [
    {"mark": "1-0"},
    {"tps": True},
    {"mark": "1-0"},
    {"mark": "2-0", "version": 2},
    {"mark": "3-0", "version": 3, "broken": True},
    {"tps": False},
    {"mark": "4-0", "version": 4},
]


def test_columns_are_read_and_stations_without_a_point_stand_apart() -> None:
    told = run("tps.js", {"file": FILE, "steps": STEPS})
    assert told["ids"] == [tps.id for tps in STATIONS]
    assert told["lon_e6"][:2] == [104_620_000, 104_630_000]
    assert told["lon_e6"][2] != told["lon_e6"][1]
    assert abs(told["lon_e6"][2] - told["lon_e6"][1]) < 2_000
    assert told["isNear"] == [0, 1, 1]
    assert told["voters"] == [490, 65535, 0]
    asked = [urls for urls, _ in told["seen"]]
    assert asked == [
        [],  # nobody looks
        [INDEX, f"{INDEX}/v1"],
        [],  # the same list
        [INDEX, f"{INDEX}/v2"],
        [INDEX],  # the server is away: the old list stays
        [],
        [],
    ]
    assert [mark for _, mark in told["seen"]] == [None, "1-0", "1-0", "2-0", "2-0", "2-0", "2-0"]
