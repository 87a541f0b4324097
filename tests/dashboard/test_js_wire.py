"""The browser reads exactly the bytes that the protocol describes, and refuses others with a reason."""

import base64
import json
import struct
from typing import Any

import pytest

from dashboard import wire
from dashboard.access.rights import WHOLE
from dashboard.view import View, Whereabouts
from feeds.picture import Picture
from tests.feeds.test_picture import moved, reported
from tests.js.node import needs_node, run

pytestmark = needs_node


def golden(header: dict[str, Any], *rows: tuple[float, int, int, int, int, int, int]) -> bytes:
    """A frame written from docs/live-protocol.md by hand, apart from the server's own encoder."""
    text = json.dumps(header).encode()
    parts = [struct.pack("<I", len(text)), text, bytes(-(4 + len(text)) % 8)]
    parts += [
        struct.pack(f"<{len(rows)}{code}", *values)
        for code, values in zip("dIiiHHB", zip(*rows, strict=True), strict=bool(rows))
    ]
    return b"".join(parts)


def decoded(*frames: bytes) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = run("wire.js", [base64.b64encode(frame).decode() for frame in frames])
    return answer


def test_columns_and_header_of_a_golden_frame() -> None:
    header = {"type": "delta", "id": "2-0", "units": {"n": 2, "meta": []}, "title": "Massa ±300", "new_key": [1]}
    rows = (1_732_500_000_123.0, 7, 105_123_456, -5_432_109, 359, 655, 3), (1.0, 0, -1, 2, 65535, 65535, 0)
    for padding in range(8):  # every length of padding before the columns
        (frame,) = decoded(golden({**header, "pad": "x" * padding}, *rows))
        assert frame["header"] == {**header, "pad": "x" * padding}
        assert [[column[row] for column in frame["columns"].values()] for row in (0, 1)] == [list(r) for r in rows]


def test_reads_what_the_server_writes() -> None:
    picture = Picture()
    picture.apply("1-0", moved("P1", 1_700_000_000_000, 105.25, heading_deg=90, speed_kmh=31.5, state="di_tkp"))
    picture.apply("2-0", reported())
    (frame,) = decoded(
        wire.snapshot(
            {"type": "snapshot", "id": "2-0", "prev": None, "boot": "b"}, View(picture, WHOLE, Whereabouts(None))
        )
    )
    assert frame["columns"] == {
        "observedMs": [1_700_000_000_000],
        "slot": [0],
        "lonE6": [105_250_000],
        "latE6": [-5_000_000],
        "headingDeg": [90],
        "speedDkmh": [315],
        "state": [4],
    }
    assert [incident["title"] for incident in frame["header"]["incidents"]] == ["Unjuk rasa di kantor KPU"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x01", "no header length"),
        (struct.pack("<I", 99) + b"{}", "header of 99 bytes in a frame of 6"),
        (struct.pack("<I", 2) + b"{x", "header is not JSON"),
        (struct.pack("<I", 2) + b'"\xff', "header is not JSON"),
        (struct.pack("<I", 4) + b"null", "header is not an object"),
        (golden({"type": "gift"}), "frame type 'gift' is not known"),
        (golden({"type": "tick", "units": {"n": -1}}), "units.n is -1, not a count"),
        (golden({"type": "tick", "units": {"n": 4_000_000_000}}), "4000000000 positions do not fit"),
    ],
)
def test_refuses_what_is_not_a_frame(data: bytes, reason: str) -> None:
    (frame,) = decoded(data)
    assert frame["isWireError"]
    assert reason in frame["error"]
