"""Simulated polling stations: the published numbers hold exactly, everything else says that it is made up."""

from collections import Counter
from functools import cache

from feeds.events import TpsListed
from feeds.scenario.stations import simulated_lists
from geo.areas import bundled
from geo.locate import Locator, locator_of
from geo.reference import figures
from geo.villages import bundled as villages


@cache
def locator() -> Locator:
    return locator_of(bundled())


@cache
def lists() -> list[TpsListed]:
    return simulated_lists(bundled(), villages(), locator(), at_ms=1)


def test_each_regency_has_the_stations_and_voters_that_kpu_states() -> None:
    counts: Counter[str] = Counter()
    voters: Counter[str] = Counter()
    for event in lists():
        counts[event.district[:4]] += len(event.stations)
        voters[event.district[:4]] += sum(tps.voters or 0 for tps in event.stations)
    for area in bundled().at("regency"):
        known = {figure.key: figure.value for figure in figures(area)}
        assert (counts[area.code], voters[area.code]) == (known["tps_2024"], known["dpt_2024"])
    assert counts.total() == 13_281
    stations = [tps for event in lists() for tps in event.stations]
    assert max(tps.voters or 0 for tps in stations) <= 600
    assert all((tps.men or 0) + (tps.women or 0) == tps.voters for tps in stations)
    assert len({tps.id for tps in stations}) == 13_281


def test_classes_come_to_polda_s_numbers_and_are_unknown_elsewhere() -> None:
    by_regency: dict[str, Counter[str | None]] = {}
    for event in lists():
        by_regency.setdefault(event.district[:4], Counter()).update(tps.klass for tps in event.stations)
    assert by_regency["1807"] == {"kurang_rawan": 1494, "rawan": 126, "khusus": 1}
    assert by_regency["1806"] == {"sangat_rawan": 22, None: 959}
    assert by_regency["1803"] == {None: 1064}
    assert sum(counts["sangat_rawan"] for counts in by_regency.values()) == 72


def test_everything_is_marked_and_names_what_is_made_up() -> None:
    for event in lists():
        assert event.simulated
        assert all("SIMULASI" in reference.owner for reference in event.references.values())
        assert all("SIMULASI" in tps.place for tps in event.stations)


def test_a_station_lies_in_its_district_unless_it_stands_at_its_village() -> None:
    placed = [(event.district, tps) for event in lists() for tps in event.stations if tps.located == "point"]
    found = locator().places([tps.lon for _, tps in placed], [tps.lat for _, tps in placed])
    assert found.codes("district").tolist() == [district for district, _ in placed]
    assert len(placed) > 8_000


def test_the_same_seed_gives_the_same_stations() -> None:
    again = simulated_lists(bundled(), villages(), locator(), at_ms=1)
    assert again == lists()
    assert simulated_lists(bundled(), villages(), locator(), at_ms=1, seed=1) != lists()
