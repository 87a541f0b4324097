"""GPX tracks and BMKG rows: what is read, what is refused, and that a moved track keeps its distances and gaps."""

import io
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.inbound import bmkg_catalogue, gpx
from feeds.inbound.gpx import Move
from feeds.inbound.lines import Line
from feeds.inbound.reading import NotUnderstood
from feeds.inputs import IncidentIn, PositionIn
from geo.measure import great_circle_m

Track = list[tuple[float, float, datetime | str | None]]
BEGIN = datetime(2024, 11, 27, 1, tzinfo=UTC)


def document(track: Track) -> bytes:
    points = "".join(
        f'<trkpt lat="{lat}" lon="{lon}">{f"<time>{_text(at)}</time>" if at else ""}<ele>3</ele></trkpt>'
        for lon, lat, at in track
    )
    return f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def _text(at: datetime | str | None) -> str:
    return at.isoformat() if isinstance(at, datetime) else str(at)


def read(raw: bytes, move: Move | None = None) -> list[Line]:
    return list(gpx.positions(io.BytesIO(raw), "p-07", move))


def items(found: list[Line]) -> list[PositionIn]:
    return [PositionIn.model_validate(line.item) for line in found if line.item]


def test_points_become_positions_of_the_unit_as_recorded() -> None:
    (position,) = items(read(document([(105.1, -5.2, BEGIN)])))
    assert (position.unit, position.lon, position.lat, position.observed_at) == ("p-07", 105.1, -5.2, BEGIN)
    assert not position.simulated


def test_a_time_without_zone_is_utc() -> None:
    (position,) = items(read(document([(105.1, -5.2, "2024-11-27T01:00:00")])))
    assert position.observed_at == BEGIN


@pytest.mark.parametrize(
    ("track", "field"),
    [
        ([(105.1, -5.2, None)], "time"),
        ([(105.1, -5.2, "yesterday")], "time"),
        ([(105.1, -5.2, "1901-12-13T20:45:52.2073437Z")], "time"),
        ([(105.1, -95.2, BEGIN)], "lat"),
        ([(float("nan"), -5.2, BEGIN)], "lon"),
    ],
)
def test_a_point_that_cannot_be_used_is_named(track: Track, field: str) -> None:
    (refused, kept) = read(document([*track, (105.1, -5.2, BEGIN)]))
    assert refused.problem is not None
    assert (refused.number, refused.problem.field) == (1, field)
    assert kept.item is not None


@pytest.mark.parametrize(
    "raw",
    [
        document([(105.1, -5.2, BEGIN)])[:-12],
        b"not xml",
        b'<!DOCTYPE g [<!ENTITY a "b">]><gpx><trkpt lat="1" lon="1"><time>&a;</time></trkpt></gpx>',
    ],
)
def test_a_file_that_breaks_off_or_sets_a_trap_says_so_and_keeps_what_came_before(raw: bytes) -> None:
    found = read(raw)
    assert found[-1].problem is not None
    assert found[-1].problem.reason.startswith("not GPX from here on")


LON, LAT = st.floats(-170, 170), st.floats(-75, 75)
NEARBY = st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.integers(0, 100_000))


@given(LON, LAT, st.lists(NEARBY, min_size=2, max_size=6), st.floats(103.6, 105.9), st.floats(-6, -3.7))
def test_a_moved_track_begins_where_and_when_it_was_told_and_keeps_distances_and_gaps(
    lon: float, lat: float, steps: list[tuple[float, float, int]], to_lon: float, to_lat: float
) -> None:
    track: Track = [(lon + east, lat + north, BEGIN + timedelta(seconds=s)) for east, north, s in steps]
    begin = datetime(2026, 11, 1, 7, tzinfo=UTC)
    before, after = items(read(document(track))), items(read(document(track), Move((to_lon, to_lat), begin)))
    assert float(great_circle_m(after[0].lon, after[0].lat, to_lon, to_lat)) < 0.1
    assert after[0].observed_at == begin
    assert all(position.simulated for position in after)
    for one, two in combinations(range(len(track)), 2):
        assert _metres(after[one], after[two]) == pytest.approx(
            _metres(before[one], before[two]), rel=1e-6, abs=0.1
        )
        assert after[two].observed_at - after[one].observed_at == before[two].observed_at - before[one].observed_at


def _metres(one: PositionIn, two: PositionIn) -> float:
    return float(great_circle_m(one.lon, one.lat, two.lon, two.lat))


ROW = {
    "tgl": "14/01/2021",
    "ot": "18:28:20.239",
    "lat": "-2.97",
    "lon": "118.94",
    "depth": "21",
    "mag": "6.2",
    "remark": "Sulawesi - Indonesia",
}


def test_a_catalogue_row_becomes_an_incident_under_an_id_of_its_own() -> None:
    incident = IncidentIn.model_validate(bmkg_catalogue.incident(ROW))
    assert incident.occurred_at == datetime(2021, 1, 14, 18, 28, 20, 239000, tzinfo=UTC)
    assert (incident.source, incident.category, incident.severity) == ("bmkg", "gempa", 5)
    assert incident.title == "Gempa M 6,2, kedalaman 21 km"
    again, other = bmkg_catalogue.incident(ROW), bmkg_catalogue.incident(ROW | {"mag": "6.1"})
    assert incident.external_id == again["external_id"] != other["external_id"]


@pytest.mark.parametrize(
    ("magnitude", "severity"), [("1.0", 1), ("2.9", 1), ("3.0", 2), ("3.9", 2), ("4.0", 3), ("5.0", 4), ("6.0", 5)]
)
def test_severity_follows_the_magnitude(magnitude: str, severity: int) -> None:
    assert bmkg_catalogue.incident(ROW | {"mag": magnitude})["severity"] == severity


@pytest.mark.parametrize("field", ["tgl", "ot", "lat", "lon", "depth", "mag"])
def test_a_catalogue_row_that_does_not_hold_names_the_field(field: str) -> None:
    for broken in ({**ROW, field: "?"}, {name: value for name, value in ROW.items() if name != field}):
        with pytest.raises(NotUnderstood, match=field):
            bmkg_catalogue.incident(broken)
