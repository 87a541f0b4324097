"""Makes a new set of areas from matched rows: repaired, nested, named, and with nowhere left without a district.

Regencies are always dissolved from districts or cut with them, so the two levels nest exactly. Ground that a file
gives to no district (forest, uninhabited islands) goes to the district that the present set has there, within the
same regency; it is the only ground that a file does not decide.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.areas import Area, Areas
from geo.boundaries.codes import CodeSystem, Level, Matched
from geo.boundaries.errors import UnmatchedCodes, WrongCodeSystem
from geo.boundaries.names import file_names
from geo.boundaries.read import BoundaryFile
from geo.coverage import Repaired, absorb_crumbs, dissolve_by, nest, repair
from geo.measure import area_km2, label_point

# Enclosed ground up to this size that nobody claims is a drawing fault and is filled; more is a lake, and stays.
FILL_GAPS_KM2 = 30.0
# A piece cut off from its area and smaller than this is a drawing fault; it goes to the neighbour around it.
CRUMB_KM2 = 0.05
# A code's new ground must share at least this much with its present ground in most areas, or codes are mixed up.
SAME_GROUND = 0.3


@dataclass(frozen=True, slots=True)
class Assembled:
    areas: Areas
    level: Level
    repaired: Repaired
    crumbs: int  # cut-off pieces given to the neighbour around them
    missing: tuple[str, ...]  # districts of the present set that have no ground in the new one
    added: tuple[str, ...]  # districts that the present set does not know
    shared_out_km2: float  # forest and islands without a district, given to the districts around


@dataclass(frozen=True, slots=True)
class Terms:
    """Who made a file and on what terms; shown beside the map."""

    source: str
    licence: str


def assemble(
    file: BoundaryFile, matched: Matched, level: Level, present: Areas, *, system: CodeSystem, terms: Terms
) -> Assembled:
    """The set of areas that the file makes, beside what of the present set it does not touch."""
    rows = [(code, geometry) for code, geometry in zip(matched.codes, file.geometries, strict=True) if code]
    _refuse_wrong_system(rows, level, present, system)
    extra = _shared_out(file, matched, present, {code for code, _ in rows}) if level == "district" else []
    codes = [code for code, _ in [*rows, *extra]]
    repaired = repair([geometry for _, geometry in [*rows, *extra]], fill_gaps_km2=FILL_GAPS_KM2)
    outlines, crumbs = absorb_crumbs(_with_ground(dissolve_by(list(repaired.geometries), codes)), CRUMB_KM2)
    _refuse_incomplete(file, outlines, codes, present)
    districts = outlines if level == "district" else _with_ground(nest(_outlines(present, "district"), outlines))
    areas = _areas(districts, level, present, file_names(file, matched), terms)
    before, after = ({area.code for area in those.at("district")} for those in (present, areas))
    return Assembled(
        areas=areas,
        level=level,
        repaired=repaired,
        crumbs=crumbs,
        missing=tuple(sorted(before - after)),
        added=tuple(sorted(after - before)),
        shared_out_km2=float(area_km2([geometry for _, geometry in extra]).sum()) if extra else 0.0,
    )


def _with_ground(outlines: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    return {code: outline for code, outline in outlines.items() if not outline.is_empty}


def _outlines(areas: Areas, level: Level) -> dict[str, BaseGeometry]:
    return {area.code: area.geometry for area in areas.at(level)}


def _refuse_incomplete(
    file: BoundaryFile, outlines: Mapping[str, BaseGeometry], codes: Sequence[str], present: Areas
) -> None:
    """Every regency must be there, for Polres and Kodim are made of them; and no area may hide another."""
    hidden = sorted(set(codes) - set(outlines))
    if hidden:
        raise UnmatchedCodes(f"in {file.name} other areas cover all the ground of {', '.join(hidden)}")
    lost = sorted({area.code for area in present.at("regency")} - {code[:4] for code in outlines})
    if lost:
        raise UnmatchedCodes(f"{file.name} has nothing for regency {', '.join(lost)}; all 15 must be in the file")


def _areas(
    districts: Mapping[str, BaseGeometry], level: Level, present: Areas, names: dict[str, str], terms: Terms
) -> Areas:
    """Regencies dissolved from districts, so that they nest; names and capitals from the present set."""
    regencies = dissolve_by(list(districts.values()), [code[:4] for code in districts])
    official = level == "district" or not any(area.indicative for area in present.at("district"))
    both = level == "district"
    return Areas(
        [_regency(present.get(code), outline) for code, outline in regencies.items()],
        [_district(code, outline, present, names, official) for code, outline in districts.items()],
        source=terms.source if both else f"{terms.source}; kecamatan: {present.source}",
        licence=terms.licence if both else f"{terms.licence}; kecamatan: {present.licence}",
    )


def _refuse_wrong_system(
    rows: Sequence[tuple[str, BaseGeometry]], level: Level, present: Areas, system: CodeSystem
) -> None:
    """Codes of the two systems look alike: the ground under them must agree with the present map."""
    areas = {area.code: area for area in present.at(level)}
    shares = [_share_at_home(code, geometry, areas) for code, geometry in rows if code in areas]
    if not shares or float(np.median(shares)) < SAME_GROUND:
        advice = (
            "repeat without --codes bps"
            if system == "bps"
            else "if its codes are BPS codes, repeat with --codes bps"
        )
        strangers = [
            code for code, geometry in rows if code in areas and _share_at_home(code, geometry, areas) == 0
        ]
        example = f", for example {strangers[0]} ({areas[strangers[0]].name})" if strangers else ""
        raise WrongCodeSystem(
            f"most areas of the file do not lie where {system.upper()} codes put them{example}; {advice}"
        )


def _share_at_home(code: str, geometry: BaseGeometry, areas: dict[str, Area]) -> float:
    valid = shapely.make_valid(geometry)
    return float(shapely.intersection(valid, areas[code].geometry).area / valid.area) if valid.area else 0.0


def _shared_out(
    file: BoundaryFile, matched: Matched, present: Areas, codes: set[str]
) -> list[tuple[str, BaseGeometry]]:
    """Ground without a district, cut by the present districts of its own regency that the file knows too."""
    pieces: list[tuple[str, BaseGeometry]] = []
    for row, (_, regency) in matched.without.items():
        districts = [area for area in present.children(regency) if area.code in codes] if regency else []
        if districts:
            pieces += _cut(shapely.make_valid(file.geometries[row]), districts)
    return pieces


def _cut(ground: BaseGeometry, districts: Sequence[Area]) -> list[tuple[str, BaseGeometry]]:
    """The ground by district; what the present outlines do not reach (their coast is another line) by nearness."""
    outlines = [area.geometry for area in districts]
    pieces = [
        (area.code, part)
        for area, piece in zip(districts, shapely.intersection(ground, outlines), strict=True)
        for part in _polygons(piece)
    ]
    beyond = _polygons(shapely.difference(ground, shapely.union_all(outlines)))
    nearest = shapely.STRtree(outlines).nearest(beyond) if beyond else []
    return pieces + [(districts[int(which)].code, part) for which, part in zip(nearest, beyond, strict=True)]


def _polygons(geometry: BaseGeometry) -> list[BaseGeometry]:
    return [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and part.area > 0]


def _regency(present: Area, outline: BaseGeometry) -> Area:
    return replace(present, geometry=outline, label=label_point(outline))


def _district(code: str, outline: BaseGeometry, present: Areas, names: dict[str, str], official: bool) -> Area:
    label = label_point(outline)
    known = {area.code: area for area in present.children(code[:4])}.get(code)
    if known is None:
        return Area(code, "district", names.get(code, code), code[:4], (code[:4],), outline, label)
    centre = known.centre if known.centre and shapely.contains_xy(outline, *known.centre) else None
    aliases = known.aliases
    if names.get(code, known.name) not in (known.name, *aliases):
        aliases = (*aliases, names[code])
    return replace(
        known,
        geometry=outline,
        label=label,
        centre=centre,
        aliases=aliases,
        indicative=known.indicative and not official,
    )
