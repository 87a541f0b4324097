"""The ledger says what a plain reckoning by loops says, to the last digit, however incidents come, move and go."""

import random
import zlib
from collections.abc import Iterable
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.clock import epoch_ms
from feeds.events import ParameterChanged
from feeds.incident import Incident
from feeds.levels import engine, parameters, stages
from feeds.levels.ledger import FEW, MICRO, MOST_LINES, Ledger, Standing
from feeds.levels.weight import weigh
from feeds.levels.words import describe
from feeds.picture import Picture
from tests.feeds.level_feed import HOUR_MS, TAXONOMY, Log, feed, fresh, incident_of, take
from tests.feeds.test_picture import acted, reported

PARAMETERS, CALENDAR = parameters.bundled(), stages.bundled()
#: Polling day, when a stage weighs.
NOW_MS = epoch_ms(datetime.fromisoformat("2024-11-27T09:00:00+07:00"))
CODES = ("1806", "1810", "1871", "181001", "187101", "187102")
SPOTS = (
    ("1871", None),
    ("1871", "187101"),
    ("1871", "187101"),
    ("1871", "187102"),
    ("1806", None),
    (None, "181001"),
    ("9999", "999901"),
    (None, None),
)

Told = tuple[int, int, list[tuple[int, str]], int, int]


def plain(found: Iterable[Incident], code: str, at_ms: int) -> Told:
    """A standing, one incident after the other: own, everyday, lines by incident, the rest and how many it is."""
    own = [one for one in found if code in (one.report.regency, one.report.district)]
    micros = {one.id: plain_points(one, own, at_ms) for one in own}
    order = sorted(own, key=lambda one: (-micros[one.id], zlib.crc32(one.id.encode())))
    top, rest = order[:MOST_LINES], order[MOST_LINES:]
    everyday = [one.id for one in own if weigh(one, TAXONOMY, PARAMETERS).everyday]
    return (
        sum(micros.values()),
        sum(micros[name] for name in everyday),
        [(micros[one.id], one.id) for one in top],
        sum(micros[one.id] for one in rest),
        sum(micros[one.id] > 0 for one in rest),
    )


def plain_points(one: Incident, around: Iterable[Incident], at_ms: int) -> int:
    weight = weigh(one, TAXONOMY, PARAMETERS)
    stage = CALENDAR.factor(at_ms, PARAMETERS) if weight.election else 1.0
    others = sum(near(one, other) and recent(other, at_ms) for other in around if other.id != one.id)
    repeat = 1 + min(others * PARAMETERS["repeat_share"], PARAMETERS["repeat_most"])
    fading = float(np.exp2(-age_h(one, at_ms) * weight.halvings_per_h))
    return round(weight.base * stage * repeat * fading * MICRO)


def age_h(one: Incident, at_ms: int) -> float:
    return max(at_ms - one.report.at_ms, 0) / HOUR_MS


def recent(one: Incident, at_ms: int) -> bool:
    return age_h(one, at_ms) < PARAMETERS["repeat_h"] and weigh(one, TAXONOMY, PARAMETERS).base > 0


def near(one: Incident, other: Incident) -> bool:
    return None not in (cell(one), cell(other)) and cell(one) == cell(other)


def cell(one: Incident) -> object:
    report = one.report
    if report.located != "point":
        return None
    group = TAXONOMY.categories[report.category].group
    return report.district or report.regency, group, int((report.lon + 180) / 0.02), int((report.lat + 180) / 0.02)


def told(ledger: Ledger, standing: Standing) -> Told:
    assert all(ledger.text(row) == describe(ledger.incidents[row], TAXONOMY) for _, row in standing.lines)
    lines = [(micro, ledger.incidents[row].id) for micro, row in standing.lines]
    return standing.own, standing.everyday, lines, standing.rest, standing.rest_rows


