"""One area: its code, names, outline, and where its name and its unplaced incidents stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shapely.geometry.base import BaseGeometry

AreaLevel = Literal["province", "regency", "district", "polres", "kodim"]


@dataclass(frozen=True, slots=True)
class Area:
    code: str  # "18", "1806", "180601", "polres:tanggamus", "kodim:0422"
    level: AreaLevel
    name: str  # a regency without "Kabupaten" or "Kota"
    parent: str | None
    regencies: tuple[str, ...]
    geometry: BaseGeometry
    label: tuple[float, float]  # lon, lat: where the name stands (pole of inaccessibility)
    aliases: tuple[str, ...] = ()
    capital: str | None = None
    capital_at: tuple[float, float] | None = None
    centre: tuple[float, float] | None = (
        None  # where an incident known only by its area is put, if not at the label
    )
    indicative: bool = False  # "batas indikatif": drawn from village points, not surveyed
    notes: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[float, float]:
        """Lon, lat for something that is known to be in this area and no nearer."""
        return self.centre or self.label


class UnknownArea(LookupError):
    """No area has this code."""

    def __init__(self, code: str, close: Sequence[str] = ()) -> None:
        self.code = code
        hint = (
            f"; close to it: {', '.join(close)}"
            if close
            else "; codes look like 1806, 180601, polres:tanggamus, kodim:0422"
        )
        super().__init__(f"no area has the code {code!r}{hint}")


def normal_code(code: str) -> str:
    """ "18.06.01" -> "180601", "POLRES:Tanggamus" -> "polres:tanggamus"."""
    text = code.strip().lower()
    return text if ":" in text else text.replace(".", "")
