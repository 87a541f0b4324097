"""The load generator makes exactly what it was told to, within bounds, and nothing that the intake would refuse."""

from collections import Counter

import pytest
import shapely

from feeds.inputs import IncidentIn, PositionIn
from feeds.scenario.load import Load, ticks
from geo.areas import bundled

AREAS = bundled()


def test_counts_are_exact_and_evenly_spaced() -> None:
    made = list(ticks(Load(movers=30, updates_per_s=95, incidents_per_s=2.5, duration_s=4), AREAS, 0))
    assert [tick.at_ms for tick in made] == list(range(100, 4001, 100))
    assert sum(len(tick.positions) for tick in made) == 380
    assert sum(len(tick.incidents) for tick in made) == 10
    assert {len(tick.positions) for tick in made} == {9, 10}
    per_unit = Counter(position["unit"] for tick in made for position in tick.positions)
    assert len(per_unit) == 30
    assert max(per_unit.values()) - min(per_unit.values()) <= 1


def test_everything_is_taken_simulated_and_on_land() -> None:
    land = AREAS.get("18").geometry
    for tick in ticks(
        Load(movers=200, updates_per_s=400, incidents_per_s=20, duration_s=2), AREAS, 1_790_000_000_000
    ):
        points = [(item["lon"], item["lat"]) for item in (*tick.positions, *tick.incidents)]
        assert shapely.covers(land, shapely.multipoints(points))
        assert all(IncidentIn.model_validate(incident).simulated for incident in tick.incidents)
        assert all(PositionIn.model_validate(position).simulated for position in tick.positions)


def test_movers_move_at_their_speed() -> None:
    made = list(ticks(Load(movers=1, updates_per_s=1, incidents_per_s=0, duration_s=60), AREAS, 0))
    path = [(p["lon"], p["lat"]) for tick in made for p in tick.positions]
    assert len(set(path)) == 60


def test_the_same_load_again_is_the_same_and_later_runs_have_ids_of_their_own() -> None:
    load = Load(movers=5, updates_per_s=10, incidents_per_s=5, duration_s=1)
    assert list(ticks(load, AREAS, 0)) == list(ticks(load, AREAS, 0))
    ids = [{i["external_id"] for t in ticks(load, AREAS, start) for i in t.incidents} for start in (0, 1)]
    assert not ids[0] & ids[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [("movers", 0), ("movers", 50_001), ("updates_per_s", -1), ("incidents_per_s", 1e9), ("duration_s", 1e9)],
)
def test_a_load_out_of_bounds_is_refused(field: str, value: float) -> None:
    fields = {"movers": 1, "updates_per_s": 1, "incidents_per_s": 1, "duration_s": 1, field: value}
    with pytest.raises(ValueError, match=f"{field} = .*: must be"):
        Load(**fields)  # type: ignore[arg-type]
