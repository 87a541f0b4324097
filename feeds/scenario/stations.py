"""Simulated polling stations: as many in each regency as KPU states, at made-up places near its villages.

Nothing but the numbers is real: how many stations and voters a regency has (KPU), how many of them Polda puts into
which class where that was published, how many Bawaslu marks. Which station it is, where it stands, how many vote
there and what its building is called comes from a seed. docs/simulation.md says so too.
"""

import random
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from feeds.events import TpsListed
from feeds.levels.official import bundled as official
from feeds.tps import Reference, Tps, TpsClass, TpsFlag
from geo.areas import Area, Areas
from geo.locate import Locator
from geo.reference import figures
from geo.villages import Village, Villages

EDITION = SOURCE = "simulasi"
MADE_UP = "dikarang: tempat, nomor, pemilih tiap TPS, dan TPS yang mana"
REFERENCES = {
    "listed": Reference("SIMULASI, jumlah menurut KPU Lampung", "2024-09-22", MADE_UP),
    "classed": Reference("SIMULASI, jumlah menurut Polda Lampung", "2024-09-18", MADE_UP),
    "flagged": Reference("SIMULASI, jumlah menurut Bawaslu Lampung", "2024-11-20", MADE_UP),
}
CLASSES: Mapping[str, TpsClass] = {"rawan": "rawan", "sangat rawan": "sangat_rawan", "khusus": "khusus"}
#: How many stations Bawaslu Lampung marked (20 November 2024), and the regencies that it names first.
MARKED: Mapping[TpsFlag, tuple[int, tuple[str, ...]]] = {
    "tanpa_sinyal": (704, ("1806", "1808", "1801")),
    "sulit_dijangkau": (172, ("1804", "1806", "1809")),
    "tanpa_listrik": (119, ("1802", "1804", "1808")),
}
NAMED_FIRST = 4  # a station of a regency that is named first is so many times as likely to be marked
#: Polda calls four stations on this island remote (terpencil).
ISLAND, REMOTE_THERE = "1801162014", 4
MOST_VOTERS = 600
SPREAD_KM = 1.6
KM_PER_DEG = 111.2
BUILDINGS = ("Balai desa", "SD Negeri 1", "SD Negeri 2", "Halaman rumah warga", "Pos ronda", "Lapangan voli", "TPQ")

Row = tuple[Village, Tps]


def simulated_lists(
    areas: Areas, villages: Villages, locator: Locator, *, at_ms: int, seed: int = 2024
) -> list[TpsListed]:
    """The lists of all districts; the same seed gives the same ones."""
    chance = random.Random(seed)
    rows = [row for area in areas.at("regency") for row in _regency(area, areas, villages, chance)]
    found: dict[str, list[Tps]] = {}
    for village, tps in _marked(_spread(rows, locator, seed), chance):
        found.setdefault(village.district, []).append(tps)
    return [
        TpsListed(
            at_ms=at_ms,
            received_ms=at_ms,
            source=SOURCE,
            simulated=True,
            district=district,
            edition=EDITION,
            stations=tuple(sorted(stations, key=lambda tps: (tps.village, tps.number))),
            references=REFERENCES,
        )
        for district, stations in sorted(found.items())
    ]


def _regency(area: Area, areas: Areas, villages: Villages, chance: random.Random) -> list[Row]:
    known = {figure.key: int(figure.value) for figure in figures(area)}
    count = known["tps_2024"]
    here = villages.of(area.code)
    shares = _shared(count, [chance.lognormvariate(0, 0.6) for _ in here], least=1)
    mean = known["dpt_2024"] / count
    reach = min(0.16, (MOST_VOTERS - 1) / mean - 1)  # nobody may come to more than 600
    voters = _shared(known["dpt_2024"], [chance.uniform(1 - reach, 1 + reach) for _ in range(count)])
    named = [
        (village, number) for village, share in zip(here, shares, strict=True) for number in range(1, share + 1)
    ]
    rows = [
        (village, _station(village, number, voters[index], areas, chance))
        for index, (village, number) in enumerate(named)
    ]
    return _classed(area.code, rows, chance)


