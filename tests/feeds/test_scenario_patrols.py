"""Simulated patrols keep their promises: on land, at plausible speeds, staggered, reproducible, obedient."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
import shapely

from feeds.inputs import PositionIn
from feeds.scenario.motion import HURRY_KMH
from feeds.scenario.patrols import Patrols
from feeds.scenario.roster import KINDS
from geo.areas import bundled
from geo.measure import great_circle_m

START_MS = 1_790_000_000_000
AREAS = bundled()
#: A position is rounded to 1e-6 degrees and a heading's leg is straight in degrees, not on the sphere.
SLACK_KMH = 2.0


def run(patrols: Patrols, seconds: int, step_ms: int = 500) -> list[dict[str, Any]]:
    steps = range(step_ms, seconds * 1000 + 1, step_ms)
    return [position for ms in steps for position in patrols.step(START_MS + ms)]


def by_unit(positions: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    units: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for position in positions:
        units[position["unit"]].append(position)
    return units


def at_ms(position: dict[str, Any]) -> float:
    return datetime.fromisoformat(position["observed_at"]).timestamp() * 1000


@pytest.fixture(scope="module")
def half_an_hour() -> tuple[Patrols, list[dict[str, Any]]]:
    patrols = Patrols(AREAS, 300, seed=3, start_ms=START_MS)
    return patrols, run(patrols, 1800)


Played = tuple[Patrols, list[dict[str, Any]]]


def test_positions_are_what_the_intake_takes(half_an_hour: Played) -> None:
    for position in half_an_hour[1][:500]:
        PositionIn.model_validate(position)
        assert position["simulated"] is True


def test_every_unit_says_who_it_is_at_first_and_reports_within_15_s(half_an_hour: Played) -> None:
    patrols, positions = half_an_hour
    units = by_unit(positions)
    assert set(units) == set(patrols.roster.ids)
    for reports in units.values():
        assert {"callsign", "agency", "kind", "strength"} <= set(reports[0])
        assert at_ms(reports[0]) - START_MS <= 15_000


def test_units_stay_on_the_land_of_their_own_polres_or_kodim(half_an_hour: Played) -> None:
    patrols, positions = half_an_hour
    units = by_unit(positions)
    for unit, jurisdiction in zip(patrols.roster.ids, patrols.roster.jurisdiction, strict=True):
        # A straight line between two points of a border leaves it by less than the rounding.
        land = patrols._jurisdictions[jurisdiction].geometry.buffer(2e-6)
        points = [(position["lon"], position["lat"]) for position in units[unit]]
        assert shapely.covers(land, shapely.multipoints(points)), unit


def test_speeds_between_reports_are_plausible_for_the_kind(half_an_hour: Played) -> None:
    patrols, positions = half_an_hour
    most = {
        unit: KINDS[kind].speed_kmh[1] for unit, kind in zip(patrols.roster.ids, patrols.roster.kind, strict=True)
    }
    moved = 0
    for unit, reports in by_unit(positions).items():
        for one, two in pairwise(reports):
            metres = great_circle_m(one["lon"], one["lat"], two["lon"], two["lat"])
            kmh = float(metres) / (at_ms(two) - at_ms(one)) * 3600
            assert kmh <= most[unit] + SLACK_KMH, (unit, one, two)
            moved += kmh > 1
    assert moved > len(positions) / 3


def test_reports_are_staggered_and_some_units_fall_silent(half_an_hour: Played) -> None:
    gaps = [
        at_ms(two) - at_ms(one) for reports in by_unit(half_an_hour[1]).values() for one, two in pairwise(reports)
    ]
    usual = [gap for gap in gaps if gap <= 15_000]
    assert min(gaps) >= 5_000
    assert len({round(gap) for gap in usual}) > 100
    silent = [gap for gap in gaps if gap >= 180_000]
    assert 5 < len(silent) < 0.01 * len(gaps)
    assert len(silent) + len(usual) == len(gaps)


def test_the_same_seed_gives_the_same_patrols_and_another_seed_others() -> None:
    first, again, other = (Patrols(AREAS, 60, seed=seed, start_ms=START_MS) for seed in (5, 5, 6))
    played = run(first, 120)
    assert played == run(again, 120)
    assert played != run(other, 120)


def test_units_sent_come_on_scene_and_go_back_when_released() -> None:
    patrols = Patrols(AREAS, 400, seed=1, start_ms=START_MS)
    run(patrols, 30)
    lon, lat = AREAS.get("1871").place
    sent = patrols.send(lon, lat, "1871", START_MS + 30_000, count=2)
    assert len(sent) == 2
    arrived: list[str] = []
    states: dict[str, list[str]] = {unit: [] for unit in sent}
    at = START_MS + 30_000
    while len(arrived) < 2 and at < START_MS + 1_800_000:
        at += 1000
        for position in patrols.step(at):
            if position["unit"] in states:
                states[position["unit"]].append(position["state"])
        arrived += patrols.arrivals()
    assert sorted(arrived) == sorted(sent)
    for seen in states.values():
        assert seen[0] == "menuju"
        assert set(seen) <= {"menuju", "di_tkp"}
    patrols.release(sent, at)
    later = [p for s in range(1, 60) for p in patrols.step(at + s * 1000) if p["unit"] == sent[0]]
    assert later[0]["state"] == "patroli"


def test_a_unit_is_sent_once_and_hurries() -> None:
    patrols = Patrols(AREAS, 400, seed=1, start_ms=START_MS)
    patrols.step(START_MS + 15_000)
    lon, lat = AREAS.get("180604").place
    first = patrols.send(lon, lat, "1806", START_MS + 15_000, count=3)
    second = patrols.send(lon, lat, "1806", START_MS + 15_000, count=3)
    assert first
    assert not set(first) & set(second)
    moving = [p for p in patrols.step(START_MS + 40_000) if p["unit"] in first and p["state"] == "menuju"]
    assert all(HURRY_KMH[0] <= position["speed_kmh"] <= HURRY_KMH[1] for position in moving)


def test_nobody_goes_to_an_incident_that_no_land_way_leads_to() -> None:
    patrols = Patrols(AREAS, 400, seed=1, start_ms=START_MS)
    patrols.step(START_MS + 15_000)
    assert patrols.send(103.6, -6.2, "1806", START_MS + 15_000, count=3) == []


def test_releasing_a_unit_that_is_not_responding_changes_nothing() -> None:
    patrols, other = (Patrols(AREAS, 40, seed=1, start_ms=START_MS) for _ in range(2))
    run(patrols, 30)
    run(other, 30)
    patrols.release(list(patrols.roster.ids), START_MS + 30_000)
    assert patrols.step(START_MS + 60_000) == other.step(START_MS + 60_000)


def test_after_a_pause_units_report_where_they_are_now() -> None:
    patrols = Patrols(AREAS, 50, seed=1, start_ms=START_MS)
    run(patrols, 30)
    woken_ms = START_MS + 6 * 3_600_000
    positions = patrols.step(woken_ms)
    assert len(positions) == 50
    assert all(woken_ms - at_ms(position) <= 15_000 for position in positions)


@pytest.mark.parametrize("n", [0, 1, 23, 400])
def test_there_are_exactly_as_many_as_asked_for(n: int) -> None:
    patrols = Patrols(AREAS, n, start_ms=START_MS)
    assert len(patrols) == len(set(patrols.roster.ids)) == n
    assert len(run(patrols, 15)) >= n


def test_the_forces_are_shared_as_the_sources_say_and_named_as_they_name_themselves() -> None:
    roster = Patrols(AREAS, 1000).roster
    assert roster.agencies.count("polri") == pytest.approx(770, abs=1)
    assert "Patroli 07 Polres Tanggamus" in roster.callsigns
    assert "Patroli 01 Polresta Bandar Lampung" in roster.callsigns
    assert "Ton 2 Kodim 0422" in roster.callsigns


def test_too_many_units_are_refused() -> None:
    with pytest.raises(ValueError, match="20001 units asked for; there can be 0 to 20000"):
        Patrols(AREAS, 20_001)
