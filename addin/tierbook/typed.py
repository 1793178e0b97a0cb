"""What cells hold: customer ids as people type them, names, days as numbers, and the texts of errors.

Ids come as 1001, 1001.0, "1001", " 1001 ", full-width digits, "0012".
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

UNKNOWN = "#N/A"
"""The scored book has no such customer. A function cannot hand Excel a real error through COM: it returns one of these
texts, and the add-in's own code turns them into the error of the same name, so that IFERROR, IFNA and ISNA work."""
WRONG = "#VALUE!"
"""An argument is not one of the words or shapes the function takes."""
RANGE = "#NUM!"
"""An id typed as a number of more than 15 digits: Excel has already lost its last digits."""
NO_BOOK = "#REF!"
"""There is no scored book to answer from. Not #N/A: IFNA(..., "new customer") must not take everyone for new."""
CELL_ERRORS = frozenset(
    {UNKNOWN, WRONG, RANGE, NO_BOOK, "#DIV/0!", "#NAME?", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
"""Error texts a cell may hand in; an error in gives the same error out."""
NO_ID = CELL_ERRORS | {""}
"""What `id_text` gives where a cell holds no id: the text to show instead."""

EXACT_BELOW = 10**15
"""Excel keeps 15 digits of a number."""
EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0 has no time zone
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"
"""Letters nobody sees, which come along when an id is copied from a web page."""

_WHOLE = re.compile(r"(-?[0-9]+)\.0+")
_UNSEEN = dict.fromkeys(map(ord, INVISIBLE))
_AS_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")


def id_text(cell: Any) -> str:
    """The id a cell means, or one of NO_ID: "" for a blank cell, an error's text for what cannot be an id.

    A number is the id without decimals (1001.0 is "1001"), so it never finds "0012": only the text does.
    An id column that was formatted as dates still gives its numbers. TRUE and FALSE are no ids.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return WRONG
    if isinstance(cell, dt.datetime):
        cell = serial(cell)
    if isinstance(cell, int | float):
        return _from_number(cell)
    return cleaned(str(cell))


def cleaned(text: str) -> str:
    """An id typed as text: NFKC, trimmed, "1001.0" -> "1001"; leading zeros and long digits stay.

    The cleaning of facts makes ids the same way, in SQL; a test holds the two together.
    """
    text = unicodedata.normalize("NFKC", text).translate(_UNSEEN).strip()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


def as_number(customer_id: str) -> float | None:
    """The number Excel holds when this id is typed as one; None where typing it as a number would change it."""
    return float(customer_id) if _AS_NUMBER.fullmatch(customer_id) else None


def serial(day: dt.datetime | dt.date) -> float:
    """A day as the number a sheet holds."""
    moment = day if isinstance(day, dt.datetime) else dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001
    return (moment.replace(tzinfo=None) - EPOCH) / dt.timedelta(days=1)


def folded(word: str) -> str:
    """A name as people type it: width, case and extra blanks do not matter."""
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())


def _from_number(number: float) -> str:
    if math.isnan(number):
        return ""
    if abs(number) >= EXACT_BELOW:
        return RANGE
    return str(int(number)) if number == int(number) else repr(number)


def holds_results(stamp: Mapping[str, str]) -> bool:
    """Whether a book with this stamp holds every result; not where only some sheets were chosen for it."""
    words = stamp.get("chosen", "").split()
    return not words or "functions" in words
