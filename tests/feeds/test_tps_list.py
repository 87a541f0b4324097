"""Lists of polling stations in: what a row says, where its station lies, and what an import makes and undoes."""

import contextlib
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.events import TpsListed, parse
from feeds.inbound.columns import Columns
from feeds.inbound.reading import NotUnderstood
from feeds.inbound.tps_rows import FIELDS, Told, told_of
from feeds.picture import Picture
from feeds.placing import Placing
from feeds.snapshot import dump_proven, load
from feeds.tps import Reference, Tps
from feeds.tps_list import TpsList, taken_back
from feeds.tps_place import TpsPlacing
from geo.areas import bundled
from geo.locate import locator_of
from geo.villages import bundled as villages

KPU = Reference("KPU Lampung", "2024-09-22", "BA 415")
POLDA = Reference("Polda Lampung", "2024-09-18")
ROW = {"Kabupaten": "Tanggamus", "Kecamatan": "Kota Agung", "Desa/Kelurahan": "Kuripan", "No TPS": "TPS 005"}
HOSTILE = "<img src=x onerror=alert(1)>\u202e=cmd()"


@cache
def placing() -> TpsPlacing:
    return TpsPlacing(Placing(bundled(), locator_of(bundled())), villages())


def told(**cells: Any) -> Told:
    return told_of(cells, Columns.guess(cells, None, FIELDS))


def listing(known: dict[str, TpsListed] | None = None, reference: Reference = KPU) -> TpsList:
    return TpsList(known or {}, placing(), reference, edition="e1")


def written(made: TpsList, known: dict[str, TpsListed] | None = None) -> dict[str, TpsListed]:
    events = made.changes(at_ms=1, received_ms=2, source="impor:tps", simulated=False)
    return {**(known or {}), **{event.district: event for event in events}}


def one(*rows: dict[str, Any], known: dict[str, TpsListed] | None = None, reference: Reference = KPU) -> Tps:
    made = listing(known, reference)
    for row in rows:
        made.take(told(**row))
    ((_, event),) = written(made, known).items()
    assert len(event.stations) == 1
    return event.stations[0]


def test_a_row_without_a_point_stands_at_its_village() -> None:
    tps = one({**ROW, "L": "1.240", "P": "251", "Alamat": HOSTILE})
    assert (tps.id, tps.number, tps.village_code) == ("1806011003-005", 5, "1806011003")
    assert (tps.located, tps.lon, tps.lat) == ("village", *villages().named("Kuripan", "180601").point)  # type: ignore[union-attr, misc]
    assert (tps.voters, tps.men, tps.women) == (1491, 1240, 251)
    assert tps.address == HOSTILE


def test_a_village_that_nobody_knows_leaves_the_district_s_centre() -> None:
    tps = one({**ROW, "Desa/Kelurahan": "Tak Dikenal"})
    assert (tps.located, tps.lon, tps.lat) == ("area", *bundled().get("180601").place)
    assert tps.id == "180601-takdikenal-005"


