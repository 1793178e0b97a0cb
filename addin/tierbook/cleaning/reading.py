"""From raw columns to values: one parsed relation per table.

The parsed relation (`Delivered.parsed`) has source_row and, for each delivered column `c`: `c__raw` (tidied, as
delivered), `c` (its value, NULL where blank or unreadable) and for odd number texts `c__mark` (the currency mark
beside the number). Money and quantities are still numbers here; `orders` makes cents of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..engine import Engine, quoted, text_literal
from ..schema import TABLES, Column, Table
from . import numeric
from .choices import YES_NO, choice_of, region_words, words_of
from .dates import DayOrder, SlashDates, date_of, plausible, slash_dates
from .findings import Doubt
from .ids import id_of, never_unreadable
from .shapes import Shape, shape_of
from .survey import NUMBERS, Needs, survey
from .text import tidy


class SourceLike(Protocol):
    """What cleaning needs of a delivered table; `sources.Source` is one."""

    @property
    def relation(self) -> str: ...
    @property
    def columns(self) -> Mapping[str, str]: ...
    @property
    def rows(self) -> int: ...


@dataclass(frozen=True)
class Delivered:
    """A delivered table and how to read it.

    `shapes`: canonical column -> shape of its raw type; `tidy`: the relation of tidied raw columns;
    `parsed`: SQL in brackets for the parsed relation.
    """

    table: Table
    rows: int
    shapes: Mapping[str, Shape]
    needs: Mapping[str, Needs]
    slashes: Mapping[str, SlashDates]
    tidy: str
    parsed: str

    @property
    def read(self) -> str:
        """Name of the relation of values with each row's reason."""
        return f"read_{self.table.key}"

    def has(self, *keys: str) -> bool:
        return all(key in self.shapes for key in keys)

    def is_text(self, *keys: str) -> bool:
        return any(self.shapes.get(key) == "text" for key in keys)

    def is_odd(self, key: str) -> bool:
        """Whether some value of a text column is not plain for its kind: ¥12, 1,200, 1.2万, 5 Jan 2026."""
        return key in self.needs and self.needs[key].odd


def parse(engine: Engine, table: str, source: SourceLike) -> Delivered:
    """Find out how to read a delivered table; nothing is judged or dropped yet."""
    types = engine.columns(source.relation)
    columns = [column for column in TABLES[table].columns if column.key in source.columns and column.key in types]
    shapes = {column.key: shape_of(types[column.key]) for column in columns}
    needs = survey(engine, source.relation, columns, shapes)
    tidied = tidy(engine, source.relation, shapes, needs, f"tidy_{table}")
    odd = [column for column in columns if column.key in needs and needs[column.key].odd]
    slashes = slash_dates(engine, tidied, [column.key for column in odd if column.kind == "date"])
    numbers = [column.key for column in odd if column.kind in NUMBERS]
    commas = _decimal_commas(engine, tidied, numbers)
    parsed = _parsed(columns, shapes, needs, slashes, tidied, commas)
    return Delivered(TABLES[table], source.rows, shapes, needs, slashes, tidied, parsed)


def _parsed(
    columns: Iterable[Column],
    shapes: Mapping[str, Shape],
    needs: Mapping[str, Needs],
    slashes: Mapping[str, SlashDates],
    tidied: str,
    commas: frozenset[str],
) -> str:
    split, values, dates = [], [], []
    for column in columns:
        key, name = column.key, quoted(column.key)
        odd = key in needs and needs[key].odd
        order = slashes.get(key, SlashDates()).order
        values.append(f"{name} AS {quoted(key + '__raw')}")
        values.append(f"{_value(column, shapes[key], order, odd=odd, comma=key in commas)} AS {name}")
        if odd and column.kind in NUMBERS:
            split.append(f", {numeric.split(name)} AS {quoted(key + '__parts')}")
            values.append(f"{numeric.mark(quoted(key + '__parts'))} AS {quoted(key + '__mark')}")
        if column.kind == "date":
            dates.append(f"{plausible(name)} AS {name}")
    inner = f"(SELECT source_row, {', '.join(values)} FROM (SELECT *{''.join(split)} FROM {quoted(tidied)}))"
    return f"(SELECT * REPLACE ({', '.join(dates)}) FROM {inner})" if dates else inner


