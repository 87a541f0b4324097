"""What the columns of a table mean, and each of its rows as an incident.

The header's names are recognised in the field's own words (tanggal, jam, kecamatan, kategori, uraian, MD, LB,
LR); `--map field=column` overrules. Times without an offset are WIB. The same row imported twice is the same
incident: without a number of its own it is named by what it says.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, timezone
from typing import Any

from feeds.clock import WIB, epoch_ms, utc_text
from feeds.inbound.coordinates import degrees_of, point_of
from feeds.inbound.reading import Json, NotUnderstood, number
from feeds.inbound.times import moment
from feeds.inbound.words import SEVERITY_OF, category_named, place_named, plain
from feeds.taxonomy import Taxonomy
from geo.areas import Areas, UnknownArea

DEFAULT_SEVERITY = 3

#: Field -> names that a column for it bears, best first. Compared in small letters, without signs.
NAMES: dict[str, tuple[str, ...]] = {
    "occurred_at": ("occurred at", "waktu kejadian", "tanggal kejadian", "tgl kejadian", "waktu", "tanggal", "tgl",
                    "date", "submission time", "submissiondate"),
    "clock": ("jam kejadian", "jam", "pukul", "time"),
    "category": ("category", "kategori", "jenis kejadian", "jenis gangguan", "jenis", "kejadian"),
    "severity": ("severity", "keparahan", "tingkat keparahan", "tingkat"),
    "title": ("title", "judul", "perihal", "peristiwa"),
    "description": ("description", "uraian", "uraian kejadian", "kronologi", "keterangan", "deskripsi"),
    "lon": ("lon", "longitude", "bujur", "long", "lng", "x"),
    "lat": ("lat", "latitude", "lintang", "y"),
    "point": ("koordinat", "titik koordinat", "koordinat tkp", "geopoint", "titik gps", "gps", "titik", "lokasi",
              "location"),
    "area": ("area", "kode wilayah", "kode"),
    "district": ("kecamatan", "district", "tkp kecamatan"),
    "regency": ("kabupaten kota", "kabupaten", "kab kota", "kab", "kota", "regency"),
    "external_id": ("external id", "nomor laporan", "no laporan", "nomor lp", "no lp", "uuid", "instanceid", "key",
                    "id", "nomor", "no"),
    "source": ("source",),
    "agency": ("agency", "instansi"),
    "reporter_unit": ("reporter unit", "pelapor", "satuan", "polsek", "kesatuan"),
    "dead": ("victims dead", "md", "meninggal", "korban meninggal", "meninggal dunia"),
    "badly_hurt": ("victims badly hurt", "lb", "luka berat"),
    "hurt": ("victims hurt", "lr", "luka ringan"),
    "crowd": ("crowd", "jumlah massa", "massa"),
    "crowd_state": ("crowd state", "status massa", "situasi"),
}  # fmt: skip
#: "±200 orang", "kurang lebih 1.200 massa".
_ABOUT = re.compile(
    r"^(?:±|\+/-|~|kurang lebih|sekitar|lk\.?)?\s*(\d[\d.]*)\s*(?:orang|org|massa|jiwa)?$", re.IGNORECASE
)
_STAMPED_UTC = ("submission time", "submissiondate")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column each field is in."""

    of: Mapping[str, str]

    @classmethod
    def guess(
        cls,
        header: Iterable[str],
        given: Mapping[str, str] | None = None,
        fields: Mapping[str, tuple[str, ...]] = NAMES,
    ) -> "Columns":
        """By the header's names; `given` (field -> column) overrules. Raises `NotUnderstood` if it is not there.

        `fields` are those of an incident, or of whatever else the table lists, each with the names it goes by.
        """
        names = list(header)
        chosen = dict(given or {})
        for field, column in chosen.items():
            if field not in fields:
                raise NotUnderstood("--map", field, f"not a field; there are: {', '.join(fields)}")
            if column not in names:
                raise NotUnderstood("--map", column, f"no such column; there are: {', '.join(names)[:300]}")
        by_name = {bare: name for name in reversed(names) for bare in _ends(name)}
        by_name |= {plain(name): name for name in reversed(names)}
        for field, known in fields.items():
            if field not in chosen:
                found = next((by_name[name] for name in known if name in by_name), None)
                if found is not None and found not in chosen.values():
                    chosen[field] = found
        return cls(chosen)

    @property
    def zone(self) -> timezone:
        """Of times without an offset: WIB, but UTC where a collecting server stamped them."""
        return UTC if plain(self.of.get("occurred_at", "")) in _STAMPED_UTC else WIB

    def cell(self, cells: Mapping[str, Any], field: str) -> Any:
        return cells.get(self.of.get(field, ""))


