"""Working days around 春节 and 国庆 2026, and years nobody has published yet."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierbook.errors import ModelError
from tierbook.followup import calendar
from tierbook.followup.calendar import add_workdays, is_chinese_workday, published, unpublished_years, workdays_of
from tierbook.model.days import named_days
from tierbook.model.settings import with_settings


def day(month: int, number: int, year: int = 2026) -> dt.date:
    return dt.date(year, month, number)


SPRING_FESTIVAL_OFF = [day(2, number) for number in range(15, 24)]
NATIONAL_DAY_OFF = [day(10, number) for number in range(1, 8)]
MID_AUTUMN_OFF = [day(9, number) for number in (25, 26, 27)]
WORKED_WEEKENDS = [day(1, 4), day(2, 14), day(2, 28), day(5, 9), day(9, 20), day(10, 10)]


@pytest.mark.parametrize("date", SPRING_FESTIVAL_OFF + NATIONAL_DAY_OFF + MID_AUTUMN_OFF)
def test_holidays_of_2026_are_free(date):
    assert not is_chinese_workday(date)


@pytest.mark.parametrize("date", WORKED_WEEKENDS)
def test_weekends_of_2026_that_make_up_for_a_holiday_are_worked(date):
    assert date.weekday() >= 5
    assert is_chinese_workday(date)


@pytest.mark.parametrize("date", [day(2, 24), day(10, 8), day(9, 28), day(10, 30)])
def test_plain_weekdays_of_2026_are_worked(date):
    assert is_chinese_workday(date)


@pytest.mark.parametrize("date", [day(2, 7), day(2, 8), day(10, 11), day(10, 31)])
def test_plain_weekends_of_2026_are_free(date):
    assert not is_chinese_workday(date)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        # 春节 2026: Saturday 14 February is worked, 15 to 23 February are free, Saturday 28 February is worked
        (day(2, 12), 1, day(2, 13)),
        (day(2, 13), 1, day(2, 14)),
        (day(2, 13), 2, day(2, 24)),
        (day(2, 13), 3, day(2, 25)),
        (day(2, 14), 1, day(2, 24)),
        (day(2, 15), 1, day(2, 24)),
        (day(2, 23), 1, day(2, 24)),
        (day(2, 24), 1, day(2, 25)),
        (day(2, 25), 3, day(2, 28)),
        (day(2, 25), 4, day(3, 2)),
        (day(2, 28), 1, day(3, 2)),
        # 中秋 and 国庆 2026: Sunday 20 September and Saturday 10 October are worked
        (day(9, 18), 1, day(9, 20)),
        (day(9, 19), 1, day(9, 20)),
        (day(9, 24), 1, day(9, 28)),
        (day(9, 30), 1, day(10, 8)),
        (day(9, 30), 2, day(10, 9)),
        (day(9, 30), 3, day(10, 10)),
        (day(9, 30), 4, day(10, 12)),
        (day(10, 3), 3, day(10, 10)),
        (day(10, 10), 1, day(10, 12)),
        # a plain weekend
        (day(10, 30), 1, day(11, 2)),
        (day(10, 31), 3, day(11, 4)),
    ],
)
def test_days_are_counted_over_holidays_and_worked_weekends(start, days, due):
    assert add_workdays(start, days) == due


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (day(2, 13), day(2, 13)),
        (day(2, 14), day(2, 14)),
        (day(2, 15), day(2, 24)),
        (day(10, 1), day(10, 8)),
        (day(10, 10), day(10, 10)),
        (day(10, 31), day(11, 2)),
    ],
)
def test_zero_days_is_today_or_the_next_working_day(start, due):
    assert add_workdays(start, 0) == due


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (day(1, 31), 1, day(2, 2)),  # a Saturday at the end of a month
        (day(2, 27), 1, day(2, 28)),  # the last of February 2026 is a Saturday that is worked
        (day(2, 28, 2024), 1, day(2, 29, 2024)),
        (day(2, 29, 2024), 1, day(3, 1, 2024)),
        (day(4, 30), 1, day(5, 6)),  # 劳动节: 1 to 5 May are free
        (day(5, 8), 1, day(5, 9)),  # and Saturday 9 May is worked
        (day(6, 30), 0, day(6, 30)),
        (day(10, 31), 0, day(11, 2)),
        (day(12, 31, 2025), 1, day(1, 4)),  # 元旦: 1 to 3 January are free, Sunday 4 January is worked
    ],
)
def test_months_years_and_leap_days_end_like_any_other_day(start, days, due):
    assert add_workdays(start, days) == due


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Sydney", "Asia/Shanghai"])
def test_a_clock_that_goes_forward_or_back_over_a_weekend_moves_no_due_day(zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for friday in (day(3, 6), day(3, 27), day(10, 23), day(10, 30)):
            assert add_workdays(friday, 1) == friday + dt.timedelta(days=3)
            assert add_workdays(friday, 5) == friday + dt.timedelta(days=7)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_days_below_zero_are_refused():
    with pytest.raises(ModelError) as error:
        add_workdays(day(10, 31), -1)
    assert (
        error.value.words("zh-CN") == "工作日天数不能是负数：-1。请在“模型-策略”表的“几个工作日内”列填 0 或更大的整数。"
    )


@pytest.fixture
def unpublished_2027(monkeypatch):
    """2027 as it is before the State Council's notice, whatever the installed package knows by now."""
    monkeypatch.setattr(calendar, "published", lambda year: year <= 2026)


