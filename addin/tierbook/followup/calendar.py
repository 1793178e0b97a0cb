"""Working days in China: holidays off, 调休 weekends worked.

The State Council publishes each year's days late in the year before; the package `chinese_calendar` carries them.
A year it does not know yet counts Monday to Friday, and the caller can ask which years those were
(`unpublished_years`) and say so. A company's own days stand in its model (`workdays_of`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache

from ..errors import ModelError
from ..model.days import NamedDays, named_days
from ..model.types import Model

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5

IsWorkday = Callable[[dt.date], bool]


@cache
def published(year: int) -> bool:
    """Whether the year's holidays and 调休 days are known."""
    import chinese_calendar

    try:
        chinese_calendar.is_workday(dt.date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_chinese_workday(day: dt.date) -> bool:
    """Whether people work on that day; Monday to Friday where the year is not published."""
    import chinese_calendar

    if not published(day.year):
        return day.weekday() < SATURDAY
    return bool(chinese_calendar.is_workday(day))


def workdays_of(model: Model) -> IsWorkday:
    """The company's working days: China's, but for those its model names; one named as worked and as off is worked.

    A model without such parameters, from before there were any, names none.
    """
    off, worked = (
        named_days(str(model.param(key))) if key in model.params else NamedDays() for key in ("days_off", "days_worked")
    )
    if not off and not worked:
        return is_chinese_workday
    return lambda day: day in worked or (day not in off and is_chinese_workday(day))


def add_workdays(start: dt.date, days: int, is_workday: IsWorkday = is_chinese_workday) -> dt.date:
    """The day by which somebody has had `days` working days after `start`.

    `start` itself never counts, whether it is worked or not: two working days from a Friday are the Tuesday. Zero
    days is `start`, or the next working day where `start` is free.

    Raises:
        ModelError: `days` is negative.
    """
    if days < 0:
        raise ModelError("followup.negative_days", days=days)
    day = start
    if days == 0:
        while not is_workday(day):
            day += ONE_DAY
        return day
    left = days
    while left:
        day += ONE_DAY
        left -= is_workday(day)
    return day


def unpublished_years(first: dt.date, last: dt.date) -> tuple[int, ...]:
    """Years touched by the days `first` to `last` whose holidays are not known yet."""
    return tuple(year for year in range(first.year, last.year + 1) if not published(year))
