"""Reads live frames the way docs/live-protocol.md describes them, for the tests to look into."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

COLUMNS = [
    ("observed_ms", "<f8"),
    ("slot", "<u4"),
    ("lon_e6", "<i4"),
    ("lat_e6", "<i4"),
    ("heading_deg", "<u2"),
    ("speed_dkmh", "<u2"),
    ("state", "u1"),
]


@dataclass
class Frame:
    header: dict[str, Any]
    columns: dict[str, list[float]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.header["type"])


def read(data: bytes) -> Frame:
    size = int.from_bytes(data[:4], "little")
    header = orjson.loads(data[4 : 4 + size])
    at = (4 + size + 7) // 8 * 8
    columns = {}
    count = header["units"]["n"]
    if count:
        for name, dtype in COLUMNS:
            column = np.frombuffer(data, dtype, count, at)
            columns[name] = column.tolist()
            at += column.nbytes
    assert at == len(data) or not count
    return Frame(header, columns)
