"""Ids as cells hold them, by the rule the add-in has: what a formula of a copy must come to."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

UNKNOWN, WRONG, RANGE = "#N/A", "#VALUE!", "#NUM!"
ERRORS = frozenset({UNKNOWN, WRONG, RANGE, "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!"})
"""Error texts a cell may hold; an error in gives the same error out."""
EXACT_BELOW = 10**15
"""Excel keeps 15 digits of a number."""
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"
"""Letters nobody sees, which come along when an id is copied from a web page."""

_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0 has no time zone
_WHOLE = re.compile(r"(-?[0-9]+)\.0+")
_UNSEEN = dict.fromkeys(map(ord, INVISIBLE))


def id_text(cell: object) -> str:
    """The id a cell means; "" for a blank one, an error's text for what cannot be an id."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return WRONG
    if isinstance(cell, dt.datetime):
        cell = serial(cell)
    if isinstance(cell, int | float):
        return _from_number(cell)
    text = unicodedata.normalize("NFKC", str(cell)).translate(_UNSEEN).strip()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def serial(day: dt.datetime | dt.date) -> float:
    """A day as the number a sheet holds."""
    moment = day if isinstance(day, dt.datetime) else dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001
    return (moment.replace(tzinfo=None) - _EPOCH) / dt.timedelta(days=1)


def _from_number(number: float) -> str:
    if number != number or abs(number) >= EXACT_BELOW:  # noqa: PLR0124 - NaN
        return "" if number != number else RANGE  # noqa: PLR0124
    return str(int(number)) if number == int(number) else repr(number)


def folded(word: str) -> str:
    """A name as people type it: width, case and extra blanks do not matter."""
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())
