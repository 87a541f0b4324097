"""The forms: periods, what counts, the comparison, and that nothing from outside can run or break a file."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dashboard.cli import main
from dashboard.reports.compiling import AreaLevel, Asked, Seen
from dashboard.reports.form import Form, Part
from dashboard.reports.making import FORMATS, compiled, written
from dashboard.reports.period import RHYTHMS, Period, Rhythm
from dashboard.reports.print import tamed
from dashboard.reports.words import Words
from feeds.clock import epoch_ms
from feeds.events import IncidentReported, Victims
from feeds.incident import Incident
from feeds.taxonomy import bundled as taxonomy
from geo.areas import bundled

DAY = date(2024, 11, 27)
AFTER_MS = epoch_ms(datetime(2025, 3, 1, tzinfo=UTC))
HOSTILE = "<img src=x onerror=alert(1)> =cmd()|'/C calc'!A0 \u202eabc ␀ #panic() $x$ 🚨 " + "x" * 120


def at(text: str) -> int:
    return epoch_ms(datetime.fromisoformat(f"{text}+07:00"))


def incident(number: int, when: str, **fields: Any) -> Incident:
    known = {
        name: fields.pop(name)
        for name in ("status", "verification", "merged_into", "secrecy", "responded_ms")
        if name in fields
    }
    report = IncidentReported(
        **{
            "at_ms": at(when),
            "received_ms": at(when) + 60_000,
            "source": "uji",
            "incident": f"K{number:016x}",
            "external_id": str(number),
            "category": "unjuk_rasa",
            "severity": 3,
            "title": f"Kejadian {number}",
            "lon": 105.5,
            "lat": -5.05,
            "regency": "1807",
            "district": "180701",
        }
        | fields
    )
    return replace(Incident(report.incident, "1-0", "1-0", report), **known)


LONG_AGO = incident(0, "2024-01-01T00:00:00")


def form(*incidents: Incident, rhythm: Rhythm = "daily", area: str = "18", lang: Any = "id", **more: Any) -> Form:
    made_ms = more.pop("made_ms", AFTER_MS)
    asked = Asked(Period.around(rhythm, DAY), bundled().get(area), made_ms)
    seen = Seen((LONG_AGO, *incidents), more.pop("levels", {}), "7-0", "0123456789abcdef", **more)
    return compiled(asked, seen, bundled(), taxonomy(), lang)


def part(made: Form, title: str) -> Part:
    return next(part for part in made.parts if part.title.startswith(title))


def raw(made: Form, title: str, first: str) -> list[Any]:
    return next([cell.raw for cell in row] for row in part(made, title).rows if row[0].text == first)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(RHYTHMS))
def test_periods_follow_each_other_without_a_gap(day: date, rhythm: Rhythm) -> None:
    period = Period.around(rhythm, day)
    assert period.first <= day <= period.last
    assert period.before().end_ms == period.start_ms
    assert period.before().rhythm == rhythm
    assert Period.around(rhythm, period.last + timedelta(days=1)).before() == period


def test_a_day_ends_at_lampung_s_midnight() -> None:
    period = Period.around("daily", DAY)
    assert period.holds(at("2024-11-27T00:00:00"))
    assert period.holds(at("2024-11-27T23:59:59.999"))
    assert not period.holds(at("2024-11-28T00:00:00"))
    assert (Period.around("weekly", DAY).first, Period.around("monthly", DAY).last) == (
        date(2024, 11, 25),
        date(2024, 11, 30),
    )


def test_the_figures_stand_beside_those_of_the_day_before() -> None:
    made = form(
        incident(
            1,
            "2024-11-27T08:00:00",
            severity=5,
            victims=Victims(dead=1, hurt=3),
            responded_ms=at("2024-11-27T08:07:00"),
        ),
        incident(2, "2024-11-27T09:00:00", verification="verified", status="selesai"),
        incident(3, "2024-11-27T10:00:00", verification="hoax"),
        incident(4, "2024-11-26T10:00:00"),
    )
    assert raw(made, "Ringkasan", "Kejadian") == ["Kejadian", 2, 1, 1, 100.0]
    assert raw(made, "Ringkasan", "– masih terbuka")[1:3] == [1, 1]
    assert raw(made, "Ringkasan", "Laporan yang ditolak (hoaks)")[1:] == [1, 0, 1, None]
    assert raw(made, "Ringkasan", "Waktu tanggap, median (menit)")[1:3] == [6.0, None]
    assert raw(made, "Ringkasan", "Korban luka ringan (LR)")[1] == 3
    assert raw(made, "Jam rawan", "06.00–09.00")[1:3] == [1, 0]
    assert [[cell.text for cell in row] for row in part(made, "Kejadian menonjol").rows] == [
        ["27/11/2024 08.00 WIB", "Kejadian 1", "Unjuk rasa", "Sukadana, Lampung Timur", "Kritis", "Belum ditangani"]
    ]


def test_merged_reports_count_once_and_restricted_ones_not_at_all() -> None:
    made = form(
        incident(1, "2024-11-27T08:00:00"),
        incident(2, "2024-11-27T08:01:00", merged_into="K1"),
        incident(3, "2024-11-27T08:02:00", secrecy="neutrality", severity=5, title="Netralitas"),
    )
    assert raw(made, "Ringkasan", "Kejadian")[1] == 1
    assert part(made, "Kejadian menonjol").rows == ()


def test_areas_stand_with_their_level_at_the_end_and_what_an_officer_had_set() -> None:
    levels = {"1807": AreaLevel(3), "1801": AreaLevel(0, override=2)}
    made = form(
        incident(1, "2024-11-27T08:00:00"),
        incident(2, "2024-11-27T08:00:00", regency=None, district=None),
        levels=levels,
    )
    assert raw(made, "Menurut wilayah", "Lampung Timur")[1::4] == [1, "3 Sangat rawan"]
    assert raw(made, "Menurut wilayah", "Lampung Selatan")[-1] == "0 Kondusif (ditetapkan 2 Rawan)"
    assert raw(made, "Menurut wilayah", "tanpa wilayah")[1] == 1
    assert len(part(made, "Menurut wilayah").rows) == 16
    assert [row[0].text for row in part(form(area="kodim:0411"), "Menurut wilayah").rows] == [
        "Lampung Tengah",
        "Metro",
    ]
    assert len(part(form(area="polres:metro"), "Menurut wilayah").rows) == 5
    assert part(form(area="180701"), "Menurut wilayah").rows == ()


def test_without_data_from_before_nothing_is_compared() -> None:
    asked = Asked(Period.around("monthly", DAY), bundled().get("18"), AFTER_MS)
    made = compiled(asked, Seen((incident(1, "2024-11-27T08:00:00"),), {}, "1-0", "0"), bundled(), taxonomy(), "id")
    assert ("Pembanding", "belum ada data") in made.head
    assert raw(made, "Ringkasan", "Kejadian") == ["Kejadian", 1, None, None, None]


def test_a_period_that_runs_is_held_against_the_same_stretch_of_the_one_before() -> None:
    made = form(
        incident(1, "2024-11-27T08:00:00"),
        incident(2, "2024-11-26T08:00:00"),
        incident(3, "2024-11-26T20:00:00"),
        made_ms=at("2024-11-27T12:00:00"),
    )
    assert raw(made, "Ringkasan", "Kejadian")[1:4] == [1, 1, 0]
    assert "belum berakhir" in made.notes[0]


def test_numbers_and_times_are_written_as_in_each_language() -> None:
    assert (Words("id").number(13282.5, 1), Words("en").number(13282.5, 1)) == ("13.282,5", "13,282.5")
    assert (Words("id").signed(-5), Words("id").signed(0), Words("en").signed(1.25, 1)) == ("−5", "±0", "+1.2")
    assert Words("id").day(date(2024, 12, 2)) == "Senin, 02/12/2024"
    assert (Words("id").hours(6, 9), Words("en").hours(6, 9)) == ("06.00–09.00", "06:00–09:00")


@pytest.mark.parametrize("form_as", FORMATS)
@pytest.mark.parametrize("lang", ["id", "en"])
def test_hostile_text_is_text_in_every_format(form_as: Any, lang: Any) -> None:
    made = form(incident(1, "2024-11-27T08:00:00", severity=5, title=HOSTILE), lang=lang, simulated=True)
    file = written(made, form_as, lang)
    if form_as == "html":
        assert b"<img" not in file
        assert b"&lt;img" in file
        assert (b"SIMULASI" if lang == "id" else b"SIMULATION") in file
    if form_as == "pdf":
        assert file.startswith(b"%PDF-")


@pytest.mark.parametrize("title", ["=cmd()", "+1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_a_sheet_is_a_formula(title: str) -> None:
    made = form(incident(1, "2024-11-27T08:00:00", severity=5, title=title))
    cells = [
        cell for row in csv.reader(io.StringIO(written(made, "csv", "id").decode("utf-8-sig"))) for cell in row
    ]
    assert f"'{title}" in cells
    book = openpyxl.load_workbook(io.BytesIO(written(made, "xlsx", "id")))
    assert [cell.coordinate for sheet in book for row in sheet for cell in row if cell.data_type == "f"] == []
    figures = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(min_row=1, max_col=2)}
    assert figures["Kejadian"] == 1


def test_a_long_word_may_be_broken_and_direction_is_not_turned() -> None:
    assert max(map(len, tamed("x" * 200).split("\u200b"))) <= 30
    assert tamed("a \u202eb") == "a b"


def test_the_command_writes_from_the_store_and_says_where(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    line = (
        '{"external_id": "1", "occurred_at": "2024-11-27T08:00:00+07:00", "category": "unjuk_rasa", '
        '"severity": 4, "title": "Massa", "area": "1807"}'
    )
    run = CliRunner()
    assert run.invoke(main, ["publish"], input=line).exit_code == 0
    result = run.invoke(main, ["report", "daily", "--date", "2024-11-27", "--area", "18.07", "--format", "csv"])
    assert result.output == "siger-daily-2024-11-27-1807.csv\n"
    assert "Massa" in (tmp_path / "siger-daily-2024-11-27-1807.csv").read_text(encoding="utf-8-sig")
    unknown = run.invoke(main, ["report", "daily", "--date", "2024-11-27", "--area", "1899"])
    assert (unknown.exit_code, "1899" in unknown.output) == (1, True)
    early = run.invoke(main, ["report", "daily", "--date", "2999-01-01"])
    assert (early.exit_code, "has not begun" in early.output) == (2, True)
    for rhythm in ("daily", "weekly", "monthly"):
        for day in ("0001-01-01", "9999-12-31"):
            ends = run.invoke(main, ["report", rhythm, "--date", day])
            assert (ends.exit_code, f"{day}: no calendar" in ends.output) == (2, True)
