"""From raw columns to values: one parsed relation per table.

`parse_<table>` has source_row and, for each delivered column `c`: `c__raw` (tidied, as delivered), `c` (its
value, NULL where blank or unreadable) and for odd money texts `c__mark` (the currency mark beside the number).
Money and quantities are still numbers here; `orders` makes cents of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..engine import Engine, quoted, text_literal
from ..schema import TABLES, Column, Table
from . import numeric
from .choices import YES_NO, choice_of, region_words, words_of
from .dates import SlashDates, date_of, plausible, slash_dates
from .findings import Doubt
from .ids import id_of, never_unreadable
from .shapes import Shape, shape_of
from .text import tidy

NUMBERS = ("money", "quantity", "number", "count")


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
    """A delivered table after parsing. `shapes`: canonical column -> shape of its raw type."""

    table: Table
    rows: int
    shapes: Mapping[str, Shape]
    slashes: Mapping[str, SlashDates]
    odd: frozenset[str] = frozenset()
    """Number columns with texts that are not plain numbers: ¥12, 1,200, 1.2万 or no number at all."""

    @property
    def parsed(self) -> str:
        return f"parse_{self.table.key}"

    @property
    def read(self) -> str:
        return f"read_{self.table.key}"

    def has(self, *keys: str) -> bool:
        return all(key in self.shapes for key in keys)

    def is_text(self, *keys: str) -> bool:
        return any(self.shapes.get(key) == "text" for key in keys)


def parse(engine: Engine, table: str, source: SourceLike) -> Delivered:
    """Make `parse_<table>`, a view; nothing is judged or dropped yet."""
    types = engine.columns(source.relation)
    columns = [column for column in TABLES[table].columns if column.key in source.columns and column.key in types]
    shapes = {column.key: shape_of(types[column.key]) for column in columns}
    tidied = f"tidy_{table}"
    tidy(engine, source.relation, shapes, tidied)
    texts = [column for column in columns if shapes[column.key] == "text"]
    slashes = slash_dates(engine, tidied, [column.key for column in texts if column.kind == "date"])
    numbers = [column.key for column in texts if column.kind in NUMBERS]
    odd = _odd_numbers(engine, tidied, numbers)
    delivered = Delivered(TABLES[table], source.rows, shapes, slashes, odd)
    select = _parsed_select(columns, delivered, tidied, _decimal_commas(engine, tidied, odd))
    engine.drop(delivered.parsed)
    engine.execute(f"CREATE TEMP VIEW {quoted(delivered.parsed)} AS {select}")
    return delivered


def _parsed_select(columns: Iterable[Column], delivered: Delivered, tidied: str, commas: frozenset[str]) -> str:
    split = "".join(f", {numeric.split(quoted(key))} AS {quoted(key + '__parts')}" for key in sorted(delivered.odd))
    values, marks, dates = [], [], []
    for column in columns:
        key, shape = column.key, delivered.shapes[column.key]
        slash = delivered.slashes.get(key, SlashDates())
        values.append(f"{quoted(key)} AS {quoted(key + '__raw')}")
        values.append(f"{_value(column, shape, slash, odd=key in delivered.odd, comma=key in commas)} AS {quoted(key)}")
        if key in delivered.odd and (column.kind == "money" or key == "unit_price"):
            marks.append(f"{numeric.mark(quoted(key + '__parts'))} AS {quoted(key + '__mark')}")
        if column.kind == "date":
            dates.append(f"{plausible(quoted(key))} AS {quoted(key)}")
    inner = f"SELECT source_row, {', '.join(values + marks)} FROM (SELECT *{split} FROM {quoted(tidied)})"
    return f"SELECT * REPLACE ({', '.join(dates)}) FROM ({inner})" if dates else inner


def _value(column: Column, shape: Shape, slash: SlashDates, *, odd: bool, comma: bool) -> str:
    """SQL for a column's value by its kind and raw shape."""
    name = quoted(column.key)
    text = name if shape == "text" else f"CAST({name} AS VARCHAR)"
    if column.kind == "id":
        return id_of(name, shape)
    if column.kind == "date":
        return date_of(name, shape, slash.order)
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


def _odd_numbers(engine: Engine, relation: str, keys: list[str]) -> frozenset[str]:
    """Text columns in which some value is not a plain number."""
    if not keys:
        return frozenset()
    tests = ", ".join(f"bool_or({quoted(key)} IS NOT NULL AND {numeric.plain(quoted(key))} IS NULL)" for key in keys)
    flags = engine.rows(f"SELECT {tests} FROM {quoted(relation)}")[0]
    return frozenset(key for key, flag in zip(keys, flags, strict=True) if flag)


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
    if not never_unreadable(delivered.shapes[key]):
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
        and not (column.kind in ("id", "flag") and delivered.shapes[column.key] in ("whole", "flag"))
    ]
