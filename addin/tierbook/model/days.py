"""Days a company names: `2026-12-24、2026-12-28～2026-12-31、05-20`. Month and day alone are meant every year."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from ..errors import ModelError

NONE = "-"
"""The value of a parameter that names no day; a cell must not be empty."""
MOST = 183
"""Days that one stretch may hold, and that may be named for every year: beyond half a year it is a slip."""
_BETWEEN = re.compile(r"[,、;\s]+")
_REACH = re.compile(r"\s*(?:~|～|至|到|–|—)\s*|\s+to\s+")
_DAY = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")
_ANY_YEAR = 2024
"""A leap year, so that 29 February can be named."""


@dataclass(frozen=True)
class NamedDays:
    """Stretches of days, both ends in them, and (month, day) that are meant every year."""

    stretches: tuple[tuple[dt.date, dt.date], ...] = ()
    yearly: frozenset[tuple[int, int]] = frozenset()

    def __contains__(self, day: dt.date) -> bool:
        return (day.month, day.day) in self.yearly or any(first <= day <= last for first, last in self.stretches)

    def __bool__(self) -> bool:
        return bool(self.stretches or self.yearly)


def named_days(words: str, *, where: str = "") -> NamedDays:
    """The days that a text names.

    Args:
        where: where the text stands, for messages.
    Raises:
        ModelError: a word is no day, a stretch ends before it begins, or more than half a year is named.
    """
    plain = _REACH.sub("~", unicodedata.normalize("NFKC", words).strip())
    stretches, yearly = [], set()
    for word in filter(None, _BETWEEN.split(plain)):
        if word == NONE:
            continue
        ends = [_day(one, words, where) for one in word.split("~")]
        first, last = ends[0], ends[-1]
        span = (last[1] - first[1]).days + 1
        if len(ends) > 2 or first[0] != last[0] or not 0 < span <= MOST:
            raise ModelError("model.no_days", where=where, value=words, word=word)
        if first[0]:
            stretches.append((first[1], last[1]))
        else:
            days = (first[1] + dt.timedelta(ahead) for ahead in range(span))
            yearly |= {(day.month, day.day) for day in days}
    if len(yearly) > MOST:
        raise ModelError("model.no_days", where=where, value=words, word=words)
    return NamedDays(tuple(stretches), frozenset(yearly))


def _day(word: str, words: str, where: str) -> tuple[bool, dt.date]:
    """Whether the word names a year, and its day; without one in a leap year."""
    found = _DAY.fullmatch(word)
    try:
        if found is None:
            raise ValueError
        year, month, day = found.groups()
        return year is not None, dt.date(int(year or _ANY_YEAR), int(month), int(day))
    except ValueError:
        raise ModelError("model.no_days", where=where, value=words, word=word) from None
