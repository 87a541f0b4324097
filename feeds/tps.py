"""Polling stations (tempat pemungutan suara, TPS): what is known of one, and on whose word.

A list of them is a dated reference, not something that moves. Each part of it rests on a reference of its own: KPU
lists stations and voters, Polda classes them, Bawaslu marks hard conditions; KPU itself does not speak of "TPS
rawan". Hence no class without its owner, and none is derived from another.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from feeds.numbers import Count, Lat, Lon

TpsClass = Literal["kurang_rawan", "rawan", "sangat_rawan", "khusus"]
#: Polda's classes, the lowest first; `khusus` (prison, shelter, disaster area) stands apart. None: no data.
CLASSES: tuple[TpsClass, ...] = get_args(TpsClass)

TpsFlag = Literal["lokasi_khusus", "terpencil", "tanpa_sinyal", "tanpa_listrik", "sulit_dijangkau"]
FLAGS: tuple[TpsFlag, ...] = get_args(TpsFlag)

#: How the point was found: given for the station, its village's, or its district's centre.
TpsLocated = Literal["point", "village", "area"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Who published it, for which day (ISO 8601), and where."""

    owner: str
    date: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Tps:
    """One polling station. Degrees; voters of the final list (DPT), men (L) and women (P) where told apart.

    `listed`, `classed` and `flagged` are codes of the references behind the station, its class and its flags.
    `astray`: its own point lies outside the district that it was listed in.
    """

    id: str
    number: Count
    village: str
    lon: Lon
    lat: Lat
    located: TpsLocated
    village_code: str | None = None
    place: str = ""
    address: str = ""
    voters: Count | None = None
    men: Count | None = None
    women: Count | None = None
    klass: TpsClass | None = None
    flags: tuple[TpsFlag, ...] = ()
    astray: bool = False
    listed: str = ""
    classed: str = ""
    flagged: str = ""
