"""How the browser writes figures and times, orders what needs attention, counts and filters; run in Node."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.text import Language, messages
from dashboard.text.names import names
from feeds import taxonomy as taxonomies
from geo.areas import bundled
from tests.js.node import needs_node, run

pytestmark = needs_node

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


NOW = at("2024-11-25T14:05:30+07:00")


def called(*calls: tuple[str, list[Any]], lang: Language = "id", filter: dict[str, Any] | None = None) -> list[Any]:
    asked = {
        "text": {"lang": lang, "messages": dict(messages(lang))},
        "names": names(bundled(), taxonomies.bundled(), lang),
        "filter": filter,
        "calls": calls,
    }
    answer: list[Any] = run("call.js", asked)
    return answer


def incident(name: str, **fields: Any) -> dict[str, Any]:
    plain = {
        "id": name,
        "severity": 3,
        "status": "baru",
        "category": "tawuran",
        "regency": "1806",
        "district": "180601",
        "occurred_ms": NOW - HOUR,
        "received_ms": NOW - HOUR,
        "responded_ms": None,
    }
    return plain | fields


def test_times_are_written_as_orders_write_them() -> None:
    assert called(
        ("format.clock", [NOW]),
        ("format.stamp", [NOW]),
        ("format.moment", [NOW - HOUR, NOW]),
        ("format.moment", [NOW - DAY, NOW]),
        ("format.moment", [at("2023-12-31T23:59:00+07:00"), NOW]),
        ("format.clock", [None]),
    ) == ["14.05", "Senin, 25/11/2024 14.05 WIB", "13.05", "24/11 14.05", "31/12/2023 23.59", "–"]


def test_the_day_is_wibs_day_and_not_utcs() -> None:
    early = int(datetime(2024, 11, 25, 18, 0, tzinfo=UTC).timestamp() * 1000)
    assert called(("format.stamp", [early])) == ["Selasa, 26/11/2024 01.00 WIB"]


def test_english_has_its_own_signs() -> None:
    assert called(
        ("format.stamp", [NOW]), ("format.number", [13241.5]), ("format.ago", [NOW - 3 * DAY, NOW]), lang="en"
    ) == ["Monday, 25/11/2024 14:05 WIB", "13,241.5", "3 days ago"]


@pytest.mark.parametrize(
    ("ms", "said"),
    [
        (-5, "0 dtk lalu"),
        (59_999, "59 dtk lalu"),
        (12 * MINUTE, "12 mnt lalu"),
        (HOUR, "1 jam lalu"),
        (47 * HOUR, "47 jam lalu"),
        (2 * DAY, "2 hari lalu"),
    ],
)
def test_an_age_in_one_unit(ms: int, said: str) -> None:
    assert called(("format.ago", [NOW - ms, NOW])) == [said]


def test_numbers() -> None:
    assert called(
        ("format.number", [13281]),
        ("format.number", [-1234567.891]),
        ("format.number", [3.14159, 1]),
        ("format.number", [999]),
        ("format.number", [None]),
        ("format.number", [105.26, 5]),
    ) == ["13.281", "−1.234.567,89", "3,1", "999", "–", "105,26000"]


def test_a_text_chooses_its_number_and_says_its_key_when_it_is_missing() -> None:
    asked: list[tuple[str, list[Any]]] = [
        ("text", ["words.incidents", {"n": 1}]),
        ("text", ["words.incidents", {"n": 1200}]),
        ("text", ["no.such"]),
    ]
    assert called(*asked, lang="en") == ["1 incident", "1,200 incidents", "no.such"]
    assert called(*asked) == ["1 kejadian", "1.200 kejadian", "no.such"]


@pytest.mark.parametrize(
    ("moment", "stage", "count"),
    [
        ("2024-11-23T23:59:59+07:00", "Kampanye", "H-4"),
        ("2024-11-25T08:00:00+07:00", "Masa tenang", "H-2"),
        ("2024-11-27T00:00:00+07:00", "Pemungutan suara", "Hari H"),
        ("2024-11-27T23:59:00+07:00", "Pemungutan suara", "Hari H"),
        ("2024-11-30T08:00:00+07:00", "Penghitungan dan rekapitulasi", "H+3"),
    ],
)
def test_the_stage_of_a_day(moment: str, stage: str, count: str) -> None:
    (said,) = called(("stage", [at(moment)]))
    assert said["name"] == stage
    assert called(("format.countdown", [said["days_left"]])) == [count]


@pytest.mark.parametrize(
    "moment", ["2024-01-10T00:00:00+07:00", "2024-12-17T00:00:00+07:00", "2026-11-24T00:00:00+07:00"]
)
def test_outside_the_calendar_there_is_no_stage(moment: str) -> None:
    assert called(("stage", [at(moment)])) == [None]


def test_what_needs_attention_comes_first() -> None:
    there = [
        incident("closed", status="selesai", severity=5),
        incident("small"),
        incident("handled", status="ditangani", severity=5),
        incident("serious", severity=4, occurred_ms=NOW - 3 * HOUR),
        incident("worst", severity=5, occurred_ms=NOW - 5 * HOUR),
        incident("fresh", severity=1, received_ms=NOW - MINUTE),
    ]
    (order,) = called(("queue.first", [there, 50, NOW]))
    assert [one["id"] for one in order] == ["worst", "serious", "fresh", "handled", "small", "closed"]


def test_the_walls_figures() -> None:
    there = [
        incident("a", severity=5),
        incident("b", received_ms=NOW - 9 * MINUTE),
        incident("c", status="selesai", responded_ms=NOW - HOUR + 4 * MINUTE),
        incident("d", status="ditangani", responded_ms=NOW - HOUR + 10 * MINUTE),
        incident("e", status="selesai", occurred_ms=NOW - 30 * HOUR),
        incident("f", status="selesai", occurred_ms=NOW - 60 * HOUR),
    ]
    (board,) = called(("tally.board", [there, NOW]))
    assert board == {
        "open": 3,
        "serious": 1,
        "waiting": 1,
        "response": {"count": 2, "median_ms": 7 * MINUTE},
        "day": {"count": 4, "before": 1},
    }


def test_nothing_is_compared_with_a_time_that_the_data_do_not_reach() -> None:
    there = [incident("a"), incident("b", occurred_ms=NOW - 30 * HOUR)]
    assert called(("tally.change", [there, NOW, DAY])) == [{"count": 1, "before": None}]


@pytest.mark.parametrize("hours", [1, 6, 24, 24 * 30])
def test_the_trend_counts_every_incident_of_its_window_once(hours: int) -> None:
    inside = [incident(str(n), occurred_ms=NOW - n * hours * HOUR // 40) for n in range(30)]
    outside = [
        incident("old", occurred_ms=NOW - 3 * hours * HOUR),
        incident("soon", occurred_ms=NOW + 2 * DAY * 30),
    ]
    (trend,) = called(("tally.trend", [[*inside, *outside], NOW, hours * HOUR]))
    assert sum(bar["count"] for bar in trend["bars"]) == len(inside)
    assert len(trend["bars"]) <= 49
    steps = {b["from_ms"] - a["from_ms"] for a, b in zip(trend["bars"], trend["bars"][1:], strict=False)}
    assert steps == {trend["step_ms"]}


def test_the_filter_asks_area_kind_and_time() -> None:
    one = incident("a")
    chosen = {"regencies": ["1806"], "districts": None, "categories": ["tawuran"], "hours": 6}

    def passes(**changes: Any) -> bool:
        return bool(called(("filter.matches", [one, NOW]), filter=chosen | changes)[0])

    assert passes()
    assert not passes(regencies=["1807"])
    assert not passes(districts=["180602"])
    assert passes(districts=["180601"])
    assert not passes(categories=["banjir"])
    assert not passes(hours=1)
    assert passes(regencies=None, categories=None, hours=None)
