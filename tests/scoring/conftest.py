"""Facts made by hand, scored on one engine."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from tierbook import schema
from tierbook.engine import Engine
from tierbook.model.settings import with_settings
from tierbook.model.types import Model
from tierbook.scoring import Scored, plan, run, score

Row = dict[str, Any]
Facts = Mapping[str, Sequence[Mapping[str, Any]]]
HERE = Path(__file__).parent
_ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32(), "BIGINT": pa.int64(), "DOUBLE": pa.float64()}


def _columns(table: str) -> dict[str, pa.DataType]:
    found = {column.key: _ARROW[schema.SQL_TYPE[column.kind]] for column in schema.TABLES[table].columns}
    found.pop("unit_price", None)
    extra = {"is_return": pa.int64()} if table == "orders" else {}
    return {"source_row": pa.int64(), **found, **extra}


def _stored(table: str, row: Mapping[str, Any], number: int) -> Row:
    """A fact as cleaning leaves it: money in cents, quantities in thousandths, order lines marked as return or not."""
    kinds = {column.key: column.kind for column in schema.TABLES[table].columns}
    scale = {"money": schema.MONEY_SCALE, "quantity": schema.QUANTITY_SCALE}
    made: Row = {"source_row": number}
    for key, value in row.items():
        times = scale.get(kinds.get(key, "text"))
        made[key] = int(Decimal(str(value)) * times) if times and value is not None else value
    if table == "orders":
        made.setdefault("order_id", f"line {number}")
        made.setdefault("is_return", int(made["amount"] < 0))
    return made


class Lab:
    """One engine whose canonical tables are filled anew for every case."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        for table in schema.TABLES:
            engine.register("blank", pa.table({k: pa.array([], t) for k, t in _columns(table).items()}))
            engine.execute(f"CREATE TABLE {table} AS SELECT * FROM blank")

    def fill(self, facts: Facts) -> None:
        """Put facts (money in currency units) in place of all others; ids met only in facts become customers."""
        for table in schema.TABLES:
            self.engine.execute(f"DELETE FROM {table}")
            rows = [dict(row) for row in facts.get(table, ())]
            if table == "customers":
                known = {row["customer_id"] for row in rows}
                rows += [{"customer_id": each} for each in sorted(_people_in(facts) - known)]
            if rows:
                self._insert(table, [_stored(table, row, number) for number, row in enumerate(rows, start=2)])

    def forget(self) -> None:
        """Drop every relation of earlier runs, so that none of them can be read by mistake."""
        made = self.engine.rows(
            "SELECT table_type, table_name FROM information_schema.tables WHERE table_schema = 'main'"
            " AND table_catalog = 'temp'"
        )
        for kind, name in made:
            if name not in ("blank", "rows_in"):
                self.engine.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {name}")

    def _insert(self, table: str, rows: list[Row]) -> None:
        types = _columns(table)
        arrays = {key: pa.array([row.get(key) for row in rows], kind) for key, kind in types.items()}
        self.engine.register("rows_in", pa.table(arrays))
        self.engine.execute(f"INSERT INTO {table} SELECT * FROM rows_in")

    def put(self, relation: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A relation made by hand: whole numbers as BIGINT, texts as VARCHAR, dates as DATE."""
        types = {int: pa.int64(), str: pa.string(), dt.date: pa.date32(), float: pa.float64()}
        arrays = {}
        for key in rows[0]:
            values = [row[key] for row in rows]
            kind = next((types[type(value)] for value in values if value is not None), pa.int64())
            arrays[key] = pa.array(values, kind)
        self.engine.register("rows_in", pa.table(arrays))
        self.engine.execute(f"CREATE OR REPLACE TEMP TABLE {relation} AS SELECT * FROM rows_in")

    def score(self, facts: Facts, as_of: dt.date, model: Model, language: str = "zh-CN") -> Scored:
        self.forget()
        self.fill(facts)
        return score(self.engine, model, as_of, language)  # type: ignore[arg-type]

    def run_to(self, last: str, facts: Facts, as_of: dt.date, model: Model) -> dict[str, Row]:
        """Run the plan as far as one relation and read it."""
        self.fill(facts)
        for step in plan(model, as_of):
            run(self.engine, model, step)  # type: ignore[arg-type]
            if step.name == last:
                return self.rows(last)
        raise AssertionError(f"no step {last}")

    def rows(self, relation: str = "results", key: str = "customer_id") -> dict[str, Row]:
        names, rows = self.engine.table(f"SELECT * FROM {relation}")
        return {row[names.index(key)]: dict(zip(names, row, strict=True)) for row in rows}


def _people_in(facts: Facts) -> set[str]:
    keys = {"referrals": ("referrer_id", "referred_id"), "people": ()}
    return {str(row[key]) for table, rows in facts.items() for row in rows for key in keys.get(table, ("customer_id",))}


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    with Engine(threads=1) as engine:
        yield Lab(engine)


@pytest.fixture(scope="session")
def changed(general: Model) -> Callable[..., Model]:
    """The shipped general model with settings, as `--set` gives them."""
    return lambda *settings: with_settings(general, settings)


def _beside(name: str) -> ModuleType:
    """A module that lies beside this file (tests are imported by path, so it is on no search path)."""
    spec = importlib.util.spec_from_file_location(f"scoring_{name}", HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def oracle() -> ModuleType:
    """Indicators in plain Python with fractions (`oracle.py`)."""
    return _beside("oracle")


@pytest.fixture(scope="session")
def oracle_scores() -> ModuleType:
    """RFM, scorecards, tiers, tags and stages in plain Python (`oracle_scores.py`)."""
    return _beside("oracle_scores")


@pytest.fixture(scope="session")
def oracle_lifetime() -> ModuleType:
    """Lifetimes by the papers' equations (`oracle_lifetime.py`)."""
    return _beside("oracle_lifetime")


@pytest.fixture(scope="session")
def cdnow_orders(shared_data: Callable[[str], Path]) -> list[Row]:
    """The sample of 2,357 customers of an online shop, as orders; columns: old id, id, date, discs, dollars."""
    lines = (line.split() for line in shared_data("cdnow_sample.txt").read_text().splitlines())
    return [
        {"customer_id": each[1], "date": dt.datetime.strptime(each[2], "%Y%m%d").date(), "amount": each[4]}
        for each in lines
    ]


@pytest.fixture(scope="session")
def made() -> ModuleType:
    """What hypothesis makes facts with (`strategies.py`)."""
    return _beside("strategies")
