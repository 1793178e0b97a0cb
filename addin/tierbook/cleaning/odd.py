"""Columns whose texts are not plain: each distinct text is read once and joined back.

A year of orders has few distinct dates and prices, and reading a messy text costs fifty times a join.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..engine import Engine, quoted, text_literal
from . import numeric
from .dates import YEAR_LAST, DayOrder, date_of


@dataclass(frozen=True)
class GuessedDates:
    """The first date of a column that could be read with the day or the month first."""

    column: str
    row: int
    sample: str


def read_dates(engine: Engine, tidied: str, key: str, target: str) -> GuessedDates | None:
    """Make the table `target` (text, value): the date in each distinct text of a column.

    Returns:
        what to report where the column's day order had to be guessed.
    """
    _distinct(engine, tidied, key, "odd_texts")
    order, guessed = _day_order(engine)
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(target)} AS "
        f"SELECT text, {date_of('text', 'text', order)} AS value FROM odd_texts"
    )
    if not guessed:
        return None
    row, sample = engine.rows(
        f"SELECT source_row, {quoted(key)} FROM {quoted(tidied)} "
        f"WHERE regexp_matches({quoted(key)}, {text_literal(YEAR_LAST)}) ORDER BY source_row LIMIT 1"
    )[0]
    return GuessedDates(key, row, sample)


def _day_order(engine: Engine) -> tuple[DayOrder, bool]:
    """The day order that the texts with the year last show, and whether it is a guess.

    A first part above 12 says day first, a second part above 12 month first; both above 12 is no date and says
    nothing. Where texts say both, or none does, it is a guess: what more of them say, else the month first.
    """
    first, second = (
        f"CAST(nullif(regexp_extract(text, {text_literal(YEAR_LAST)}, {part}), '') AS INTEGER)" for part in (1, 2)
    )
    texts, day_first, month_first = engine.rows(
        f"SELECT count({first}), count(*) FILTER (WHERE {first} > 12 AND {second} <= 12), "
        f"count(*) FILTER (WHERE {second} > 12 AND {first} <= 12) FROM odd_texts"
    )[0]
    return "dmy" if day_first > month_first else "mdy", bool(texts) and bool(day_first) == bool(month_first)


def read_numbers(engine: Engine, tidied: str, key: str, target: str) -> None:
    """Make the table `target` (text, value, mark): number and currency mark in each distinct text of a column.

    Where some text has its decimals after a comma and none has two or fewer after a dot, dots part thousands.
    """
    _distinct(engine, tidied, key, "odd_texts")
    patterns = (numeric.DECIMAL_COMMA, numeric.DECIMAL_DOT)
    shown = ", ".join(f"bool_or(regexp_matches(text, {text_literal(pattern)}))" for pattern in patterns)
    comma, dot = engine.rows(f"SELECT {shown} FROM odd_texts")[0]
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(target)} AS SELECT text, "
        f"{numeric.number('text', 'parts', comma=bool(comma) and not dot)} AS value, {numeric.mark('parts')} AS mark "
        f"FROM (SELECT text, {numeric.split('text')} AS parts FROM odd_texts)"
    )


def _distinct(engine: Engine, relation: str, key: str, target: str) -> None:
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE {quoted(target)} AS SELECT DISTINCT {quoted(key)} AS text "
        f"FROM {quoted(relation)} WHERE {quoted(key)} IS NOT NULL"
    )
