"""NDJSON and CSV: every line is read or named with its number, whatever it holds, and files may be endless."""

import csv
import io
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.inbound import lines
from feeds.inbound.lines import HeaderError, Line

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CELL = TEXT.filter(lambda cell: cell.strip() and cell != "\x00")


def ndjson(raw: bytes) -> list[Line]:
    return list(lines.ndjson(io.BytesIO(raw)))


def rows(text: str | bytes, **columns: str) -> list[Line]:
    raw = text.encode() if isinstance(text, str) else text
    return list(lines.rows(io.BytesIO(raw), columns or None))


def reasons(found: list[Line]) -> dict[int, str]:
    return {line.number: line.problem.reason for line in found if line.problem}


@given(st.lists(st.dictionaries(TEXT, TEXT | st.integers(-(2**53), 2**53) | st.booleans() | st.none()), max_size=8))
def test_ndjson_gives_back_what_was_written(items: list[dict[str, Any]]) -> None:
    assert [line.item for line in ndjson(b"\n".join(orjson.dumps(item) for item in items))] == items


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_named_and_never_raise(raw: bytes) -> None:
    for line in ndjson(raw):
        assert (line.item is None) != (line.problem is None)
    try:
        found = rows(raw)
    except HeaderError:
        return
    for line in found:
        assert (line.item is None) != (line.problem is None)


def test_broken_lines_are_named_by_number_and_the_others_kept() -> None:
    found = ndjson(b'\xef\xbb\xbf{"a":1}\n\n{"b":\n[1]\n"x"\n{"c":2}')
    assert [line.item for line in found if line.item] == [{"a": 1}, {"c": 2}]
    assert list(reasons(found)) == [3, 4, 5]
    assert reasons(found)[3].startswith("not JSON")
    assert reasons(found)[4] == "a line must be one JSON object"


def test_a_line_longer_than_1_mib_is_refused_and_passed_over() -> None:
    found = ndjson(b'{"a":"' + b"x" * (3 * lines.MOST_BYTES) + b'"}\n{"b":1}\n')
    assert reasons(found) == {1: "longer than 1 MiB"}
    assert found[1].item == {"b": 1}
    found = rows(b"a,b\n" + b"x" * (2 * lines.MOST_BYTES) + b"\n1,2\n")
    assert reasons(found) == {2: "longer than 1 MiB"}
    assert found[1].item == {"a": "1", "b": "2"}


def test_lines_are_read_one_by_one() -> None:
    class Endless(io.RawIOBase):
        """A file that never ends: reading it whole would never return."""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            row = b'{"title":"x"}\n'
            buffer[: len(row)] = row
            return len(row)

    endless = lines.ndjson(io.BufferedReader(Endless()))
    assert [next(endless).number for _ in range(1000)] == list(range(1, 1001))


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6), st.sampled_from(lines.DELIMITERS))
def test_csv_gives_back_what_was_written_with_any_delimiter(table: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["one", "two", "three"], *table])
    expected = [dict(zip(("one", "two", "three"), row, strict=True)) for row in table]
    assert [line.item for line in rows(text.getvalue())] == expected


def test_csv_rows_carry_the_number_of_their_first_line() -> None:
    found = rows('title,category\n"dua\nbaris",curat\nsatu,curas,lebih\nakhir,curat\n')
    assert [(line.number, line.item is not None) for line in found] == [(2, True), (4, False), (5, True)]
    assert reasons(found) == {4: "3 cells under 2 columns"}


def test_empty_cells_are_left_out_and_dots_make_objects() -> None:
    (line,) = rows("title,crowd,victims.dead,victims.hurt\nx,,1,\n")
    assert line.item == {"title": "x", "victims": {"dead": "1"}}


def test_columns_are_mapped_and_unknown_ones_left_out() -> None:
    (line,) = rows("Judul;jenis;lon;catatan\nx;curat;105.1;rahasia\n", title="Judul", category="jenis")
    assert line.item == {"title": "x", "category": "curat", "lon": "105.1"}
    (line,) = rows("Judul;jenis;lon;catatan\nx;curat;105.1;rahasia\n")
    assert line.item is not None
    assert set(line.item) == {"Judul", "jenis", "lon", "catatan"}


def test_text_that_is_not_utf_8_is_refused_with_its_column() -> None:
    found = rows(b"title,category\nSe\xf1or,curat\nx,curat\n")
    assert [(line.number, line.problem.field) for line in found if line.problem] == [(2, "title")]
    assert found[1].item is not None


@pytest.mark.parametrize(
    ("text", "columns", "says"),
    [
        ("", {}, "must be a header"),
        ("\n1,2\n", {}, "must be a header"),
        ("title\rx\r", {}, "no CSV header"),
        ("a,b,a\n", {}, "names a column twice: a"),
        ("victims,victims.dead\n", {}, "'victims' and parts of it"),
        ("victims.dead,victims-dead,victims\n", {}, "'victims' and parts of it"),
        ("korban,victims.dead\n", {"victims": "korban"}, "'victims' and parts of it"),
        ("title,a.b.c.d.e\n", {}, "more than 4 parts"),
        (b"title,Keterangan Se\xf1or\n", {}, "not UTF-8"),
        ("title\n".encode("utf-16"), {}, "not UTF-8"),
        ("judul,jenis\n", {"title": "Judul"}, "there is no column 'Judul'; there are: judul, jenis"),
    ],
)
def test_a_header_that_does_not_fit_says_what_is_wrong(
    text: str | bytes, columns: dict[str, str], says: str
) -> None:
    with pytest.raises(HeaderError, match=says):
        rows(text, **columns)


def test_what_is_said_of_a_line_can_be_written_down() -> None:
    found = rows(b"title\nSe\xf1or\nx,Se\xf1or\n")
    shown = [line.problem.value for line in found if line.problem]
    assert shown == ["Se?or", "Se?or"]


def test_a_header_of_very_many_columns_costs_no_more_than_it_has() -> None:
    names = [f"c{number}.x" for number in range(100_000)]
    (line,) = rows(f"{','.join(names)}\n{',' * 99_999}1\n")
    assert line.item == {"c99999": {"x": "1"}}


def test_what_is_a_position_and_what_an_incident() -> None:
    assert lines.is_position({"unit": "p-07", "lon": 105})
    assert not lines.is_position({"unit": "p-07", "title": "x"})
    assert not lines.is_position({"category": "curat"})
    assert lines.is_either({"category": "curat"})
    assert not lines.is_either({"lon": 105})
