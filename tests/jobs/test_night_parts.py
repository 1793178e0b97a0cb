"""A book of some customers: what it tells is theirs, measured as everybody is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tierbook.engine import Engine
from tierbook.jobs.intake import Run, start_run
from tierbook.jobs.night.part import part_of
from tierbook.jobs.night.records import Aim
from tierbook.jobs.request import Request
from tierbook.scoring.kpis import Asked, all_kpis
from tierbook.scoring.portraits import prepare
from tierbook.scoring.totals import TOTALS, put_totals

AS_OF = dt.date(2026, 6, 30)
CUSTOMERS = """SELECT 'C' || i AS customer_id, '客户' || i AS name,
  CASE WHEN i % 3 = 0 THEN '华东' ELSE '华南' END AS region
FROM range(240) AS t(i)"""
ORDERS = """SELECT 'O' || i AS order_id, 'C' || (i % 240) AS customer_id,
  DATE '2026-06-28' - CAST(i * 7 % 400 AS INTEGER) AS date, CAST(100 + i * 37 % 900 AS DECIMAL(12, 2)) AS amount,
  '类' || CASE WHEN i % 2 = 0
    THEN CASE WHEN i % 5 < 4 THEN i // 240 % 2 ELSE 0 END ELSE 2 + i // 240 % 2 END AS category
FROM range(900) AS t(i)"""
"""Half of the customers buy 类0, and most of these 类1 too; the others something else."""
EAST = Aim(Path("east.xlsx"), where="区域 = '华东'")
OF_EAST = "customer_id IN (SELECT customer_id FROM customers WHERE region = 'east')"


@pytest.fixture(scope="module", params=["parquet", "csv"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Facts whose types stand (their rows are seen through), and facts that are text (their rows are copied)."""
    folder = tmp_path_factory.mktemp("facts")
    files = {}
    for table, select in {"customers": CUSTOMERS, "orders": ORDERS}.items():
        files[table] = folder / f"{table}.{request.param}"
        duckdb.sql(f"COPY ({select}) TO '{files[table]}'")
    with Engine() as engine:
        yield start_run(Request(as_of=AS_OF, files=files), engine)


def test_a_book_counts_the_orders_of_its_own_customers(run: Run) -> None:
    own = run.engine.rows(f"SELECT COUNT(*), SUM(amount) FROM orders WHERE {OF_EAST}")
    everybody = run.engine.rows("SELECT COUNT(*), SUM(amount) FROM orders")
    with part_of(run, EAST) as part:
        assert part.scored.customers == 80
        assert part.engine.rows("SELECT COUNT(*), SUM(amount) FROM orders") == own != everybody
    assert run.engine.rows("SELECT COUNT(*), SUM(amount) FROM orders") == everybody


def test_what_is_missing_to_the_next_tier_is_measured_against_everybody(run: Run) -> None:
    asked = f"SELECT * FROM gaps WHERE {OF_EAST} ORDER BY customer_id"
    before = run.engine.rows(asked)
    with part_of(run, EAST) as part:
        assert part.engine.rows("SELECT * FROM gaps ORDER BY customer_id") == before
    assert any(value is not None for row in before for value in row[3:])


def told(run: Run, members: str, where: str = "1 = 1") -> list[object]:
    """What dashboards, histories and portraits tell of customers."""
    prepare(run.engine, run.model, run.as_of)
    put_totals(run.engine, run.as_of)
    asked = [Asked("all", "month", 3), Asked("tier", "month", 2), Asked("all", "week", 2), Asked("all", "quarter", 2)]
    columns = ", ".join(TOTALS)
    return [
        all_kpis(run.engine, run.model, run.as_of, asked, members=members),
        run.engine.rows(f"SELECT customer_id, {columns} FROM totals WHERE {where} ORDER BY customer_id"),
        run.engine.rows(f"SELECT * FROM habit_orders WHERE {where} ORDER BY customer_id"),
        run.engine.rows(f"SELECT * FROM bought_categories WHERE {where} ORDER BY customer_id, category"),
        run.engine.rows("SELECT * FROM habits_of_all"),
    ]


def test_a_book_tells_of_its_customers_what_is_told_of_them_among_all(run: Run) -> None:
    run.engine.execute(f"CREATE OR REPLACE TEMP TABLE eastern AS SELECT * FROM results WHERE {OF_EAST}")
    own, everybody = told(run, "eastern", OF_EAST), told(run, "results")
    for _ in range(2):
        with part_of(run, EAST) as part:
            assert told(part, "results") == own != everybody
    assert told(run, "results") == everybody


def test_a_rule_of_what_goes_together_is_everybodys(run: Run) -> None:
    prepare(run.engine, run.model, run.as_of)
    offers = run.engine.rows(f"SELECT * FROM next_categories WHERE {OF_EAST} ORDER BY customer_id")
    with part_of(run, EAST) as part:
        prepare(part.engine, run.model, run.as_of)
        assert part.engine.rows("SELECT * FROM next_categories ORDER BY customer_id") == offers != []
