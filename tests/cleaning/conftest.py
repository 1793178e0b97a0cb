"""Deliver rows to `clean` without files."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from tierbook.cleaning import Account, clean
from tierbook.engine import Engine, quoted
from tierbook.model.types import Model

AS_OF = dt.date(2026, 8, 31)
Rows = Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Delivery:
    """A delivered table as `clean` takes it."""

    relation: str
    columns: Mapping[str, str]
    rows: int


def deliver(engine: Engine, table: str, rows: Rows, types: Mapping[str, str] | None = None) -> Delivery:
    """Make raw_<table> of rows; columns are text unless `types` says otherwise. Rows are numbered from 2."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    declared = ", ".join(f"{quoted(key)} {(types or {}).get(key, 'VARCHAR')}" for key in columns)
    relation = f"raw_{table}"
    engine.drop(relation)
    engine.execute(f"CREATE TEMP TABLE {relation} (source_row BIGINT, {declared})")
    values = [value for number, row in enumerate(rows, start=2) for value in (number, *map(row.get, columns))]
    places = f"({', '.join('?' * (len(columns) + 1))})"
    engine.execute(f"INSERT INTO {relation} VALUES {', '.join([places] * len(rows))}", values)
    return Delivery(relation, {key: key for key in columns}, len(rows))


@dataclass(frozen=True)
class Result:
    engine: Engine
    accounts: Mapping[str, Account]

    def rows(self, select: str) -> list[tuple[object, ...]]:
        return self.engine.rows(select)

    def column(self, column: str, table: str = "orders") -> list[object]:
        """A column of a cleaned table in the order of its source."""
        return [value for (value,) in self.engine.rows(f"SELECT {column} FROM {table} ORDER BY source_row")]

    def aside(self, table: str = "orders") -> list[tuple[object, ...]]:
        """(row, check, column, value) of every row set aside."""
        return self._findings("set_aside", table)

    def notices(self, table: str = "orders") -> list[tuple[object, ...]]:
        return self._findings("notice", table)

    def merged(self) -> list[tuple[object, ...]]:
        """(row, check, column, value) of every customer's row that went into another."""
        return self._findings("merged", "customers")

    def _findings(self, severity: str, table: str) -> list[tuple[object, ...]]:
        return self.engine.rows(
            "SELECT source_row, check_key, column_key, value FROM findings WHERE severity = ? AND table_key = ? "
            "ORDER BY source_row, check_key, column_key",
            [severity, table],
        )


@pytest.fixture(scope="session")
def delivered() -> Callable[..., Delivery]:
    """`deliver`, for tests that keep an engine of their own."""
    return deliver


@pytest.fixture(scope="session")
def with_params(general: Model) -> Callable[..., Model]:
    """The shipped model with some parameters set: with_params(returns="ignore")."""

    def make(**values: object) -> Model:
        params = dict(general.params)
        for key, value in values.items():
            params[key] = dataclasses.replace(params[key], value=value)
        return dataclasses.replace(general, params=params)

    return make


@pytest.fixture
def cleaned(engine: Engine, with_params: Callable[..., Model]) -> Callable[..., Result]:
    """cleaned({"orders": rows}, types={"orders": {"amount": "DOUBLE"}}, as_of=…, returns="ignore")."""

    def run(
        tables: Mapping[str, Rows],
        *,
        types: Mapping[str, Mapping[str, str]] | None = None,
        as_of: dt.date = AS_OF,
        **params: object,
    ) -> Result:
        sources = {table: deliver(engine, table, rows, (types or {}).get(table)) for table, rows in tables.items()}
        return Result(engine, clean(engine, sources, with_params(**params), as_of).accounts)

    return run


@pytest.fixture
def orders(cleaned: Callable[..., Result]) -> Callable[..., Result]:
    """orders(rows, **params): rows lack nothing but what they say; customer 001, 2026-08-01 and 10 are filled in."""

    def run(rows: Rows, *, types: Mapping[str, str] | None = None, **params: object) -> Result:
        filled = [{"customer_id": "001", "date": "2026-08-01", "amount": "10", **row} for row in rows]
        return cleaned({"orders": filled}, types={"orders": types or {}}, **params)

    return run
