"""Days of the lunar calendar: read from what people write, and found in the calendar of everybody.

A lunar day is kept as `MM-DD`, one in a leap month as `MM-DDL`: 08-15, 04-03L. Without its year a lunar day comes
back every year: one of a leap month in the month itself where the year has no such leap month, a 30th on the 29th
where the month has only so many days.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

LEAP = "L"
YEARS_BACK, YEARS_AHEAD = 1, 2
"""Lunar years around a day in which each lunar day surely comes again; a year begins in January or February."""
LONGEST_MONTH = 30

_DIGITS = {letter: value for value, letter in enumerate("〇一二三四五六七八九")} | {"零": 0}
_MONTHS = {"正": 1, "元": 1, "冬": 11, "腊": 12, "臘": 12}
_CALENDAR = r"(?P<said>农历|農曆|农曆|阴历|陰曆|旧历|舊曆|lunar)?[:：]?\s*"
_YEAR = r"(?:(?:[0-9]{4}|[〇零一二三四五六七八九]{4}|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥])\s*年\s*)?"
_WORDS = re.compile(
    rf"{_CALENDAR}{_YEAR}(?P<leap>闰|閏)?(?P<month>[正元冬腊臘一二三四五六七八九十]+|[0-9]{{1,2}})月"
    r"(?P<day>初?[一二三四五六七八九十廿卅]+|[0-9]{1,2})(?P<of_sun>日|号|號)?(?:生日)?"
)
_NUMBERS = re.compile(
    rf"{_CALENDAR}(?:[0-9]{{4}}[-/.])?(?P<leap>闰|閏)?(?P<month>[0-9]{{1,2}})[-/.](?P<day>[0-9]{{1,2}})"
    r"(?P<tail>L)?(?:\s+[0-9:.]+)?"
)


class Month(NamedTuple):
    """A month of one lunar year: its first day and how many days it has (29 or 30)."""

    first: dt.date
    days: int


def lunar_day(text: str, *, surely: bool = False) -> str | None:
    """The lunar day a text names, as it is kept; None where it names none.

    Understood are 八月十五, 农历1985年8月15日, 闰四月初三, 腊月廿三, 正月初五, 8-15 and 1985-08-15.

    Args:
        surely: the text may name a day of the solar calendar too: it must say 农历, or be written as only lunar days
            are (八月十五, 腊月廿三).
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _WORDS.fullmatch(plain) or _NUMBERS.fullmatch(plain)
    if found is None:
        return None
    told = found.groupdict()
    if surely and not told["said"] and not _only_lunar(told):
        return None
    month, day = _month_of(told["month"]), _day_of(told["day"])
    if not 1 <= month <= 12 or not 1 <= day <= LONGEST_MONTH:
        return None
    return f"{month:02}-{day:02}{LEAP if told['leap'] or told.get('tail') else ''}"


def _only_lunar(told: dict[str, str | None]) -> bool:
    """Whether month and day are written in words and without 日: 八月十五, but not 八月十五日 or 8月15日."""
    words = f"{told['month']}{told['day']}"
    return bool(told["leap"]) or (not told.get("of_sun", "") and not any(letter.isdigit() and letter.isascii()
                                                                         for letter in words))  # fmt: skip


def _month_of(word: str) -> int:
    return int(word) if word.isascii() else _MONTHS.get(word) or _number(word)


def _day_of(word: str) -> int:
    return int(word) if word.isascii() else _number(word.removeprefix("初"))


def _number(word: str) -> int:
    """A Chinese number up to 39; 0 for no number."""
    plain = word.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = plain.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
        return 0
    return (_DIGITS[tens] if tens else 1 if ten else 0) * 10 + (_DIGITS[ones] if ones else 0)


def months_ahead(as_of: dt.date) -> dict[str, list[Month]]:
    """`MM` and `MML` -> the months of that name whose last day is not before a day, the next ones first; two of each.

    Where a year has no such leap month, the month itself stands for it.
    """
    found: dict[str, list[Month]] = {}
    for year in range(as_of.year - YEARS_BACK, as_of.year + YEARS_AHEAD + 1):
        months = months_of(year)
        for number in range(1, 13):
            own = months[number]
            for name, month in ((f"{number:02}", own), (f"{number:02}{LEAP}", months.get(-number, own))):
                if month.first + dt.timedelta(month.days) > as_of:
                    found.setdefault(name, []).append(month)
    return {name: months[:2] for name, months in found.items()}


@lru_cache(maxsize=64)
def months_of(year: int) -> dict[int, Month]:
    """The months of a lunar year by number, a leap month by its negative number."""
    from lunar_python import LunarYear, Solar

    found = {}
    for month in LunarYear(year).getMonths():
        if month.getYear() == year:
            first = Solar.fromJulianDay(month.getFirstJulianDay())
            found[month.getMonth()] = Month(
                dt.date(first.getYear(), first.getMonth(), first.getDay()), month.getDayCount()
            )
    return found


def solar_day(year: int, lunar: str) -> dt.date:
    """The solar date of a lunar day (as `lunar_day` gives it) in a lunar year."""
    number, day = int(lunar[:2]), int(lunar[3:5])
    months = months_of(year)
    month = months.get(-number, months[number]) if lunar.endswith(LEAP) else months[number]
    return month.first + dt.timedelta(min(day, month.days) - 1)


def next_day(as_of: dt.date, lunar: str) -> dt.date:
    """The next solar date of a lunar day, the day itself where it is that day."""
    years = range(as_of.year - YEARS_BACK, as_of.year + YEARS_AHEAD + 1)
    return next(day for year in years if (day := solar_day(year, lunar)) >= as_of)


def read_all(texts: Iterable[str], *, surely: bool) -> dict[str, str]:
    """Text -> lunar day, of those that name one."""
    return {text: day for text in texts if (day := lunar_day(text, surely=surely))}
