"""Times at their ends: what a calendar can say is kept, read back and written down, to its last moment."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.clock import epoch_ms, read_ms, utc_text, wib_moment
from feeds.numbers import EARLIEST_MS, LATEST_MS

LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)) | st.just(LAST))
def test_every_time_lies_in_a_millisecond_that_can_be_kept_and_read_back(moment: datetime) -> None:
    at_ms = epoch_ms(moment)
    assert EARLIEST_MS <= at_ms <= LATEST_MS
    assert datetime.fromisoformat(utc_text(at_ms)) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_an_offset_moves_no_moment(local: datetime, minutes: int) -> None:
    moment = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert epoch_ms(moment) == epoch_ms(moment.astimezone(UTC))
    assert wib_moment(epoch_ms(moment)) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_text_without_an_offset_is_utc() -> None:
    assert read_ms("2024-11-27T08:00:00") == read_ms("2024-11-27T15:00:00+07:00") == read_ms("2024-11-27 08:00Z")


def test_a_time_that_is_in_no_year_in_utc_is_no_time() -> None:
    for text in ("0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00"):
        with pytest.raises(ValueError, match="outside the years 1 to 9999 UTC"):
            epoch_ms(datetime.fromisoformat(text))


def test_clocks_in_lampung_stop_where_the_calendar_does() -> None:
    assert wib_moment(0).isoformat() == "1970-01-01T07:00:00+07:00"
    seven_h = 7 * 3_600_000
    assert wib_moment(LATEST_MS - seven_h - 1).isoformat(timespec="milliseconds") == "9999-12-31T23:59:59.998+07:00"
    last = wib_moment(LATEST_MS)
    assert last == wib_moment(LATEST_MS - seven_h)
    assert last.isoformat(timespec="milliseconds") == "9999-12-31T23:59:59.999+07:00"
    assert wib_moment(EARLIEST_MS).isoformat() == "0001-01-01T07:00:00+07:00"
