"""What cleaning did to single cells: repaired, filled, left in doubt. Counted only when somebody asks.

Rows are accounted for by `findings.Account`; here are the cells of the rows that count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ..engine import Engine, Step, quoted, text_literal
from ..schema import CUSTOMERS, DELIVERABLE, Column, Kind
from .industry import Industry, suggestions
from .places import Place
from .regions import candidates

HandMade = Literal["merged", "interactions", "orders"]
BY_HISTORY: Sequence[HandMade] = ("merged", "interactions", "orders")
"""What told a value that is worth a look one by one; the others follow from a cell beside it."""
IN_DOUBT = ("industry_doubt", "place_ambiguous")
_NUMBERS = ("money", "quantity", "number", "count")
_PLAIN_NUMBER = "-?[0-9]+([.][0-9]+)?"


@dataclass(frozen=True)
class Repair:
    """Cells of a column whose text was put into the column's form; `before` and `after` of the first of them."""

    table: str
    column: str
    kind: Kind
    cells: int
    before: str
    after: str


@dataclass(frozen=True)
class Fill:
    """Blank cells of a customers' column that something else told; `example` is the first value."""

    column: str
    told_by: str
    cells: int
    example: str


@dataclass(frozen=True)
class Filled:
    """One value that nobody wrote, with the words that told it."""

    customer_id: str
    column: str
    value: str
    told_by: str
    evidence: str


@dataclass(frozen=True)
class InDoubt:
    """A text that people should decide on, of how many customers, and what it most likely means."""

    column: str
    text: str
    customers: int
    industries: tuple[Industry, ...] = ()
    places: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Quality:
    repairs: Sequence[Repair] = ()
    fills: Sequence[Fill] = ()
    filled: Sequence[Filled] = ()
    doubts: Sequence[InDoubt] = ()


def quality(engine: Engine, tables: Iterable[str], *, most: int = 200) -> Quality:
    """What was done to the cells of the delivered tables.

    Args:
        most: values filled from history and texts in doubt are listed up to so many.
    """
    there = {name for (name,) in engine.rows("SELECT table_name FROM information_schema.tables")}
    if "filled" not in there:
        return Quality()
    compared = [table for table in tables if there >= set(_compared(table))]
    done = [one for table in compared for one in repairs(engine, table)]
    return Quality(done, fills(engine), filled(engine, most), in_doubt(engine, most))


def repairs(engine: Engine, table: str) -> list[Repair]:
    """Columns with repaired cells, in the order of the schema. Only text can need repair."""
    columns = _comparable(engine, table)
    if not columns:
        return []
    step = _repairs_step(engine, table, columns)
    engine.once([step])
    asked = [
        f"COALESCE(CAST(sum(cells_{place}) AS BIGINT), 0), arg_min(before_{place}, first_{place}), "
        f"arg_min(after_{place}, first_{place})"
        for place in range(len(columns))
    ]
    told = engine.rows(f"SELECT {', '.join(asked)} FROM {quoted(step.name)}")[0]
    found = (Repair(table, column.key, column.kind, *told[3 * place : 3 * place + 3])
             for place, column in enumerate(columns))  # fmt: skip
    return [one for one in found if one.cells]


def count_repairs(engine: Engine, tables: Iterable[str]) -> None:
    """Count the repairs of everybody's cells now, so that `repairs` need only add up those of a book's customers."""
    there = {name for (name,) in engine.rows("SELECT table_name FROM information_schema.tables")}
    for table in tables:
        if there >= set(_compared(table)) and (columns := _comparable(engine, table)):
            engine.once([_repairs_step(engine, table, columns)])


def _comparable(engine: Engine, table: str) -> list[Column]:
    """The columns of a table whose cells came as text and have a form of their own."""
    raw, read = _compared(table)
    types, there = engine.columns(raw), engine.columns(read)
    return [column for column in DELIVERABLE[table].columns if _has_form(table, column)
            and types.get(column.key) == "VARCHAR" and column.key in there]  # fmt: skip


