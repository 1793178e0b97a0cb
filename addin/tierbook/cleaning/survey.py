"""One look over a raw table: which columns need which treatment.

Most files are plain: ASCII ids, ISO dates, bare numbers. Reading them must not cost what a messy file
costs, so every cleaning expression is built only for the columns whose values call for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..engine import Engine, quoted
from ..schema import Column
from .dates import at_once as date_at_once
from .ids import may_need_care
from .numeric import plain as number_at_once
from .shapes import Shape
from .words import Needs, needs_of, text_tests

NUMBERS = ("money", "quantity", "number", "count")
FEW = 256
"""A column of words with no more different ones is known by them, not row by row."""
SAMPLE = 2048
"""So many rows tell whether it is worth asking for a column's different texts; of a shorter table all are read."""


@dataclass(frozen=True)
class Survey:
    """`needs` of every text and floating column that has any; `texts`: all different texts of columns with few."""

    needs: Mapping[str, Needs]
    texts: Mapping[str, Sequence[str]]


def survey(engine: Engine, relation: str, rows: int, columns: Sequence[Column], shapes: Mapping[str, Shape]) -> Survey:
    """Look over a raw table.

    A first scan reads the different texts of columns that repeat few, and asks of ids, dates and numbers whether
    they are plain throughout; only what is not is looked at more closely.
    """
    coded = [column for column in columns if _has_plain_form(column, shapes[column.key])]
    worded = [c for c in columns if is_closed(c, shapes[c.key]) or (shapes[c.key] == "text" and c not in coded)]
    most = SAMPLE if rows <= SAMPLE else FEW
    few = worded if rows <= SAMPLE else _repeating(engine, relation, worded)
    asked = [_asked(column, shapes[column.key], relation) for column in coded]
    asked += [f"(SELECT list(v) FROM ({different_texts(column.key, relation, most + 1)}))" for column in few]
    answers = iter(_ask(engine, quoted(relation), asked))
    doubted = [column for column in coded if next(answers)]
    listed = {column.key: next(answers) or () for column in few}
    texts = {key: found for key, found in listed.items() if len(found) <= most}
    found = {key: needs_of(texts[key]) for key in texts if shapes[key] == "text"}
    closer = {column.key: _tests(column, shapes[column.key]) for column in doubted}
    closer |= {
        c.key: text_tests(f"CAST({quoted(c.key)} AS VARCHAR)")
        for c in worded
        if shapes[c.key] == "text" and c.key not in texts
    }
    flags = iter(_ask(engine, quoted(relation), [f"bool_or({test})" for tests in closer.values() for test in tests]))
    found |= {key: Needs(*(bool(next(flags)) for _ in tests)) for key, tests in closer.items()}
    return Survey({key: needs for key, needs in found.items() if needs != Needs()}, texts)


def is_closed(column: Column, shape: Shape) -> bool:
    """Whether a column's values are words of a closed list."""
    return column.kind == "choice" or (column.kind == "flag" and shape != "flag")


def different_texts(key: str, relation: str, most: int) -> str:
    """SELECT giving `v`: the different values of a column as text, NULL aside, no more than `most`."""
    return (
        f"SELECT DISTINCT CAST({quoted(key)} AS VARCHAR) AS v FROM {quoted(relation)} "
        f"WHERE {quoted(key)} IS NOT NULL LIMIT {most}"
    )


def _repeating(engine: Engine, relation: str, columns: Sequence[Column]) -> list[Column]:
    """The columns that have few different values in a sample of rows."""
    sample = f"(SELECT {', '.join(quoted(column.key) for column in columns)} FROM {quoted(relation)} LIMIT {SAMPLE})"
    counts = [f"count(DISTINCT {quoted(column.key)})" for column in columns]
    answers = _ask(engine, sample, counts)
    return [column for column, count in zip(columns, answers, strict=True) if count <= FEW]


def _ask(engine: Engine, relation: str, asked: Sequence[str]) -> tuple[Any, ...]:
    """The one row of answers; `relation` is SQL. (The count makes it one where every question is a subquery.)"""
    return engine.rows(f"SELECT count(*), {', '.join(asked)} FROM {relation}")[0][1:] if asked else ()


def _has_plain_form(column: Column, shape: Shape) -> bool:
    return shape == "float" or (shape == "text" and column.kind in ("id", "date", *NUMBERS))


OFTEN_REPEATED = ("customer_id", "referrer_id", "referred_id")
"""Ids that stand in many rows: their different values are looked at, not every row."""


def _asked(column: Column, shape: Shape, relation: str) -> str:
    test, name = _not_plain(column, shape), quoted(column.key)
    if column.key not in OFTEN_REPEATED or shape == "float":
        return f"bool_or({test})"
    return f"(SELECT bool_or({test}) FROM (SELECT DISTINCT {name} FROM {quoted(relation)}))"


def _not_plain(column: Column, shape: Shape) -> str:
    """SQL for whether a value may need anything; false only where it surely needs nothing."""
    text = f"CAST({quoted(column.key)} AS VARCHAR)"
    if shape == "float":
        return f"isnan({quoted(column.key)})"
    if column.kind == "id":
        return f"NOT regexp_full_match({text}, '[A-Za-z_-]*[0-9][0-9A-Za-z_-]*')"
    at_once = date_at_once(text) if column.kind == "date" else number_at_once(text)
    return f"{text} IS NOT NULL AND {at_once} IS NULL"


def _tests(column: Column, shape: Shape) -> Sequence[str]:
    """SQL for the four needs of a column with a plain form."""
    name = quoted(column.key)
    if shape == "float":
        return "false", "false", f"isnan({name})", "false"
    beyond, white, blank = text_tests(f"CAST({name} AS VARCHAR)")
    if column.kind != "id":
        return beyond, white, blank, _not_plain(column, shape)
    return beyond, white, blank, f"{beyond} OR {may_need_care(f'CAST({name} AS VARCHAR)')}"
