"""What people put into the arguments of a worksheet function, as words, days and whole numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ...typed import CELL_ERRORS, EPOCH, RANGE, WRONG, id_text

LAST_SERIAL = 2_958_466
"""The first day number Excel does not know any more (the year 10000)."""


class Refused(Exception):
    """An argument that cannot be answered; `shown` is the text the cell shows instead."""

    def __init__(self, shown: str) -> None:
        super().__init__(shown)
        self.shown = shown


def is_blank(argument: Any) -> bool:
    return argument is None or argument == "" or (isinstance(argument, str) and not argument.strip())


def one(argument: Any) -> Any:
    """The argument as one value.

    Raises:
        Refused: a range of several cells, or a cell with an error (which is handed on).
    """
    if isinstance(argument, list | tuple):
        raise Refused(WRONG)
    if isinstance(argument, str) and argument in CELL_ERRORS:
        raise Refused(argument)
    return argument


def word(argument: Any) -> str:
    """The argument as a word, "" for a blank one; a number without decimals, as the cell shows it."""
    value = one(argument)
    if is_blank(value):
        return ""
    return value if isinstance(value, str) else id_text(value)


def day(argument: Any) -> dt.date | None:
    """The argument as a day, None for a blank one: a date, a day number, or a date typed as text.

    Raises:
        Refused: #NUM! for a number that is no day of Excel's, #VALUE! for anything else.
    """
    value = one(argument)
    if is_blank(value):
        return None
    if isinstance(value, bool):
        raise Refused(WRONG)
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int | float):
        if not 1 <= value < LAST_SERIAL:
            raise Refused(RANGE)
        return (EPOCH + dt.timedelta(days=int(value))).date()
    from ...model.cells import date_of

    found = date_of(value)
    if found is None:
        raise Refused(WRONG)
    return found


def whole(argument: Any) -> int | None:
    """The argument as a whole number from 1, None for a blank one.

    Raises:
        Refused: #NUM! for another number, #VALUE! for what is no number.
    """
    value = one(argument)
    if is_blank(value):
        return None
    if isinstance(value, bool):
        raise Refused(WRONG)
    if isinstance(value, dt.datetime):
        value = (value.replace(tzinfo=None) - EPOCH) / dt.timedelta(days=1)
    try:
        number = float(value)
    except (TypeError, ValueError) as reason:
        raise Refused(WRONG) from reason
    if not number.is_integer() or number < 1:
        raise Refused(RANGE)
    return int(number)
