"""The embedded SQL engine: run a step, register a table, read rows.

Only execute and fetch are used (the DB-API), so that a new engine version cannot surprise us.
Every relation lives in memory and dies with the engine; nothing is written unless asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb


@dataclass(frozen=True)
class Step:
    """One named relation: `select` in the portable subset of DuckDB's dialect.

    `select` names earlier relations by their plain names. `keep` says whether the rows are
    materialised (True) or the relation stays a view that is computed where it is read.
    """

    name: str
    select: str
    keep: bool = True


class Engine:
    """A private in-memory database.

    Args:
        memory_limit: such as "4GB"; beyond it the engine spills to `spill_folder`.
        threads: worker threads; None lets the engine decide.
    """

    def __init__(
        self, *, memory_limit: str | None = None, threads: int | None = None, spill_folder: str | None = None
    ) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {}
        if memory_limit:
            config["memory_limit"] = memory_limit
        if threads:
            config["threads"] = threads
        if spill_folder:
            config["temp_directory"] = spill_folder
        self._connection = duckdb.connect(":memory:", config=config)
        self.execute("SET preserve_insertion_order = false")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement; its result is thrown away."""
        self._connection.execute(sql, list(parameters) or None).fetchall()

    def run(self, step: Step) -> None:
        """Make the step's relation, replacing one of the same name."""
        kind = "TABLE" if step.keep else "VIEW"
        self.execute(f"CREATE OR REPLACE TEMP {kind} {quoted(step.name)} AS\n{step.select}")

    def run_all(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self.run(step)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql, list(parameters) or None).fetchall()

    def table(self, sql: str, parameters: Sequence[Any] = ()) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and all rows of a query."""
        cursor = self._connection.execute(sql, list(parameters) or None)
        return [column[0] for column in cursor.description or ()], cursor.fetchall()

    def frame(self, sql: str) -> Any:
        """All rows of a query as a pandas DataFrame; money becomes float64. For callers who live in pandas."""
        return self._connection.execute(sql).fetchdf()

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None where the query has no row."""
        cursor = self._connection.execute(sql, list(parameters) or None)
        row = cursor.fetchone()
        cursor.fetchall()  # an unfinished result would block `register`
        return None if row is None else row[0]

    def columns(self, relation: str) -> dict[str, str]:
        """Column name -> engine type of a relation, in order."""
        return {row[0]: row[1] for row in self.rows(f"DESCRIBE {quoted(relation)}")}

    def has(self, relation: str) -> bool:
        found = self.value("SELECT count(*) FROM information_schema.tables WHERE table_name = ?", [relation])
        return bool(found)

    def drop(self, relation: str) -> None:
        """Forget a table or view of that name, if there is one. (Neither kind can replace the other.)"""
        try:
            self.execute(f"DROP TABLE IF EXISTS {quoted(relation)}")
        except duckdb.CatalogException:
            self.execute(f"DROP VIEW IF EXISTS {quoted(relation)}")

    def register(self, name: str, data: object) -> None:
        """Give a data frame or any object that speaks the Arrow stream protocol a relation's name."""
        self._connection.register(name, data)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def quoted(name: str) -> str:
    """An identifier, safe in SQL whatever its letters."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: str) -> str:
    """A text constant, safe in SQL."""
    return "'" + value.replace("'", "''") + "'"


def date_literal(value: dt.date) -> str:
    return f"DATE '{value.isoformat()}'"
