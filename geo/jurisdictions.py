"""Police and army areas: sets of regencies, which do not nest in each other.

Each of the 15 Polres has one regency; six of the nine Kodim have two. What is not known stays out: which districts
a Polsek covers was never published, so Polsek are a list of names and not areas.
"""

from dataclasses import dataclass
from typing import Literal

Force = Literal["polres", "kodim"]


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    code: str  # "polres:tanggamus", "kodim:0422"
    force: Force
    name: str
    regencies: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # what breaks a time series: splits, new names, higher command


# Holds for all nine: Korem 043/Garuda Hitam changed its Kodam (lampung.idntimes.com; lampost.co, Nov 2025).
KOREM_NOTE = (
    "Korem 043/Garuda Hitam: di bawah Kodam II/Sriwijaya sampai 10 Agustus 2025, lalu Kodam XXI/Radin Inten."
)


def _polres(regency: str, name: str, *notes: str, title: str = "Polres") -> Jurisdiction:
    code = f"polres:{name.lower().replace(' ', '-')}"
    return Jurisdiction(code, "polres", f"{title} {name}", (regency,), notes=notes)


def _kodim(number: str, suffix: str, *regencies: str, notes: tuple[str, ...] = ()) -> Jurisdiction:
    aliases = (f"{number}/{suffix}", f"Kodim {number}")
    return Jurisdiction(
        f"kodim:{number}", "kodim", f"Kodim {number}/{suffix}", regencies, aliases, (*notes, KOREM_NOTE)
    )


# Lampung had 12 Polres/ta in 2018, 14 in 2020 and has 15 since February 2023 (monitor.co.id 2020/09/06;
# lintasdinamika.com; radarlampung.bacakoran.co/read/3706).
POLRES: tuple[Jurisdiction, ...] = (
    _polres("1801", "Lampung Selatan"),
    _polres("1802", "Lampung Tengah"),
    _polres("1803", "Lampung Utara"),
    _polres("1804", "Lampung Barat", "Sampai 1 Februari 2023 juga membawahi Pesisir Barat."),
    _polres("1805", "Tulang Bawang", "Sampai 2019 juga membawahi Tulang Bawang Barat."),
    _polres("1806", "Tanggamus", "Sampai 2019 juga membawahi Pringsewu."),
    _polres("1807", "Lampung Timur"),
    _polres("1808", "Way Kanan"),
    _polres("1809", "Pesawaran"),
    _polres("1810", "Pringsewu", "Mulai 2019; sebelumnya di bawah Polres Tanggamus."),
    _polres("1811", "Mesuji"),
    _polres("1812", "Tulang Bawang Barat", "Mulai 2019; sebelumnya di bawah Polres Tulang Bawang."),
    _polres("1813", "Pesisir Barat", "Mulai 2 Februari 2023; sebelumnya di bawah Polres Lampung Barat."),
    _polres("1871", "Bandar Lampung", title="Polresta"),
    _polres("1872", "Metro"),
)

KODIM: tuple[Jurisdiction, ...] = (
    _kodim("0410", "KBL", "1871"),
    _kodim("0411", "KM", "1802", "1872", notes=("Dahulu 0411/LT; sampai 2018 juga membawahi Lampung Timur.",)),
    _kodim("0412", "LU", "1803", "1812"),
    _kodim("0421", "LS", "1801", "1809"),
    _kodim("0422", "LB", "1804", "1813"),
    _kodim("0424", "TGM", "1806", "1810"),
    _kodim("0426", "TB", "1805", "1811"),
    _kodim("0427", "WK", "1808", notes=("Wilayah disimpulkan: satu-satunya Kodim tersisa untuk Way Kanan.",)),
    _kodim("0429", "Lamtim", "1807"),
)

JURISDICTIONS: tuple[Jurisdiction, ...] = POLRES + KODIM


def jurisdiction_of(force: Force, regency: str) -> str | None:
    """The code of the Polres or Kodim that a regency belongs to."""
    return _BY_REGENCY.get((force, regency))


_BY_REGENCY: dict[tuple[Force, str], str] = {
    (jurisdiction.force, regency): jurisdiction.code
    for jurisdiction in JURISDICTIONS
    for regency in jurisdiction.regencies
}
