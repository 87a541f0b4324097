"""What the columns of a list of polling stations mean, and what each of its rows says.

Only what a row says is taken from it: a list of classes that Polda sends updates the classes of stations that KPU
listed, and leaves their voters alone. Where a station lies is `feeds.tps_place`'s question.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from feeds.inbound.columns import Columns, count_of, text_of
from feeds.inbound.coordinates import degrees_of
from feeds.inbound.reading import NotUnderstood
from feeds.inbound.words import plain
from feeds.inputs import EXCERPT_CHARS, visible_line
from feeds.tps import CLASSES, FLAGS, TpsClass, TpsFlag

#: Field -> names that a column for it bears, best first. Compared in small letters, without signs.
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "id": ("id tps", "tps id", "kode tps", "id"),
    "number": ("no tps", "nomor tps", "number", "tps", "nomor", "no"),
    "village_code": ("kode desa kelurahan", "kode kelurahan desa", "kode desa", "kode kelurahan", "village code"),
    "district_code": ("kode kecamatan", "district code", "kode wilayah", "kode"),
    "village": ("desa kelurahan", "kelurahan desa", "nama desa", "nama kelurahan", "desa", "kelurahan", "pekon",
                "tiyuh", "kampung", "village"),
    "district": ("kecamatan", "nama kecamatan", "district"),
    "regency": ("kabupaten kota", "kabupaten", "kab kota", "kab", "kota", "regency"),
    "place": ("nama tps", "nama lokasi", "nama tempat", "tempat", "lokasi", "bangunan", "place"),
    "address": ("alamat tps", "alamat", "address"),
    "lon": ("lon", "longitude", "bujur", "long", "lng", "x"),
    "lat": ("lat", "latitude", "lintang", "y"),
    "voters": ("dpt", "jumlah pemilih", "jumlah dpt", "pemilih", "voters", "total"),
    "men": ("dpt l", "pemilih l", "laki laki", "l", "lk", "men"),
    "women": ("dpt p", "pemilih p", "perempuan", "p", "pr", "women"),
    "class": ("kategori tps", "kategori kerawanan", "klasifikasi", "kategori", "kerawanan", "kelas", "class"),
    "flags": ("flags", "tanda"),
    "lokasi_khusus": ("lokasi khusus", "loksus", "jenis tps"),
    "terpencil": ("terpencil", "remote"),
    "tanpa_sinyal": ("tanpa sinyal", "tidak ada sinyal", "blank spot", "kendala internet", "tanpa internet"),
    "tanpa_listrik": ("tanpa listrik", "tidak ada listrik", "kendala listrik"),
    "sulit_dijangkau": ("sulit dijangkau", "sulit terjangkau", "sulit diakses"),
}  # fmt: skip

NO_DATA: Final = ("belum ada data", "tidak ada data")
_YES: Final = ("ya", "y", "yes", "true", "1", "x", "v", "ada", "benar", "khusus", "lokasi khusus")
_NO: Final = ("", "tidak", "t", "no", "n", "false", "0", "reguler", "bukan")
_MOST_CHARS: Final = {"id": 80, "village": 100, "place": 200, "address": 500}
MOST_VOTERS: Final = 100_000
MOST_NUMBER: Final = 9_999


@dataclass(frozen=True, slots=True)
class Told:
    """What one row says. `known` are fields of a `Tps` as the row gives them, and no others."""

    id: str = ""
    number: int | None = None
    code: str = ""  # of a village or a district, digits alone
    village: str = ""
    district: str = ""
    regency: str = ""
    point: tuple[float, float] | None = None
    known: Mapping[str, Any] = field(default_factory=dict)


def told_of(cells: Mapping[str, Any], columns: Columns) -> Told:
    """A row's cells in our words. Raises `NotUnderstood` for the first cell that does not hold."""
    told = {name: visible_line(text_of(columns.cell(cells, name))) for name in FIELDS}
    for name, most in _MOST_CHARS.items():
        if len(told[name]) > most:
            raise NotUnderstood(name, told[name][:EXCERPT_CHARS], f"has {len(told[name])} letters; at most {most}")
    for name in ("district", "regency"):
        # Our own answers, and many lists, have the code where the name might stand.
        if re.fullmatch(r"[\d.]+", told[name]):
            told["district_code"] = told["district_code"] or (told[name] if name == "district" else "")
            told[name] = ""
    known = {name: told[name] for name in ("place", "address") if told[name]}
    return Told(
        re.sub(r"[^\w.:-]+", "-", told["id"]),  # it stands in addresses
        _number(told["number"]),
        re.sub(r"[.\s]", "", told["village_code"] or told["district_code"]),
        re.sub(r"(?i)^(desa|kelurahan|kel\.|pekon|tiyuh|kampung)\s+", "", told["village"]),
        told["district"],
        told["regency"],
        _point(told),
        {**known, **_voters(told), **_class(told["class"]), **_flags(told)},
    )


def _number(text: str) -> int | None:
    digits = re.search(r"\d+", text)
    if not text:
        return None
    if digits is None or not 1 <= int(digits.group()[:9]) <= MOST_NUMBER:
        raise NotUnderstood("number", text, "must be the station's number, such as 5 or TPS 005")
    return int(digits.group())


def _point(told: Mapping[str, str]) -> tuple[float, float] | None:
    if not told["lon"] and not told["lat"]:
        return None
    return degrees_of("lon", told["lon"]), degrees_of("lat", told["lat"])


def _voters(told: Mapping[str, str]) -> dict[str, int]:
    counts = {name: count_of(name, told[name]) for name in ("voters", "men", "women")}
    found = {name: count for name, count in counts.items() if count is not None}
    for name, count in found.items():
        if count > MOST_VOTERS:
            raise NotUnderstood(name, count, f"at most {MOST_VOTERS} voters; a station has at most 600")
    if "men" in found and "women" in found:
        both = found["men"] + found["women"]
        if found.setdefault("voters", both) != both:
            raise NotUnderstood("voters", found["voters"], f"men and women come to {both}")
    return found


def _class(text: str) -> dict[str, TpsClass | None]:
    said = plain(text).removeprefix("tps ")
    if not said or said in NO_DATA:
        return {"klass": None} if said else {}
    for code in CLASSES:
        if said == plain(code):
            return {"klass": code}
    raise NotUnderstood("class", text, f"must be one of {', '.join(plain(code) for code in CLASSES)}, {NO_DATA[0]}")


def _flags(told: Mapping[str, str]) -> dict[str, tuple[TpsFlag, ...]]:
    columns = [flag for flag in FLAGS if told[flag]]
    listed = {plain(part) for part in re.split(r"[,;|]", told["flags"]) if part.strip()}
    strange = listed - {plain(flag) for flag in FLAGS}
    if strange:
        raise NotUnderstood("flags", min(strange), f"must be some of {', '.join(FLAGS)}")
    if not columns and not listed:
        return {}
    return {"flags": tuple(f for f in FLAGS if plain(f) in listed or (f in columns and _is_yes(f, told[f])))}


def _is_yes(flag: str, text: str) -> bool:
    said = plain(text)
    if said not in (*_YES, *_NO):
        raise NotUnderstood(flag, text, "must be ya or tidak")
    return said in _YES
