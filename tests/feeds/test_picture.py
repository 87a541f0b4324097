"""The picture: any order of arrival and any repeats give one picture, and it says what changed."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from feeds.changes import order
from feeds.events import (
    Event,
    IncidentActed,
    IncidentReported,
    LevelChanged,
    PositionsObserved,
    incident_id,
    parse,
)
from feeds.picture import Picture

K1 = incident_id("polres", "1")


def reported(name: str = "1", /, **fields: object) -> IncidentReported:
    values: dict[str, object] = {
        "at_ms": 1_000,
        "received_ms": 2_000,
        "source": "polres",
        "incident": incident_id("polres", name),
        "external_id": name,
        "category": "unjuk_rasa",
        "severity": 3,
        "title": "Unjuk rasa di kantor KPU",
        "lon": 105.26,
        "lat": -5.42,
        "regency": "1871",
    }
    return IncidentReported.model_validate({**values, **fields})


def acted(action: str, name: str = "1", /, **fields: object) -> IncidentActed:
    values = {"at_ms": 3_000, "received_ms": 3_000, "source": "polres", "incident": incident_id("polres", name)}
    return IncidentActed.model_validate({**values, "action": action, **fields})


def moved(unit: str, observed_ms: int, lon: float = 105.0, /, **fields: object) -> PositionsObserved:
    position = {"unit": unit, "observed_ms": observed_ms, "lon": lon, "lat": -5.0, **fields}
    told = {"at_ms": observed_ms, "received_ms": observed_ms + 1, "source": "gps", "positions": [position]}
    return PositionsObserved.model_validate(told)


def levelled(area: str, level: int, at_ms: int) -> LevelChanged:
    return LevelChanged.model_validate(
        {
            "at_ms": at_ms,
            "received_ms": at_ms,
            "source": "siger:levels",
            "area": area,
            "level": level,
            "score": level * 30,
            "since_ms": at_ms,
        }
    )


def events() -> st.SearchStrategy[Event]:
    names = st.sampled_from(["1", "2"])
    actions = st.sampled_from(["verify", "reject", "assign", "respond", "on_scene", "resolve", "reopen", "comment"])
    times = st.integers(0, 50)
    return st.one_of(
        st.builds(lambda n, s: reported(n, severity=s), names, st.integers(1, 5)),
        st.builds(lambda a, n, u: acted(a, n, unit=u), actions, names, st.sampled_from(["A", "B"])),
        st.builds(lambda s, n: acted("correct", n, correction={"severity": s}), st.integers(1, 5), names),
        st.builds(
            lambda u, t, lon, c: moved(u, t, lon, callsign=c),
            names,
            times,
            st.floats(104, 105),
            st.sampled_from([None, "Patroli 07", "Ton 2"]),
        ),
        st.builds(levelled, st.sampled_from(["1806", "1871"]), st.integers(0, 3), times),
    )


def seen(picture: Picture) -> object:
    units = {
        name: (unit.observed_ms, unit.lon, unit.lat, unit.fact("callsign")) for name, unit in picture.units.items()
    }
    levels = {code: level.event for code, level in picture.levels.items()}
    sources = {name: source.last_ms for name, source in picture.sources.items()}
    return picture.incidents, units, levels, sources, picture.last_id, picture.state_hash()


@given(st.lists(events(), max_size=25), st.data())
def test_any_order_and_any_repeats_give_one_picture(made: list[Event], data: st.DataObject) -> None:
    entries = [(f"{index + 1}-0", event) for index, event in enumerate(made)]
    repeats = data.draw(st.lists(st.sampled_from(entries), max_size=10)) if entries else []
    shuffled = data.draw(st.permutations([*entries, *repeats]))
    straight, mixed = Picture(), Picture()
    for entry_id, event in entries:
        straight.apply(entry_id, event)
    for entry_id, event in shuffled:
        mixed.apply(entry_id, event)
        mixed.state_hash()  # asked for in between, it must not change what comes out
    assert seen(mixed) == seen(straight)


def test_an_older_position_does_not_move_a_unit_back() -> None:
    picture = Picture()
    picture.apply("1-0", moved("P1", 5_000, 105.2))
    changes = picture.apply("2-0", moved("P1", 4_000, 104.9, callsign="Patroli 07"))
    assert picture.units["P1"].lon == 105.2
    assert picture.units["P1"].fact("callsign") == "Patroli 07"
    assert not changes.units
    assert changes.facts == {"P1"}


def test_a_message_without_a_callsign_does_not_unsay_it() -> None:
    picture = Picture()
    picture.apply("1-0", moved("P1", 1_000, callsign="Patroli 07"))
    picture.apply("2-0", moved("P1", 2_000))
    assert picture.units["P1"].fact("callsign") == "Patroli 07"


def test_an_incident_goes_through_its_life() -> None:
    picture = Picture()
    picture.apply("1-0", reported())
    for number, action in enumerate(["verify", "assign", "respond", "on_scene", "resolve"], 2):
        picture.apply(f"{number}-0", acted(action, unit="P1", at_ms=number * 1_000))
    incident = picture.incidents[K1]
    assert (incident.status, incident.verification) == ("selesai", "verified")
    assert incident.units == ("P1",)
    assert incident.responded_ms == 4_000
    assert incident.closed_ms == 6_000
    assert [entry_id for entry_id, _ in picture.history(K1)] == [f"{n}-0" for n in range(1, 7)]


def test_an_action_that_the_state_forbids_changes_nothing_but_stays_in_the_history() -> None:
    picture = Picture()
    picture.apply("1-0", reported())
    picture.apply("2-0", acted("resolve"))
    picture.apply("3-0", acted("assign", unit="P1"))
    assert picture.incidents[K1].status == "selesai"
    assert picture.incidents[K1].units == ()
    assert len(picture.history(K1)) == 3


def test_a_correction_sets_only_what_it_names() -> None:
    picture = Picture()
    picture.apply("1-0", reported())
    picture.apply("2-0", acted("correct", correction={"severity": 5, "district": None, "regency": "1801"}))
    report = picture.incidents[K1].report
    assert (report.severity, report.regency, report.district, report.title) == (
        5,
        "1801",
        None,
        "Unjuk rasa di kantor KPU",
    )


def test_an_action_before_its_report_waits_for_it() -> None:
    picture = Picture()
    assert not picture.apply("2-0", acted("verify")).incidents
    assert K1 not in picture.incidents
    picture.apply("1-0", reported())
    assert picture.incidents[K1].verification == "verified"


def test_the_state_hash_is_the_one_of_the_protocol_page() -> None:
    picture = Picture()
    picture.apply("7-0", reported())
    picture.apply("8-0", moved("P|1", 5_000, 105.123456))
    picture.apply("9-0", levelled("1871", 2, 77))
    lines = [
        f"i|{K1}|7-0|baru|3|unjuk_rasa|105260000|-5420000|1871||Unjuk rasa di kantor KPU",
        "u|P|1|5000|105123456|-5000000",
        "l|1871|2|77",
    ]
    crc = sum(zlib.crc32(line.encode()) for line in lines) % 2**32
    adler = sum(zlib.adler32(line.encode()) for line in lines) % 2**32
    assert picture.state_hash() == f"{crc:08x}{adler:08x}"


def test_a_state_hash_follows_a_change_and_comes_back_with_the_state() -> None:
    picture, other = Picture(), Picture()
    picture.apply("1-0", moved("P1", 1))
    before = picture.state_hash()
    picture.apply("2-0", moved("P1", 2, 104.0))
    assert picture.state_hash() != before
    other.apply("2-0", moved("P1", 2, 104.0))
    assert picture.state_hash() == other.state_hash()


def test_log_ids_sort_as_numbers() -> None:
    assert order("999-0") < order("1000-0") < order("1000-2") < order("1000-10")


def test_a_correction_to_none_survives_the_log() -> None:
    event = acted("correct", correction={"district": None, "regency": "1801"})
    again = parse(event.kind, event.version, event.encode())
    assert isinstance(again, IncidentActed)
    assert again.correction is not None
    assert again.correction.model_fields_set == {"district", "regency"}
