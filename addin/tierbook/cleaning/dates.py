"""Dates in any common form.

Read are: 2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105, each also with a time; 15 Apr, 2021 and
05-Jan-2026 and April 15, 2021; 1/5/2026 in the order its column shows; spreadsheet day numbers such as
45678. Impossible days (29 February of a common year) and years before 1900 are not dates.
"""

from __future__ import annotations

from typing import Literal

from ..engine import text_literal
from .shapes import Shape

DayOrder = Literal["dmy", "mdy"]

EARLIEST = "DATE '1900-01-01'"
LATEST = "DATE '2199-12-31'"

_TIME = r"[0-9:.,AaPpMm上下午时時分秒+\-Zz\s]*"
_TAIL = rf"(?:[日号號Tt\s]{_TIME})?$"
YEAR_FIRST = rf"^([0-9]{{4}})\s*[-/.年]\s*([0-9]{{1,2}})\s*[-/.月]\s*([0-9]{{1,2}})\s*{_TAIL}"
COMPACT = r"^([0-9]{4})([0-9]{2})([0-9]{2})(?:[T\s]?[0-9:]{4,8})?$"
YEAR_LAST = rf"^([0-9]{{1,2}})[-/.]([0-9]{{1,2}})[-/.]([0-9]{{4}}|[0-9]{{2}}){_TAIL}"
_DAY = r"([0-9]{1,2})(?:st|nd|rd|th)?"
_MONTH = r"([A-Za-z]{3})[a-z]*\.?"
_WEEKDAY = r"(?:[A-Za-z]{3,9},\s*)?"
DAY_MONTH = rf"^{_WEEKDAY}{_DAY}[\s-]*{_MONTH}[\s,-]*([0-9]{{4}}|[0-9]{{2}}){_TAIL}"
MONTH_DAY = rf"^{_WEEKDAY}{_MONTH}\s*{_DAY},?\s*([0-9]{{4}}){_TAIL}"
SERIAL = r"^[2-7][0-9]{4}(?:\.[0-9]+)?$"
"""Spreadsheet day numbers of the years 1954 to 2119."""


def at_once(text: str) -> str:
    """SQL for texts that the engine reads as dates, such as 2026-01-05 and 2026/1/5 10:30; else NULL."""
    return f"CASE WHEN substr({text}, 5, 1) IN ('-', '/') THEN TRY_CAST({text} AS DATE) END"


def date_of(column: str, shape: Shape, order: DayOrder = "mdy") -> str:
    """SQL for the date in a tidied column: DATE, or NULL where it is none. Time of day and zone are dropped.

    The day may still lie in an absurd year: see `plausible`. Instants with a zone give their day in UTC.
    """
    if shape == "text":
        return f"COALESCE({at_once(column)}, {_written(column, order)})"
    if shape in ("whole", "decimal", "float"):
        return _written(f"TRY_CAST(TRY_CAST(floor({column}) AS BIGINT) AS VARCHAR)", order)
    if shape == "zoned":
        return f"CAST({column} AT TIME ZONE 'UTC' AS DATE)"
    return f"TRY_CAST({column} AS DATE)"


def plausible(date: str) -> str:
    """SQL for a date, NULL where its year cannot be meant (programs write 0001-01-01 for "none")."""
    return f"CASE WHEN {date} BETWEEN {EARLIEST} AND {LATEST} THEN {date} END"


def _written(text: str, order: DayOrder) -> str:
    """SQL for dates that the engine itself does not read."""

    def parts(pattern: str, *names: str) -> str:
        return f"regexp_extract({text}, {text_literal(pattern)}, [{', '.join(text_literal(n) for n in names)}])"

    def matches(pattern: str) -> str:
        return f"regexp_matches({text}, {text_literal(pattern)})"

    def iso(pattern: str, *names: str) -> str:
        p = parts(pattern, *names)
        return f"TRY_CAST({_full_year(p + '.y')} || '-' || {p}.m || '-' || {p}.d AS DATE)"

    def named(pattern: str, *names: str) -> str:
        p = parts(pattern, *names)
        return f"CAST(try_strptime({p}.d || ' ' || {p}.m || ' ' || {_full_year(p + '.y')}, '%d %b %Y') AS DATE)"

    slash = ("d", "m", "y") if order == "dmy" else ("m", "d", "y")
    return (
        f"CASE WHEN {matches(YEAR_FIRST)} THEN {iso(YEAR_FIRST, 'y', 'm', 'd')} "
        f"WHEN {matches(YEAR_LAST)} THEN {iso(YEAR_LAST, *slash)} "
        f"WHEN {matches(COMPACT)} THEN {iso(COMPACT, 'y', 'm', 'd')} "
        f"WHEN {matches(SERIAL)} THEN DATE '1899-12-30' + CAST(floor(CAST({text} AS DOUBLE)) AS INTEGER) "
        f"WHEN {matches(DAY_MONTH)} THEN {named(DAY_MONTH, 'd', 'm', 'y')} "
        f"WHEN {matches(MONTH_DAY)} THEN {named(MONTH_DAY, 'm', 'd', 'y')} END"
    )


def _full_year(year: str) -> str:
    """Two digits: 69-99 are 19xx, 00-68 are 20xx (POSIX)."""
    return f"CASE WHEN strlen({year}) = 4 THEN {year} WHEN {year} >= '69' THEN '19' || {year} ELSE '20' || {year} END"