def some_incident(chance: random.Random, name: str, alike: bool) -> Incident:
    """An incident at one of a few spots and cells; nearly all that are `alike` weigh the same."""
    regency, district = chance.choice(SPOTS)
    fields: dict[str, object] = {
        "at_ms": NOW_MS - HOUR_MS if alike else NOW_MS - chance.randrange(-HOUR_MS, 100 * HOUR_MS),
        "category": "curat" if alike else chance.choice(sorted(TAXONOMY.categories)),
        "severity": 2 if alike else chance.randint(1, 5),
        "crowd_state": None if alike else chance.choice([None, "kuning", "merah"]),
        "located": chance.choice(["point", "point", "point", "area"]),
        "lon": 105 + chance.randrange(3) / 50,
        "lat": -5.0,
        "regency": regency,
        "district": district,
    }
    found = incident_of(name, **fields)
    return Incident(
        found.id,
        found.event_id,
        found.rev,
        found.report,
        status=chance.choice(["baru", "baru", "baru", "selesai", "digabung"]),
        verification=chance.choice(["unverified", "verified", "verified", "hoax"]),
        secrecy="normal" if chance.randrange(10) else "informant",
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0, 3, 40, 400]), st.booleans())
def test_standings_are_what_a_plain_reckoning_says(seed: int, steps: int, alike: bool) -> None:
    chance, ledger = random.Random(seed), Ledger(CODES, TAXONOMY, PARAMETERS, CALENDAR)
    known: dict[str, Incident] = {}

    def put() -> None:
        one = some_incident(chance, str(chance.randrange(max(1, steps // 2))), alike)
        before = known.pop(one.id, None)
        known[one.id] = one
        assert ledger.put(one) == areas_of(one) | (areas_of(before) if before else set())

    def drop() -> None:
        name = chance.choice([*known, "unknown"])
        assert ledger.drop(name) == (areas_of(known.pop(name)) if name in known else set())

    def forget() -> None:
        ledger.forget_before(NOW_MS - 90 * HOUR_MS)
        for name in [name for name, one in known.items() if age_h(one, NOW_MS) > 90]:
            del known[name]

    def look() -> None:
        at_ms = NOW_MS + chance.choice([0, 0, 10 * HOUR_MS])
        codes = chance.sample(CODES, chance.randint(1, len(CODES)))
        found = ledger.standings(at_ms, chance.choice([codes, None]))
        for code, standing in found.items():
            assert told(ledger, standing) == plain(known.values(), code, at_ms), code

    for _ in range(steps):
        chance.choices([put, drop, forget, look], [100, 10, 1, 2])[0]()
    look()
    assert {one.id for one in ledger.incidents.values()} == {name for name, one in known.items() if areas_of(one)}


def areas_of(one: Incident) -> set[str]:
    return {code for code in (one.report.regency, one.report.district) if code in CODES}


@pytest.mark.parametrize("count", [MOST_LINES, MOST_LINES + 1, FEW, FEW + 1, 10 * FEW])
def test_of_many_equal_reports_those_that_are_told_do_not_depend_on_how_they_came(count: int) -> None:
    alike = [incident_of(str(n), at_ms=NOW_MS, located="area") for n in range(count)]
    first = sorted(zlib.crc32(one.id.encode()) for one in alike)[:MOST_LINES]
    for found in (alike, alike[::-1]):
        ledger = Ledger(CODES, TAXONOMY, PARAMETERS, CALENDAR)
        for one in found:
            ledger.put(one)
        lines = ledger.standings(NOW_MS)["1871"].lines
        assert [zlib.crc32(ledger.incidents[row].id.encode()) for _, row in lines] == first


async def test_what_was_noted_since_is_in_every_answer() -> None:
    picture = Picture()
    levels = feed(picture, Log())
    levels.settle()
    take(levels, picture, "1-0", reported(at_ms=0, severity=5))
    assert levels.score("1871", 0) > 0
    levels.note(picture.apply("2-0", acted("correct", correction={"regency": "1806"})))
    assert levels.score("1871", 0) == 0
    assert {event.area for event in fresh(levels).news(["1806"], 0) if event.score} == {"1806"}
    levels.note(picture.apply("3-0", acted("reject")))
    standing, score = levels.standing("1806", 0)
    assert (standing.own, len(standing.lines), score) == (0, 1, 0)


async def test_an_incident_that_moved_touches_the_area_it_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST_NOTED", 0)
    picture = Picture()
    levels = feed(picture, Log())
    levels._touched.clear()
    take(levels, picture, "1-0", reported(at_ms=0))
    levels._touched.clear()
    levels.note(picture.apply("2-0", acted("correct", correction={"regency": "1806"})))
    assert levels._touched == {"1871", "1806"}


async def test_a_report_of_before_a_parameter_changed_weighs_by_the_new_one() -> None:
    picture = Picture()
    levels = feed(picture, Log())
    changes = picture.apply("1-0", reported(at_ms=0))
    change = {"at_ms": 0, "received_ms": 0, "source": "api", "actor": "karoops", "why": "Rapat 3/12", "value": 1.0}
    changes.add(picture.apply("2-0", ParameterChanged.model_validate({**change, "name": "trust_unverified"})))
    before = levels.parameters["trust_unverified"]
    levels.note(changes)
    assert levels.score("1871", 0) == feed_score(picture)
    assert levels.parameters["trust_unverified"] == 1.0 != before


def feed_score(picture: Picture) -> float:
    again = feed(picture, Log())
    again.settle()
    return again.score("1871", 0)