def test_codes_are_enough_and_their_dots_are_left_out() -> None:
    assert one({"Kode Desa": "18.06.01.1003", "No TPS": 5}).id == "1806011003-005"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"Kode Desa": "1806011003", "Kabupaten": "Lampung Barat", "No TPS": 1}, "regency"),  # BPS 1806 is another
        ({"Kode Desa": "18060", "No TPS": 1}, "village_code"),
        ({"Kode Desa": "9906011003", "No TPS": 1}, "village_code"),
        ({**ROW, "Kecamatan": "Rajabasa", "Kabupaten": ""}, "area"),  # two districts
        ({**ROW, "No TPS": "lima"}, "number"),
        ({**ROW, "No TPS": ""}, "number"),
        ({**ROW, "Kategori": "gawat"}, "class"),
        ({**ROW, "L": 100, "P": 100, "DPT": 300}, "voters"),
        ({**ROW, "L": -1}, "men"),
        ({**ROW, "Alamat": "x" * 501}, "address"),
        ({**ROW, "lon": "200", "lat": "-5"}, "lon"),
        ({**ROW, "Terpencil": "mungkin"}, "terpencil"),
        ({"No TPS": 1}, "village"),
    ],
)
def test_what_does_not_hold_is_refused_by_its_field(row: dict[str, Any], field: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        listing().take(told(**row))
    assert refused.value.problem.field == field


def test_a_point_outside_its_district_is_kept_and_marked() -> None:
    tps = one({**ROW, "lon": "105,26", "lat": "-5,42"})
    assert (tps.located, tps.lon, tps.astray) == ("point", 105.26, True)
    assert not one({**ROW, "lon": 104.62, "lat": -5.49}).astray


def test_polda_s_classes_leave_kpu_s_voters_and_say_whose_they_are() -> None:
    made = listing()
    made.take(told(**ROW, DPT=490))
    known = written(made)
    tps = one({"Kode TPS": "1806011003-005", "Kategori": "Sangat rawan"}, known=known, reference=POLDA)
    assert (tps.voters, tps.klass) == (490, "sangat_rawan")
    assert (tps.listed, tps.classed) == ("KPU Lampung|2024-09-22|BA 415", "Polda Lampung|2024-09-18|")


def test_belum_ada_data_takes_a_class_off_and_an_empty_cell_does_not() -> None:
    made = listing(reference=POLDA)
    made.take(told(**ROW, Kategori="rawan"))
    known = written(made)
    assert one({**ROW, "Kategori": ""}, known=known, reference=POLDA).klass == "rawan"
    bare = one({**ROW, "Kategori": "belum ada data"}, known=known, reference=POLDA)
    assert (bare.klass, bare.classed) == (None, "")


def test_two_rows_of_one_station_must_agree() -> None:
    made = listing()
    made.take(told(**ROW, DPT=490))
    made.take(told(**ROW, DPT=490))
    with pytest.raises(NotUnderstood, match="twice"):
        made.take(told(**ROW, DPT=491))
    assert (made.tally.new, made.tally.same) == (1, 1)


def test_replacing_withdraws_in_listed_districts_alone() -> None:
    made = listing()
    for number in (1, 2):
        made.take(told(**{**ROW, "No TPS": number}))
    made.take(told(**{**ROW, "Kecamatan": "Pugung", "Desa/Kelurahan": "", "Kode TPS": "x", "No TPS": 1}))
    known = written(made)
    again = listing(known)
    again.take(told(**{**ROW, "No TPS": 2}))
    again.withdraw_unlisted()
    after = written(again, known)
    assert [tps.number for tps in after["180601"].stations] == [2]
    assert again.tally.withdrawn == 1
    assert after.keys() == known.keys()


stations = st.lists(
    st.tuples(st.sampled_from(["Kuripan", "Negeri Ratu", "Lain"]), st.integers(1, 6), st.integers(0, 600)),
    max_size=12,
    unique_by=lambda row: row[:2],
)


def take_all(made: TpsList, rows: list[tuple[str, int, int]]) -> TpsList:
    for village, number, voters in rows:
        made.take(told(**{**ROW, "Desa/Kelurahan": village, "No TPS": number, "DPT": voters}))
    return made


@settings(max_examples=40)
@given(stations, stations)
def test_the_same_file_twice_writes_nothing_and_an_import_can_be_taken_back(
    first: list[tuple[str, int, int]], second: list[tuple[str, int, int]]
) -> None:
    before = written(take_all(listing(), first))
    assert take_all(listing(before), first).changes(at_ms=1, received_ms=2, source="", simulated=False) == []
    wrote = {k: v for k, v in written(take_all(listing(before), second), before).items() if before.get(k) != v}
    back = taken_back(wrote, before, edition="e2", received_ms=3, source="impor:tps")
    now = {**before, **wrote, **{event.district: event for event in back}}
    shown = {district: event.stations for district, event in now.items() if event.stations}
    assert shown == {district: event.stations for district, event in before.items() if event.stations}


@given(st.dictionaries(st.sampled_from([names[0] for names in FIELDS.values()]), st.text(max_size=700)))
def test_no_row_breaks_the_reader(cells: dict[str, Any]) -> None:
    made = listing()
    with contextlib.suppress(NotUnderstood):  # nothing else may come out of it
        made.take(told(**cells))
    assert made.tally.new <= 1


def test_the_log_s_form_is_read_back_and_the_later_list_stands_whatever_the_order() -> None:
    early, late = ({**ROW, "No TPS": number, "Terpencil": "ya"} for number in (1, 2))
    events = []
    for row in (early, late):
        made = listing()
        made.take(told(**row))
        events += made.changes(at_ms=1, received_ms=2, source="s", simulated=True)
    assert parse("tps.list", 1, events[0].encode()) == events[0]
    for order in ((0, 1), (1, 0)):
        picture = Picture()
        for index in order:
            changes = picture.apply(f"{index + 1}-0", events[index])
        assert changes.tps == ({"180601"} if order == (0, 1) else set())
        assert picture.tps["180601"][1] == events[1]
        assert not picture.sources, "a list is a document, not a source that is heard"
    assert load(dump_proven(picture)).tps == picture.tps
