"""Days to the next birthday, by the calendar of everybody or by the lunar one."""

from __future__ import annotations

import calendar
import datetime as dt

from .. import lunar as moon
from ..engine import text_literal

LUNAR = "customers.birthday_lunar"
"""Said in `deliveries` where somebody has a lunar birthday."""


def days_to_birthday(as_of: dt.date, *, lunar: bool) -> str:
    """SQL over `customers` for the days to the next birthday, 0 on the day.

    Where a lunar birthday is known it is the one that counts: who writes it down keeps it.
    """
    solar = _solar(as_of)
    return f"COALESCE({_lunar(as_of)}, {solar})" if lunar else solar


def _solar(as_of: dt.date) -> str:
    """29 February is the year's 60th day also where that is 1 March.

    (367 x month - 362) / 12 counts the days before a month in a year whose February has 30.
    """

    def day_of(year: int) -> str:
        over = 1 if calendar.isleap(year) else 2
        before = "(367 * EXTRACT(MONTH FROM birthday) - 362) // 12"
        shorter = f"CASE WHEN EXTRACT(MONTH FROM birthday) > 2 THEN {over} ELSE 0 END"
        return f"({before} + EXTRACT(DAY FROM birthday) - {shorter})"

    today = as_of.timetuple().tm_yday
    rest = 365 + calendar.isleap(as_of.year) - today
    this, following = day_of(as_of.year), day_of(as_of.year + 1)
    return f"CAST(CASE WHEN {this} >= {today} THEN {this} - {today} ELSE {rest} + {following} END AS BIGINT)"


def _lunar(as_of: dt.date) -> str:
    """One branch for each month of the lunar year and each leap month, whether or not the year has it."""
    name = "SUBSTR(birthday_lunar, 1, 2) || SUBSTR(birthday_lunar, 6, 1)"
    branches = " ".join(
        f"WHEN {text_literal(month)} THEN {_in_months(as_of, following)}"
        for month, following in moon.months_ahead(as_of).items()
    )
    return f"CAST(CASE {name} {branches} END AS BIGINT)"


def _in_months(as_of: dt.date, months: list[moon.Month]) -> str:
    """Days to a lunar day in the first of two months, or in the second where it is over in the first."""
    (first, first_days), (second, second_days) = months
    here, later = _days_to(as_of, first, first_days), _days_to(as_of, second, second_days)
    return here if first >= as_of else f"CASE WHEN {here} >= 0 THEN {here} ELSE {later} END"


def _days_to(as_of: dt.date, first: dt.date, days: int) -> str:
    """A 30th in a month of 29 days is its 29th."""
    day = "TRY_CAST(SUBSTR(birthday_lunar, 4, 2) AS BIGINT)"
    kept = day if days >= moon.LONGEST_MONTH else f"CASE WHEN {day} > {days} THEN {days} ELSE {day} END"
    return f"{kept} + {(first - as_of).days - 1}"
