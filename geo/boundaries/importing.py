"""A boundary file from reading to a finished set with its report; the one way in for the command line and tests."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from geo.areas import Areas
from geo.boundaries import store
from geo.boundaries.assemble import Assembled, Terms, assemble
from geo.boundaries.codes import CodeSystem, Level, Matched, match
from geo.boundaries.compare import Difference, differences
from geo.boundaries.read import BoundaryFile, read


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in the file, what was done to it, and what changes."""

    file: str
    level: Level
    codes: CodeSystem
    crs: str
    rows: int
    empty_rows: int
    code_column: str
    areas: int
    without_district: dict[str, int]  # "hutan": 6; ground of no district, shared out among those around it
    shared_out_km2: float
    elsewhere: int  # rows of other provinces
    unknown_codes: tuple[str, ...]
    missing: tuple[str, ...]  # districts of the set in force that the new one does not have
    added: tuple[str, ...]
    invalid: int  # polygons that crossed themselves
    overlap_km2: float
    filled_gaps_km2: float
    open_gaps_km2: tuple[float, ...]
    crumbs: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new set, not yet in force."""

    areas: Areas
    report: Report


def prepare(
    path: Path,
    level: Level,
    present: Areas,
    *,
    codes: CodeSystem = "kemendagri",
    layer: str | None = None,
    source: str | None = None,
    licence: str | None = None,
) -> Prepared:
    """Reads, matches, repairs and compares; writes nothing. Raises BoundaryError where the file cannot be used."""
    file = read(path, layer)
    matched = match(file, level, codes)
    assembled = assemble(
        file,
        matched,
        level,
        present,
        system=codes,
        terms=Terms(
            source=source or _stated(file, "source") or path.name,
            licence=licence or _stated(file, "licence", "license") or "tidak dinyatakan",
        ),
    )
    return Prepared(assembled.areas, _report(file, matched, assembled, present, codes))


def install(data_dir: Path, prepared: Prepared) -> Path:
    """Puts the set in force; `undo` brings the one before it back."""
    return store.install(
        data_dir,
        {
            "regencies.geojson": prepared.areas.geojson("regency", "high"),
            "districts.geojson": prepared.areas.geojson("district", "high"),
            "about.json": asdict(prepared.report),
        },
    )


def _stated(file: BoundaryFile, *names: str) -> str | None:
    """What a column of the file says of itself, where all rows say the same."""
    for column, values in file.columns.items():
        if column.lower() in names and len(set(map(str, values))) == 1:
            return str(values[0])
    return None


def _report(
    file: BoundaryFile, matched: Matched, assembled: Assembled, present: Areas, codes: CodeSystem
) -> Report:
    repaired = assembled.repaired
    return Report(
        file=file.name,
        level=assembled.level,
        codes=codes,
        crs=file.crs,
        rows=len(file.geometries) + file.empty,
        empty_rows=file.empty,
        code_column=matched.column,
        areas=len(assembled.areas.at(assembled.level)),
        without_district=dict(Counter(kind for kind, _ in matched.without.values())),
        shared_out_km2=assembled.shared_out_km2,
        elsewhere=matched.elsewhere,
        unknown_codes=matched.unknown,
        missing=assembled.missing,
        added=assembled.added,
        invalid=file.invalid,
        overlap_km2=repaired.overlap_km2,
        filled_gaps_km2=repaired.filled_km2,
        open_gaps_km2=repaired.open_gaps_km2,
        crumbs=assembled.crumbs,
        differences=tuple(differences(present, assembled.areas, assembled.level)),
    )