@pytest.mark.usefixtures("unpublished_2027")
class TestAYearNotYetPublished:
    @pytest.mark.parametrize(
        ("start", "days", "due"),
        [
            (day(12, 30), 1, day(12, 31)),
            (day(12, 31), 1, day(1, 1, 2027)),  # a Friday: nobody has published that it is free
            (day(12, 31), 2, day(1, 4, 2027)),
            (day(1, 1, 2027), 1, day(1, 4, 2027)),
            (day(2, 5, 2027), 1, day(2, 8, 2027)),
            (day(2, 5, 2027), 5, day(2, 12, 2027)),
            (day(2, 6, 2027), 0, day(2, 8, 2027)),
        ],
    )
    def test_it_counts_monday_to_friday(self, start, days, due):
        assert add_workdays(start, days) == due

    @pytest.mark.parametrize(
        ("first", "last", "years"),
        [
            (day(12, 1), day(12, 31), ()),
            (day(12, 31), day(1, 1, 2027), (2027,)),
            (day(12, 31), day(1, 3, 2028), (2027, 2028)),
        ],
    )
    def test_the_years_that_were_guessed_are_told(self, first, last, years):
        assert unpublished_years(first, last) == years


def test_the_installed_package_knows_2026_and_not_the_far_future():
    assert published(2026)
    assert not published(2090)
    assert is_chinese_workday(dt.date(2090, 1, 2))  # a Monday
    assert not is_chinese_workday(dt.date(2090, 1, 1))  # a Sunday


def test_another_calendar_may_be_given():
    assert add_workdays(day(10, 1), 3, lambda date: date.day % 2 == 0) == day(10, 6)


def test_importing_the_room_does_not_load_the_holiday_table():
    code = "import sys, tierbook.followup; sys.exit('chinese_calendar' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


DAYS_OF_2026 = st.dates(day(1, 1), day(12, 1))


@given(start=DAYS_OF_2026, first=st.integers(1, 8), more=st.integers(0, 8))
def test_counting_in_two_goes_gives_the_same_day(start, first, more):
    assert add_workdays(add_workdays(start, first), more) == add_workdays(start, first + more)


@given(start=DAYS_OF_2026, days=st.integers(1, 15))
def test_a_due_day_is_worked_and_exactly_that_many_working_days_away(start, days):
    due = add_workdays(start, days)
    span = [start + dt.timedelta(number) for number in range(1, (due - start).days + 1)]
    assert is_chinese_workday(due)
    assert sum(map(is_chinese_workday, span)) == days


@pytest.mark.parametrize(
    ("words", "named", "free"),
    [
        ("-", [], [day(12, 24)]),
        ("2026-12-24、2026/12/28～2026.12.30", [day(12, 24), day(12, 28), day(12, 30)], [day(12, 27), day(12, 31)]),
        ("5月20日, 2-29", [day(5, 20), day(5, 20, 2031), day(2, 29, 2028)], [day(5, 21)]),
        ("12-30 to 12-31；2027年1月4日", [day(12, 30), day(12, 31, 2040), day(1, 4, 2027)], [day(1, 4)]),
    ],
)
def test_a_company_names_days_stretches_and_days_of_every_year(words, named, free):
    days = named_days(words)
    assert all(one in days for one in named) and not any(one in days for one in free)


@pytest.mark.parametrize("words", ["平安夜", "2026-02-30", "13-01", "2026-12-31～2026-12-24", "12-24～2026-12-31",
                                   "2026-01-01～2026-12-31", "01-01～06-30、07-01～12-31"])  # fmt: skip
def test_words_that_name_no_day_or_half_a_year_are_refused_where_they_stand(words):
    with pytest.raises(ModelError) as refused:
        named_days(words, where="模型-参数!C9")
    assert refused.value.words("zh-CN").startswith("模型-参数!C9：看不懂“")


def test_the_companys_own_days_move_due_days(general):
    """Thursday 24 December is off, Saturday 26 is worked; a day named both ways is worked."""
    words = ("days_off=2026-12-24、2026-12-25、2026-12-26", "days_worked=2026-12-26")
    own = workdays_of(with_settings(general, words))
    assert add_workdays(day(12, 23), 1, own) == day(12, 26)
    assert add_workdays(day(12, 23), 2, own) == day(12, 28)
    assert workdays_of(general) is is_chinese_workday
