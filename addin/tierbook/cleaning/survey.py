"""One look over a raw table: which columns need which treatment.

Most files are plain: ASCII ids, ISO dates, bare numbers. Reading them must not cost what a messy file
costs, so every cleaning expression is built only for the columns whose values call for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..engine import Engine, quoted, text_literal
from ..schema import Column
from .dates import at_once as date_at_once
from .ids import may_need_care
from .numeric import plain as number_at_once
from .shapes import Shape

BLANK_WORDS = ("", "-", "--", "—", "/", "N/A", "#N/A", "NULL", "NONE", "NAN", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!")
"""What people and programs write into a cell that has no value; letters in upper, lower or title case."""

NUMBERS = ("money", "quantity", "number", "count")


@dataclass(frozen=True)
class Needs:
    """What a column's values call for.

    `beyond`: some letter is not ASCII; `white`: some value has outer white space; `blank`: some value is a word
    that means blank (or NaN, in a column of floating numbers); `odd`: some value is not of the plain form of its
    kind (2026-01-05, 12.5, an id without dots).
    """

    beyond: bool = False
    white: bool = False
    blank: bool = False
    odd: bool = False


def survey(
    engine: Engine, relation: str, columns: Sequence[Column], shapes: Mapping[str, Shape]
) -> Mapping[str, Needs]:
    """The needs of every text and floating column.

    A first scan asks of ids, dates and numbers whether they are plain throughout; only those that are not are
    looked at more closely. A column without any needs is left out.
    """
    surveyed = [column for column in columns if shapes[column.key] in ("text", "float")]
    coded = [column for column in surveyed if _has_plain_form(column, shapes[column.key])]
    asked = [_asked(column, shapes[column.key], relation) for column in coded]
    words = [column for column in surveyed if column not in coded]
    asked += [f"bool_or({test})" for column in words for test in _text_tests(quoted(column.key))]
    flags = iter(_any(engine, relation, asked))
    doubted = [column for column in coded if next(flags)]
    found = {column.key: Needs(next(flags), next(flags), next(flags)) for column in words}
    closer = [f"bool_or({test})" for column in doubted for test in _tests(column, shapes[column.key])]
    flags = iter(_any(engine, relation, closer))
    return found | {column.key: Needs(next(flags), next(flags), next(flags), next(flags)) for column in doubted}


def _any(engine: Engine, relation: str, tests: Sequence[str]) -> list[bool]:
    """Whether any row fulfils each of the tests."""
    if not tests:
        return []
    asked = ", ".join(tests)
    return [bool(flag) for flag in engine.rows(f"SELECT {asked} FROM {quoted(relation)}")[0]]


def _has_plain_form(column: Column, shape: Shape) -> bool:
    return shape == "float" or column.kind in ("id", "date", *NUMBERS)


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


def _text_tests(name: str) -> tuple[str, str, str]:
    text = f"CAST({name} AS VARCHAR)"
    return f"strlen({text}) <> length({text})", f"({text} < '!' OR {text}[-1] < '!')", is_blank_word(text)


def _tests(column: Column, shape: Shape) -> tuple[str, str, str, str]:
    name = quoted(column.key)
    if shape == "float":
        return "false", "false", f"isnan({name})", "false"
    beyond, white, blank = _text_tests(name)
    if column.kind != "id":
        return beyond, white, blank, _not_plain(column, shape)
    return beyond, white, blank, f"{beyond} OR {may_need_care(f'CAST({name} AS VARCHAR)')}"


def is_blank_word(text: str) -> str:
    cases = {case for word in BLANK_WORDS for case in (word, word.lower(), word.title())} | {"NaN"}
    return f"{text} IN ({', '.join(text_literal(word) for word in sorted(cases))})"
