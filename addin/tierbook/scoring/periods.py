"""Weeks, months and quarters that a figure is told for, the last of them the one a day lies in."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Literal

from .dates import months_back

PeriodKind = Literal["week", "month", "quarter"]
_MONTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Period:
    """A stretch of whole days; both ends belong to it."""

    start: dt.date
    end: dt.date

    def known_until(self, as_of: dt.date) -> dt.date:
        """The last day of it that a look from `as_of` can know."""
        return min(self.end, as_of)


def periods_to(as_of: dt.date, kind: PeriodKind, count: int) -> list[Period]:
    """The period `as_of` lies in and those before it, the oldest first, `count` in all.

    Weeks run from Monday to Sunday, across New Year too; months and quarters are those of the calendar. The last one
    is unfinished unless `as_of` is its last day.
    """
    return [_period(as_of, kind, back) for back in range(count - 1, -1, -1)]


def _period(as_of: dt.date, kind: PeriodKind, back: int) -> Period:
    if kind == "week":
        start = as_of - dt.timedelta(days=as_of.weekday() + 7 * back)
        return Period(start, start + dt.timedelta(days=6))
    months = _MONTHS[kind]
    first = as_of.replace(day=1, month=(as_of.month - 1) // months * months + 1)
    start = months_back(first, months * back)
    last = months_back(start, 1 - months)
    return Period(start, last.replace(day=calendar.monthrange(last.year, last.month)[1]))
