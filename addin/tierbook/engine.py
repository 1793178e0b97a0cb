"""The embedded SQL engine: run a step, register a table, read rows.

Only execute and fetch are used (the DB-API), so that a new engine version cannot surprise us.
Every relation lives in memory and dies with the engine; nothing is written unless asked.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb


@dataclass(frozen=True)
class Step:
    """One named relation: `select` in the portable subset of DuckDB's dialect.

    `select` names earlier relations by their plain names. `keep` says whether the rows are
    materialised (True) or the relation stays a view that is computed where it is read.
    `of` are the facts it is made of, where it may be kept: it need not be made again while they stay as they are, and
    a book of some customers takes its rows of these as they are (see `Engine.once`).
    """

    name: str
    select: str
    keep: bool = True
    of: tuple[str, ...] = ()


class Runner(Protocol):
    """What the scoring steps need of an engine: the embedded one below, or a cluster's (`warehouse`)."""

    def run(self, step: Step) -> None: ...
    def run_all(self, steps: Iterable[Step]) -> None: ...
    def once(self, steps: Iterable[Step]) -> None: ...
    def stands(self, step: Step) -> bool: ...
    def put(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None: ...
    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...
    def value(self, sql: str) -> Any: ...
    def has(self, relation: str) -> bool: ...
    def drop(self, relation: str) -> None: ...


SMALL = 20_000
"""Rows up to which sharing the work out costs more than doing it."""
MODEST = 40_000_000
"""Rows up to which the engine is held to `BYTES_PER_ROW`: beyond, it may take what the machine has."""
LONG = 10_000_000
"""Rows from which a run takes so long that somebody wants to see where it is."""
BYTES_PER_ROW = 80
LEAST_MEMORY = 2**30
OF_A_LIMIT = 0.8
"""The engine's part of a memory limit, less `INTERPRETER`: it takes up to a ninth more than it counts."""
INTERPRETER = 100_000_000
"""Bytes that Python itself takes; of a small limit no more than a tenth."""

_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT])(?:(i?)B)?\s*", re.IGNORECASE)

_BEGUN = re.compile(r'(?:CREATE (?:OR REPLACE )?TEMP TABLE|INSERT INTO) "?(\w+)')
_FILLED = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) (?:"((?:[^"]|"")+)"|(\w+))')
_MADE = re.compile(r'CREATE (?:OR REPLACE )?TEMP (TABLE|VIEW) (?:"((?:[^"]|"")+)"|(\w+))')


