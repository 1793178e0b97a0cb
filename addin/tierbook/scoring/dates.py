"""Windows as dates, computed here and passed into SQL: the engine only subtracts days."""

from __future__ import annotations

import calendar
import datetime as dt

from ..errors import ModelError


def months_back(as_of: dt.date, months: int) -> dt.date:
    """The same day of the month, whole calendar months earlier.

    Where that month is too short its last day stands in: six months back from 2026-08-31 is 2026-02-28.
    A window starts after this date: a fact counts when `months_back(...) < date <= as_of`.
    """
    year, month = divmod(as_of.year * 12 + as_of.month - 1 - months, 12)
    return dt.date(year, month + 1, min(as_of.day, calendar.monthrange(year, month + 1)[1]))


def days_back(as_of: dt.date, days: int) -> dt.date:
    """The date `days` earlier; a fact in the last `days` days is dated after it."""
    return as_of - dt.timedelta(days=days)


def window_start(as_of: dt.date, window: str) -> dt.date | None:
    """The date a window begins after: `12m` (calendar months), `365d` (days) or `all` (None: no start).

    Raises:
        ModelError: the window is none of these.
    """
    if window == "all":
        return None
    count, unit = window[:-1], window[-1:]
    if count.isdecimal() and unit in ("m", "d") and int(count) > 0:
        return months_back(as_of, int(count)) if unit == "m" else days_back(as_of, int(count))
    raise ModelError("scoring.window", window=window)