def _value(column: Column, shape: Shape, order: DayOrder, *, odd: bool, comma: bool) -> str:
    """SQL for a column's value by its kind and raw shape."""
    name = quoted(column.key)
    text = name if shape == "text" else f"CAST({name} AS VARCHAR)"
    if column.kind == "id":
        return id_of(name, shape, odd=odd)
    if column.kind == "date":
        return date_of(name, shape, order, odd=odd)
    if column.kind == "choice":
        return choice_of(text, region_words() if column.key == "region" else words_of(column.choices))
    if column.kind == "flag":
        return f"CAST({name} AS BIGINT)" if shape == "flag" else f"CAST({choice_of(text, YES_NO)} AS BIGINT)"
    if column.kind == "text":
        return text
    return _number(column, name, shape, odd=odd, comma=comma)


def _number(column: Column, name: str, shape: Shape, *, odd: bool, comma: bool) -> str:
    """SQL for a number: as delivered where money or quantity came typed, exact decimals where it came as text."""
    if shape == "text" and odd:
        number = numeric.number(name, quoted(column.key + "__parts"), comma=comma)
    elif column.kind in ("money", "quantity") and shape in ("whole", "float"):
        number = name
    else:
        number = numeric.exact(name, shape)
    if column.kind == "count":
        return f"TRY_CAST(round({number}) AS BIGINT)"
    if column.kind == "number" and column.key != "unit_price":
        return f"CAST({number} AS DOUBLE)"
    return number


def _decimal_commas(engine: Engine, relation: str, keys: Iterable[str]) -> frozenset[str]:
    """Columns whose decimals stand after a comma: some value shows it, and no value has a dot with two decimals."""

    def any_like(key: str, pattern: str) -> bool:
        return bool(
            engine.value(
                f"SELECT bool_or(regexp_matches({quoted(key)}, {text_literal(pattern)})) FROM {quoted(relation)}"
            )
        )

    return frozenset(
        key for key in keys if any_like(key, numeric.DECIMAL_COMMA) and not any_like(key, numeric.DECIMAL_DOT)
    )


def id_doubts(delivered: Delivered, key: str) -> list[Doubt]:
    """Reasons to set a row aside for its customer: none given, or digits lost."""
    if not delivered.has(key):
        return [Doubt("no_customer", key, "true", "NULL")]
    raw, value = quoted(key + "__raw"), quoted(key)
    found = [Doubt("no_customer", key, f"{raw} IS NULL", "NULL")]
    if can_be_unreadable(delivered, key):
        found.append(Doubt("id_unreadable", key, f"{value} IS NULL", f"CAST({raw} AS VARCHAR)"))
    return found


def date_doubts(delivered: Delivered, key: str, latest: str | None) -> list[Doubt]:
    """Reasons to set a row aside for its date: none given, unreadable, or after `latest` (a date literal)."""
    if not delivered.has(key):
        return [Doubt("no_date", key, "true", "NULL")]
    raw, value = quoted(key + "__raw"), quoted(key)
    found = [
        Doubt("no_date", key, f"{raw} IS NULL", "NULL"),
        Doubt("bad_date", key, f"{value} IS NULL", f"CAST({raw} AS VARCHAR)"),
    ]
    if latest is not None:
        found.append(Doubt("future", key, f"{value} > {latest}", f"CAST({value} AS VARCHAR)"))
    return found


def can_be_unreadable(delivered: Delivered, key: str) -> bool:
    """Whether a delivered value of the column may have no reading; False where its type or the survey rules it out."""
    kind, shape = delivered.table.column(key).kind, delivered.shapes[key]
    if kind == "choice":
        return True
    if kind == "flag":
        return shape != "flag"
    if shape == "text":
        return delivered.is_odd(key)
    return not (kind == "id" and never_unreadable(shape))


UNREADABLE = {
    "id": "unreadable_id", "date": "unreadable_date", "choice": "unknown_choice", "flag": "unknown_choice",
    "number": "unreadable_number", "count": "unreadable_number", "quantity": "unreadable_number",
    "money": "unreadable_number",
}  # fmt: skip


def optional_doubts(delivered: Delivered, judged: Iterable[str]) -> list[Doubt]:
    """Notices for values that are there but cannot be read, in columns that set no row aside."""
    skipped = set(judged)
    return [
        Doubt(
            UNREADABLE[column.kind],
            column.key,
            f"{quoted(column.key + '__raw')} IS NOT NULL AND {quoted(column.key)} IS NULL",
            quoted(column.key + "__raw"),
        )
        for column in delivered.table.columns
        if delivered.has(column.key)
        and column.key not in skipped
        and column.kind in UNREADABLE
        and can_be_unreadable(delivered, column.key)
    ]