class Engine:
    """A private in-memory database.

    Args:
        memory_limit: such as "4GB", for the whole process; the engine takes a part of it (see `OF_A_LIMIT`) and
            spills the rest to `spill_folder`. None: see `expect`.
        threads: worker threads; None lets the engine decide.
        spill_folder: made when it is needed and removed at the end; None is one in the system's temporary folder.
    """

    def __init__(
        self, *, memory_limit: str | None = None, threads: int | None = None, spill_folder: str | None = None
    ) -> None:
        spill = Path(tempfile.gettempdir()) / f"tierbook-{secrets.token_hex(8)}"
        config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": spill_folder or str(spill)}
        if memory_limit:
            size = size_of(memory_limit)
            config["memory_limit"] = f"{_own_part(size)}B" if size else memory_limit
        if threads:
            config["threads"] = threads
        self._limited = bool(memory_limit)
        self._small = False
        self._tell: Callable[[str], None] | None = None
        self._kinds: dict[str, str] = {}
        self._standing: dict[str, Step] = {}
        self._connection = duckdb.connect(":memory:", config=config)
        self.execute("SET preserve_insertion_order = false")

    def expect(self, rows: int, tell: Callable[[str], None] | None = None) -> None:
        """Get ready for facts of so many rows: few are worth no second thread, many no more memory than they need.

        Args:
            tell: from now on told each relation's name before it is made or added to, where the work takes minutes.
        """
        self._tell = tell if rows >= LONG else None
        self._small = rows <= SMALL
        if self._small:
            self.execute("SET threads = 1")
        elif rows <= MODEST and not self._limited:
            self.execute(f"SET memory_limit = '{max(LEAST_MEMORY, BYTES_PER_ROW * rows)}B'")

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is run inside may take effect together or, after an error, not at all.

        That is cheaper where little data is expected (see `expect`); else each statement stands by itself, since
        what is dropped before the end of a transaction still takes memory.
        """
        if not self._small:
            yield
            return
        self.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement.

        Returns:
            how many rows it put into a table; 0 where it puts none.
        """
        if self._tell and (begun := _BEGUN.match(sql)):
            self._tell(begun[1])
        made = self._connection.execute(sql, list(parameters) or None).fetchall()
        if named := _MADE.match(sql):
            name = (named[2] or named[3]).replace('""', '"')
            self._kinds[name] = named[1]
            self._changed(name)
        elif filled := _FILLED.match(sql):
            self._changed((filled[1] or filled[2]).replace('""', '"'))
        return made[0][0] if made and isinstance(made[0][0], int) else 0

    def run(self, step: Step) -> None:
        """Make the step's relation, replacing one of the same name, table or view."""
        kind = "TABLE" if step.keep else "VIEW"
        if self._kinds.get(step.name, kind) != kind:
            self.drop(step.name)
        self.execute(f"CREATE OR REPLACE TEMP {kind} {quoted(step.name)} AS\n{step.select}")
        if step.of:
            self._standing[step.name] = step

    def run_all(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self.run(step)

    def once(self, steps: Iterable[Step]) -> None:
        """Make the relations that do not stand already."""
        for step in steps:
            if not self.stands(step):
                self.run(step)

    def stands(self, step: Step) -> bool:
        """Whether this very step made the relation that is there, of what has not changed since."""
        return self._standing.get(step.name) == step

    def standing(self) -> list[Step]:
        """The steps with `Step.of` whose relations stand."""
        return list(self._standing.values())

    def vouch(self, steps: Iterable[Step]) -> None:
        """Take it from the caller that these relations stand, whatever took the places of what they are made of."""
        self._standing.update({step.name: step for step in steps})

    def _changed(self, relation: str) -> None:
        """Forget that a relation stands, and those made of it."""
        self._standing.pop(relation, None)
        for name in [name for name, step in self._standing.items() if relation in step.of]:
            self._changed(name)

    def put(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make a small relation of rows that Python worked out, replacing one of the same name.

        Args:
            columns: name -> type (BIGINT, DOUBLE, VARCHAR, DATE), in the order of a row's values.
        """
        told = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        self.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} ({told})")
        if values := [list(column) for column in zip(*rows, strict=True)]:
            taken = ", ".join(f"CAST(UNNEST(?) AS {kind})" for kind in columns.values())
            self.execute(f"INSERT INTO {quoted(name)} SELECT {taken}", values)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(sql, list(parameters) or None).fetchall()

    def batches(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """All rows of a query, so many at a time; nothing else may be asked before the last of them is there."""
        cursor = self._connection.execute(sql)
        while some := cursor.fetchmany(size):
            yield some

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

    def kind_of(self, relation: str) -> str:
        """TABLE or VIEW of a relation made here; "" where there is none."""
        return self._kinds.get(relation, "")

    def drop(self, relation: str) -> None:
        """Forget a table or view of that name made here, if there is one. (Neither kind can replace the other.)"""
        if kind := self._kinds.pop(relation, ""):
            self.execute(f"DROP {kind} IF EXISTS {quoted(relation)}")
            self._changed(relation)

    def rename(self, relation: str, to: str) -> None:
        """Give a table or view made here another name, in place of any relation that has it."""
        self.drop(to)
        kind = self._kinds.pop(relation)
        self.execute(f"ALTER {kind} {quoted(relation)} RENAME TO {quoted(to)}")
        self._kinds[to] = kind
        self._changed(relation)

    def register(self, name: str, data: object) -> None:
        """Give a data frame or any object that speaks the Arrow stream protocol a relation's name."""
        self._connection.register(name, data)
        self._changed(name)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def size_of(limit: str) -> int | None:
    """Bytes of a size as people write it: 4GB, 512 MiB, 2g; None for what is no size."""
    found = _SIZE.fullmatch(limit)
    if not found:
        return None
    return int(float(found[1]) * (1024 if found[3] else 1000) ** (1 + "KMGT".index(found[2].upper())))


def _own_part(size: int) -> int:
    """The engine's own limit, in bytes, of one for the whole process."""
    return int(size * OF_A_LIMIT) - min(INTERPRETER, size // 10)


def quoted(name: str) -> str:
    """An identifier, safe in SQL whatever its letters."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: str) -> str:
    """A text constant, safe in SQL."""
    return "'" + value.replace("'", "''") + "'"


def date_literal(value: dt.date) -> str:
    return f"DATE '{value.isoformat()}'"