def _repairs_step(engine: Engine, table: str, columns: Sequence[Column]) -> Step:
    raw, read = _compared(table)
    has_customer = "customer_id" in engine.columns(read)
    whose, told = ("customer_id", "c.customer_id") if has_customer else ("nobody", "1")
    counted = []
    for place in range(len(columns)):
        where = f"FILTER (WHERE repaired_{place})"
        counted += [f"count(*) {where} AS cells_{place}", f"min(source_row) {where} AS first_{place}",
                    f"arg_min(shown_{place}, source_row) {where} AS before_{place}",
                    f"arg_min(value_{place}, source_row) {where} AS after_{place}"]  # fmt: skip
    taken = [
        f"COALESCE({_repaired(column)}, false) AS repaired_{place}, r.{quoted(column.key)} AS shown_{place}, "
        f"{_shown(column)} AS value_{place}"
        for place, column in enumerate(columns)
    ]
    some = " OR ".join(f"repaired_{place}" for place in range(len(columns)))
    reason = "" if table == "customers" else " AND c.reason IS NULL"
    return Step(
        f"repaired_{table}",
        f"""-- One row per customer with a repaired cell: per column how many, the first row with one, and what it was
-- made of and into.
SELECT {whose}, {", ".join(counted)}
FROM (
  SELECT {told} AS {whose}, r.source_row AS source_row, {", ".join(taken)}
  FROM {quoted(raw)} AS r
  JOIN {quoted(read)} AS c ON c.source_row = r.source_row{reason}
) AS cells
WHERE {some}
GROUP BY {whose}""",
        of=(raw, read),
    )


def _compared(table: str) -> tuple[str, str]:
    """The relations of a table's texts and of its values, row by row."""
    return f"raw_{table}", "customers" if table == "customers" else f"read_{table}"


def _has_form(table: str, column: Column) -> bool:
    """Whether a column's cells have a form of their own; notes and names of goods are as people like them."""
    return column.key not in ("unit_price", "address") and (column.kind != "text" or table == "customers")


def _repaired(column: Column) -> str:
    """SQL for whether a cell's text (in r) is not in the form of its value (in c).

    A day with a time of midnight is what spreadsheets make of a day: it is in form.
    """
    raw, value = f"r.{quoted(column.key)}", f"c.{quoted(column.key)}"
    if column.kind in _NUMBERS:
        return f"{value} IS NOT NULL AND NOT regexp_full_match({raw}, '{_PLAIN_NUMBER}')"
    if column.kind == "date":
        same = f"left({raw}, 10) = CAST({value} AS VARCHAR) AND (length({raw}) = 10 OR ends_with({raw}, ' 00:00:00'))"
        return f"{value} IS NOT NULL AND NOT ({same})"
    if column.kind in ("choice", "flag"):
        names = {name for choice in column.choices for name in (choice.key, *choice.name.all())} | {"1", "0"}
        return f"{value} IS NOT NULL AND {raw} NOT IN ({', '.join(map(text_literal, sorted(names)))})"
    return f"{raw} <> CAST({value} AS VARCHAR)"


def _shown(column: Column) -> str:
    value = f"c.{quoted(column.key)}"
    if column.kind == "money":
        return f"CAST(CAST({value} * 0.01 AS DECIMAL(18, 2)) AS VARCHAR)"
    return f"CAST({value} AS VARCHAR)"


def fills(engine: Engine) -> list[Fill]:
    """What told how many values of each column."""
    order = {column.key: place for place, column in enumerate(CUSTOMERS.columns)}
    found = engine.rows(
        "SELECT column_key, told_by, count(*), min(value) FROM filled GROUP BY column_key, told_by ORDER BY 1, 2"
    )
    return sorted((Fill(*row) for row in found), key=lambda one: (order[one.column], one.told_by))


def filled(engine: Engine, most: int) -> list[Filled]:
    """Values that history told, customer by customer."""
    listed = ", ".join(map(text_literal, BY_HISTORY))
    found = engine.rows(
        "SELECT customer_id, column_key, value, told_by, COALESCE(evidence, '') FROM filled "
        f"WHERE told_by IN ({listed}) ORDER BY customer_id, column_key LIMIT {most}"
    )
    return [Filled(*row) for row in found]


def in_doubt(engine: Engine, most: int) -> list[InDoubt]:
    """Trades and places that people should decide on, those of most customers first."""
    listed = ", ".join(map(text_literal, IN_DOUBT))
    found = engine.rows(
        "SELECT check_key, column_key, value, count(*) AS n FROM findings "
        f"WHERE check_key IN ({listed}) GROUP BY check_key, column_key, value ORDER BY n DESC, column_key, value "
        f"LIMIT {most}"
    )
    return [
        InDoubt(column, words, n, industries=tuple(suggestions(words)))
        if check == "industry_doubt"
        else InDoubt(column, words, n, places=candidates(column, words))
        for check, column, words, n in found
    ]
