"""From raw columns to values: one parsed relation per table.

The parsed relation (`Delivered.parsed`) has source_row and, for each delivered column `c`: `c__raw` (tidied, as
delivered), `c` (its value, NULL where blank or unreadable) and for odd number texts `c__mark` (the currency mark
beside the number). Money and quantities are still numbers here; `orders` makes cents of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..engine import Engine, quoted
from ..schema import DELIVERABLE, Column, Table
from . import numeric
from .choices import (
    YES_NO,
    choice_among,
    choice_of,
    meanings,
    normal,
    region_and_province_words,
    region_words,
    words_of,
)
from .dates import at_once, date_of, plausible
from .findings import Doubt
from .ids import id_of, never_unreadable
from .odd import GuessedDates, read_dates, read_numbers
from .regions import region_keys
from .shapes import Shape, shape_of
from .survey import FEW, NUMBERS, Survey, different_texts, is_closed, survey
from .text import tidy
from .words import Needs


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
    guessed: tuple[GuessedDates, ...]
    tidy: str
    parsed: str
    unknown: frozenset[str]
    """Closed-list columns with a text that means none of the list's choices."""

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
    columns = [column for column in DELIVERABLE[table].columns if column.key in source.columns and column.key in types]
    shapes = {column.key: shape_of(types[column.key]) for column in columns}
    found = survey(engine, source.relation, source.rows, columns, shapes)
    needs = found.needs
    cast = any(shapes[column.key] == "text" and types[column.key] != "VARCHAR" for column in columns)
    tidied = tidy(engine, source.relation, shapes, found, f"tidy_{table}", cast=cast)
    guessed, joined = _read_odd(engine, columns, shapes, needs, tidied)
    known, unknown = _closed_lists(engine, tidied, columns, shapes, found)
    parsed = _parsed(columns, shapes, needs, tidied, joined, known)
    return Delivered(DELIVERABLE[table], source.rows, shapes, needs, tuple(guessed), tidied, parsed, unknown)


def _closed_lists(
    engine: Engine, tidied: str, columns: Sequence[Column], shapes: Mapping[str, Shape], surveyed: Survey
) -> tuple[Mapping[str, Mapping[str, str]], frozenset[str]]:
    """What the few different texts of each closed-list column mean, and the columns with a text that means nothing.

    A column with very many different texts is left out of the first and named in the second.
    """
    closed = [column for column in columns if is_closed(column, shapes[column.key])]
    texts = {c.key: surveyed.texts[c.key] for c in closed if c.key in surveyed.texts and c.key not in surveyed.needs}
    asked = [column.key for column in closed if column.key not in texts]
    if asked:
        lists = (f"(SELECT list(v) FROM ({different_texts(key, tidied, FEW + 1)}))" for key in asked)
        answers = engine.rows(f"SELECT {', '.join(lists)}")[0]
        texts |= {key: found or () for key, found in zip(asked, answers, strict=True)}
    known: dict[str, dict[str, str]] = {}
    unknown = set()
    for column in closed:
        if len(texts[column.key]) > FEW:
            unknown.add(column.key)
            continue
        means = meanings(_words(column))
        known[column.key] = {text: means[normal(text)] for text in texts[column.key] if normal(text) in means}
        if column.key == "region" and len(known["region"]) < len(texts["region"]):
            known["region"] |= region_keys([text for text in texts["region"] if text not in known["region"]])
        if len(known[column.key]) < len(texts[column.key]):
            unknown.add(column.key)
    return known, frozenset(unknown)


def _words(column: Column) -> Mapping[str, Sequence[str]]:
    if column.kind == "flag":
        return YES_NO
    return region_words() if column.key == "region" else words_of(column.choices)