def incident_of(cells: Mapping[str, Any], columns: Columns, areas: Areas, taxonomy: Taxonomy) -> Json:
    """A row as the intake takes it. Raises `NotUnderstood` for the first cell that does not hold."""
    told = {field: columns.cell(cells, field) for field in NAMES}
    place = _place(told, areas)
    category = _category(told["category"], taxonomy)
    incident: Json = {
        "external_id": text_of(told["external_id"]) or _fingerprint(cells),
        "occurred_at": utc_text(_moment_ms(told, columns.zone)),
        "category": category,
        "severity": _severity(told),
        "title": _title(told, category, taxonomy),
        "description": text_of(told["description"])[:5000],
        **place,
    }
    for field in ("source", "agency", "reporter_unit", "crowd_state"):
        if text := text_of(told[field]):
            incident[field] = text.lower() if field in ("agency", "crowd_state") else text
    return {**incident, **_counts(told)}


def _ends(name: str) -> list[str]:
    """What a column may be called without the groups that Kobo and ODK put before it: "lokasi/kecamatan",
    "lokasi-kecamatan", "_titik_latitude"."""
    ends = [plain(name.rpartition(sign)[2]) for sign in "-/" if sign in name]
    words = plain(name).split()
    return [*(words[-1:] if words[-1:] in (["latitude"], ["longitude"]) else []), *ends]


def text_of(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _fingerprint(cells: Mapping[str, Any]) -> str:
    said = "\x1f".join(f"{name}={cells[name]}" for name in sorted(cells) if cells[name] is not None)
    return f"row:{hashlib.blake2b(said.encode('utf-8', 'replace'), digest_size=10).hexdigest()}"


def _category(cell: Any, taxonomy: Taxonomy) -> str:
    code = category_named(text_of(cell), taxonomy) if text_of(cell) else None
    if code is None:
        raise NotUnderstood(
            "category", text_of(cell) or "(kosong)", "no such category; GET /api/v1/taxonomy lists them"
        )
    return code


def _severity(told: Mapping[str, Any]) -> int:
    cell = text_of(told["severity"])
    if not cell:
        return SEVERITY_OF.get(text_of(told["crowd_state"]).lower(), DEFAULT_SEVERITY)
    found = number(cell)
    if found is None or not found.is_integer():
        raise NotUnderstood("severity", cell, "must be a whole number from 1 to 5")
    return int(found)


def _title(told: Mapping[str, Any], category: str, taxonomy: Taxonomy) -> str:
    where = text_of(told["district"]) or text_of(told["regency"])
    made = f"{taxonomy.categories[category].id}{f' di {where}' if where else ''}"
    return (text_of(told["title"]) or made)[:200]


def _counts(told: Mapping[str, Any]) -> Json:
    counts = {name: count_of(name, told[name]) for name in ("dead", "badly_hurt", "hurt", "crowd")}
    crowd = counts.pop("crowd")
    victims = {name: count for name, count in counts.items() if count is not None}
    return {**({"victims": victims} if victims else {}), **({} if crowd is None else {"crowd": crowd})}


def count_of(name: str, cell: Any) -> int | None:
    if not (text := text_of(cell)) or text == "-":
        return None
    bare = _ABOUT.sub(r"\1", text)
    found = number(bare.replace(".", "") if re.fullmatch(r"\d{1,3}(\.\d{3})+", bare) else bare)
    if found is None or found < 0 or not found.is_integer():
        raise NotUnderstood(name, text, "must be a whole number")
    return int(found)


def _place(told: Mapping[str, Any], areas: Areas) -> Json:
    if text_of(told["lon"]) or text_of(told["lat"]):
        return {"lon": degrees_of("lon", told["lon"]), "lat": degrees_of("lat", told["lat"])}
    if (point := point_of(told["point"])) is not None:
        return {"lon": point[0], "lat": point[1]}
    code = text_of(told["area"])
    if code:
        try:
            return {"area": areas.get(code).code}
        except UnknownArea as error:
            raise NotUnderstood("area", code, str(error)) from error
    name = " ".join(part for part in (text_of(told["district"]), text_of(told["regency"])) if part)
    if not name:
        raise NotUnderstood("lon", "(kosong)", "no place: give lon and lat, an area's code, or its name")
    area = place_named(name, areas)
    if area is None:
        raise NotUnderstood("district", name, "no district or regency of this name")
    return {"area": area.code}


def _moment_ms(told: Mapping[str, Any], zone: timezone) -> int:
    cell = told["occurred_at"]
    try:
        return epoch_ms(moment(cell, told["clock"], zone))
    except (ValueError, OverflowError) as error:
        reason = "must be a time such as 27/11/2024 14.05 or 2024-11-27T14:05+07:00"
        told_at = " ".join(part for part in (text_of(cell), text_of(told["clock"])) if part)
        raise NotUnderstood("occurred_at", told_at or "(kosong)", reason) from error