def _station(village: Village, number: int, voters: int, areas: Areas, chance: random.Random) -> Tps:
    lon, lat = village.point or areas.get(village.district).place
    men = round(voters * chance.uniform(0.48, 0.535))
    building = chance.choice(BUILDINGS)
    return Tps(
        id=f"{village.code}-{number:03d}",
        number=number,
        village=village.name,
        village_code=village.code,
        lon=lon,
        lat=lat,
        located="village" if village.point else "area",
        place=f"{building} {village.name} (SIMULASI)",
        voters=voters,
        men=men,
        women=voters - men,
        listed="listed",
    )


def _classed(regency: str, rows: list[Row], chance: random.Random) -> list[Row]:
    """Polda's classes in the numbers that were published; where one is missing, no class for the rest."""
    layer = next(layer for layer in official() if layer.code == "polda-tps-2024")
    said = layer.area.get(regency)
    counts = dict(said.count) if said else {}
    places = list(range(len(rows)))
    chance.shuffle(places)
    classes: dict[int, TpsClass] = {}
    for name, klass in CLASSES.items():
        for _ in range(counts.get(name, 0)):
            classes[places.pop()] = klass
    if "kurang rawan" in counts:
        classes |= dict.fromkeys(places, "kurang_rawan")
    return [
        (village, replace(tps, klass=classes[index], classed="classed") if index in classes else tps)
        for index, (village, tps) in enumerate(rows)
    ]


def _marked(rows: list[Row], chance: random.Random) -> list[Row]:
    flags: dict[str, list[TpsFlag]] = {}
    for flag, (count, first) in MARKED.items():
        # Weighted without putting back: the largest of keys drawn by weight (Efraimidis and Spirakis).
        keyed = sorted(
            (chance.random() ** (1 / (NAMED_FIRST if village.code[:4] in first else 1)), tps.id)
            for village, tps in rows
            if not village.code.startswith("187")  # hardly in the two cities
        )
        for _, id in keyed[-count:]:
            flags.setdefault(id, []).append(flag)
    for village, tps in rows:
        if village.code == ISLAND and tps.number <= REMOTE_THERE:
            flags.setdefault(tps.id, []).append("terpencil")
        if tps.klass == "khusus":
            flags.setdefault(tps.id, []).append("lokasi_khusus")
    return [
        (village, replace(tps, flags=tuple(flags[tps.id]), flagged="flagged") if tps.id in flags else tps)
        for village, tps in rows
    ]


def _spread(rows: list[Row], locator: Locator, seed: int) -> list[Row]:
    """Stations around their village's point; one that would fall into the sea or a neighbour stays at it."""
    draw = np.random.default_rng(seed)
    away_deg = SPREAD_KM / KM_PER_DEG * np.sqrt(draw.random(len(rows)))
    angle = draw.random(len(rows)) * 2 * np.pi
    lons = np.round(np.array([tps.lon for _, tps in rows]) + away_deg * np.cos(angle), 6)
    lats = np.round(np.array([tps.lat for _, tps in rows]) + away_deg * np.sin(angle), 6)
    found = locator.places(lons, lats)
    districts = found.codes("district")
    return [
        (village, replace(tps, lon=lon, lat=lat, located="point"))
        if tps.located == "village" and district == village.district and offshore_m == 0
        else (village, tps)
        for (village, tps), lon, lat, district, offshore_m in zip(
            rows, lons.tolist(), lats.tolist(), districts, found.offshore_m, strict=True
        )
    ]


def _shared(total: int, weights: list[float], least: int = 0) -> list[int]:
    """`total` in whole numbers by weight, each at least `least`: largest remainders get what is left over."""
    free, whole = total - least * len(weights), sum(weights)
    exact = [free * weight / whole for weight in weights]
    shares = [least + int(share) for share in exact]
    rest = sorted(range(len(exact)), key=lambda index: exact[index] - int(exact[index]), reverse=True)
    for index in rest[: total - sum(shares)]:
        shares[index] += 1
    return shares