def _read_odd(
    engine: Engine, columns: Iterable[Column], shapes: Mapping[str, Shape], needs: Mapping[str, Needs], tidied: str
) -> tuple[list[GuessedDates], dict[str, str]]:
    """Read the texts of odd date and number columns: what dates had to be guessed, column -> relation of readings."""
    guessed, joined = [], {}
    for column in columns:
        if shapes[column.key] != "text" or column.key not in needs or not needs[column.key].odd:
            continue
        target = f"{tidied}_{column.key}"
        if column.kind == "date":
            guess = read_dates(engine, tidied, column.key, target)
            guessed += [guess] if guess else []
            joined[column.key] = target
        elif column.kind in NUMBERS:
            read_numbers(engine, tidied, column.key, target)
            joined[column.key] = target
    return guessed, joined


def _parsed(
    columns: Iterable[Column],
    shapes: Mapping[str, Shape],
    needs: Mapping[str, Needs],
    tidied: str,
    joined: Mapping[str, str],
    known: Mapping[str, Mapping[str, str]],
) -> str:
    joins, values, dates = [], [], []
    for column in columns:
        key, name, cell = column.key, quoted(column.key), f"t.{quoted(column.key)}"
        values.append(f"{cell} AS {quoted(key + '__raw')}")
        if key in joined:
            word = quoted(key + "__words")
            joins.append(f" LEFT JOIN {quoted(joined[key])} AS {word} ON {word}.text = {cell}")
            value = _as_kind(column, f"{word}.value")
            values += [f"{word}.mark AS {quoted(key + '__mark')}"] if column.kind in NUMBERS else []
        elif key in known:
            value = _choice(column, cell, shapes[key], known[key])
        else:
            value = _value(column, cell, shapes[key], odd=key in needs and needs[key].odd)
        values.append(f"{value} AS {name}")
        if column.kind == "date":
            dates.append(f"{plausible(name)} AS {name}")
    inner = f"(SELECT t.source_row, {', '.join(values)} FROM {quoted(tidied)} AS t{''.join(joins)})"
    return f"(SELECT * REPLACE ({', '.join(dates)}) FROM {inner})" if dates else inner


def _choice(column: Column, cell: str, shape: Shape, known: Mapping[str, str]) -> str:
    """SQL for a closed-list column whose few different texts are known."""
    text = cell if shape == "text" else f"CAST({cell} AS VARCHAR)"
    if column.kind != "flag":
        return choice_among(text, known)
    if shape == "whole" and known:
        return (
            f"CAST(CASE {cell} {' '.join(f'WHEN {number} THEN {key}' for number, key in known.items())} END AS BIGINT)"
        )
    return f"CAST({choice_among(text, known)} AS BIGINT)"


def _value(column: Column, name: str, shape: Shape, *, odd: bool) -> str:
    """SQL for a column's value by its kind and raw shape; texts of dates and numbers are plain ones."""
    if column.kind == "id":
        return id_of(name, shape, odd=odd)
    if column.kind == "date":
        return at_once(name) if shape == "text" else date_of(name, shape)
    if column.kind in ("text", "choice", "flag"):
        return _word(column, name, shape)
    if column.kind in ("money", "quantity") and shape in ("whole", "float"):
        return name
    return _as_kind(column, numeric.exact(name, shape))


def _word(column: Column, name: str, shape: Shape) -> str:
    text = name if shape == "text" else f"CAST({name} AS VARCHAR)"
    if column.kind == "choice":
        words = region_and_province_words() if column.key == "region" else words_of(column.choices)
        return choice_of(text, words)
    if column.kind == "flag":
        return f"CAST({name} AS BIGINT)" if shape == "flag" else f"CAST({choice_of(text, YES_NO)} AS BIGINT)"
    return text


def _as_kind(column: Column, value: str) -> str:
    """SQL for a number in the type its column has after parsing; dates and exact decimals stay as they are."""
    if column.kind == "count":
        return f"TRY_CAST(round({value}) AS BIGINT)"
    if column.kind == "number" and column.key != "unit_price":
        return f"CAST({value} AS DOUBLE)"
    return value


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
    if kind in ("choice", "flag"):
        return key in delivered.unknown
    if kind == "date":
        return True
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
