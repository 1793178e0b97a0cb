"""Days of the lunar calendar, checked against the calendar read the other way round."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook import lunar


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("八月十五", "08-15"),
        ("农历八月十五", "08-15"),
        ("農曆 1985年8月15日", "08-15"),
        ("一九八五年八月十五", "08-15"),
        ("乙丑年正月初一", "01-01"),
        ("閏四月初三", "04-03L"),
        ("冬月初十", "11-10"),
        ("十一月二十", "11-20"),
        ("腊月廿三", "12-23"),
        ("腊月三十", "12-30"),
        ("8-15", "08-15"),
        ("１９８５/８/１５", "08-15"),
        ("2026-08-15 00:00:00", "08-15"),
        ("04-03L", "04-03L"),
    ],
)
def test_a_lunar_day_is_read_however_it_is_written(written: str, day: str) -> None:
    assert lunar.lunar_day(written) == day


@pytest.mark.parametrize("written", ["", "十五", "八月", "八月卅一", "十三月初一", "8-31", "0-5", "不详", "八月十五吧"])
def test_what_is_no_lunar_day_is_none(written: str) -> None:
    assert lunar.lunar_day(written) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("八月十五", "08-15"),
        ("农历1985-08-15", "08-15"),
        ("闰四月3", "04-03L"),
        ("8月15日", None),
        ("八月十五日", None),
        ("1985-08-15", None),
    ],
)
def test_among_other_dates_only_what_is_surely_lunar_counts(written: str, day: str | None) -> None:
    assert lunar.lunar_day(written, surely=True) == day


def test_every_day_of_nine_years_comes_back_as_the_lunar_day_it_is() -> None:
    from lunar_python import Solar

    for number in range(dt.date(2024, 12, 25).toordinal(), dt.date(2034, 3, 1).toordinal(), 13):
        day = dt.date.fromordinal(number)
        told = Solar.fromYmd(day.year, day.month, day.day).getLunar()
        key = f"{abs(told.getMonth()):02}-{told.getDay():02}{'L' if told.getMonth() < 0 else ''}"

        assert lunar.next_day(day, key) == day
        assert lunar.solar_day(told.getYear(), key) == day


def test_a_leap_month_s_day_is_kept_in_the_month_itself_where_the_year_has_none() -> None:
    assert lunar.solar_day(2025, "06-10L") == dt.date(2025, 8, 3)
    assert lunar.solar_day(2025, "06-10") == dt.date(2025, 7, 4)
    assert lunar.solar_day(2026, "06-10L") == lunar.solar_day(2026, "06-10") == dt.date(2026, 7, 23)


def test_the_last_day_of_the_year_is_the_29th_where_there_is_no_30th() -> None:
    assert lunar.solar_day(2025, "12-30") == dt.date(2026, 2, 16)
    assert lunar.months_of(2025)[12].days == 29
    assert lunar.next_day(dt.date(2026, 2, 16), "12-30") == dt.date(2026, 2, 16)
    assert lunar.next_day(dt.date(2026, 2, 17), "12-30") == dt.date(2027, 2, 5)
