"""Why somebody moved: what changed in the facts between two looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tierbook.engine import Engine
from tierbook.scoring.causes import (
    Cause,
    as_text,
    causes,
    changed,
    drivers,
    drivers_as_text,
    drivers_from_text,
    from_text,
)
from tierbook.scoring.totals import TOTALS, packed_totals, put_totals, unpacked

BEFORE, NOW = dt.date(2026, 8, 31), dt.date(2026, 9, 30)
JULY, SEPTEMBER = dt.date(2026, 7, 1), dt.date(2026, 9, 9)
Rows = list[tuple[Any, ...]]
ONE: Rows = [("1", JULY, 100_00, 0)]
"""An order known at both looks."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Engine]:
    with Engine() as engine:
        engine.execute("SET threads = 1")
        yield engine


def put(engine: Engine, as_of: dt.date, orders: Rows, said: Rows = (), answered: Rows = ()) -> dict[str, int]:
    """Put the facts of customer A on the desk; gives the totals that a look on the day keeps."""
    kinds = {"customer_id": "VARCHAR", "order_id": "VARCHAR", "date": "DATE", "amount": "BIGINT", "is_return": "BIGINT",
             "due_date": "DATE", "paid_date": "DATE"}  # fmt: skip
    engine.put("orders", kinds, [("A", *row, *[None] * (6 - len(row))) for row in orders])
    for table, rows in (("interactions", said), ("feedback", answered)):
        engine.put(table, {"customer_id": "VARCHAR", "date": "DATE"}, [("A", *row) for row in rows])
    engine.put("results", {"customer_id": "VARCHAR"}, [("A",)])
    engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE purchases AS SELECT customer_id, CAST(SUM(amount) AS BIGINT) AS amount_all,
        COUNT(DISTINCT CASE WHEN is_return = 0 THEN order_id END) AS orders_all
        FROM orders WHERE date <= DATE '{as_of}' GROUP BY customer_id"""
    )
    put_totals(engine, as_of)
    return dict(zip(TOTALS, engine.rows(f"SELECT {', '.join(TOTALS)} FROM totals")[0], strict=True))


CASES: list[tuple[str, dict[str, Rows], dict[str, Rows], list[Cause]]] = [
    ("a new order", {"orders": ONE}, {"orders": [*ONE, ("2", SEPTEMBER, 70_00, 0)]}, [Cause("new_order", 1, 70_00)]),
    ("a late order", {"orders": ONE}, {"orders": [*ONE, ("2", BEFORE, 70_00, 0)]}, [Cause("late_order", 1, 70_00)]),
    ("two lines of one order", {"orders": ONE},
     {"orders": [*ONE, ("2", SEPTEMBER, 30_00, 0), ("2", SEPTEMBER, 40_00, 0)]}, [Cause("new_order", 1, 70_00)]),
    ("a return", {"orders": ONE}, {"orders": [*ONE, ("1", SEPTEMBER, -20_00, 1)]}, [Cause("return", 1, -20_00)]),
    ("a late return", {"orders": ONE}, {"orders": [*ONE, ("1", BEFORE, -20_00, 1)]},
     [Cause("late_return", 1, -20_00)]),
    ("an order taken out", {"orders": [*ONE, ("2", JULY, 5_00, 0)]}, {"orders": ONE}, [Cause("gone_order", 1, -5_00)]),
    ("an amount put right", {"orders": ONE}, {"orders": [("1", JULY, 90_00, 0)]}, [Cause("corrected", 0, -10_00)]),
    ("a visit, one that was written down late", {"orders": ONE},
     {"orders": ONE, "said": [(SEPTEMBER,), (JULY,)]}, [Cause("interaction", 2)]),
    ("an answer", {"orders": ONE}, {"orders": ONE, "answered": [(SEPTEMBER,)]}, [Cause("feedback", 1)]),
    ("an order that left the twelve months", {"orders": [("1", dt.date(2025, 9, 30), 60_00, 0)]},
     {"orders": [("1", dt.date(2025, 9, 30), 60_00, 0)]}, [Cause("aged_12m", 1, -60_00)]),
    ("one that leaves them tomorrow", {"orders": [("1", dt.date(2025, 10, 1), 60_00, 0)]},
     {"orders": [("1", dt.date(2025, 10, 1), 60_00, 0)]}, [Cause("time")]),
    ("a payment that fell due", {"orders": [("1", JULY, 60_00, 0, dt.date(2026, 9, 1))]},
     {"orders": [("1", JULY, 60_00, 0, dt.date(2026, 9, 1))]}, [Cause("overdue", 1, 60_00)]),
    ("one that was paid", {"orders": [("1", JULY, 60_00, 0, dt.date(2026, 9, 1))]},
     {"orders": [("1", JULY, 60_00, 0, dt.date(2026, 9, 1), dt.date(2026, 9, 2))]}, [Cause("time")]),
    ("nothing", {"orders": ONE}, {"orders": ONE}, [Cause("time")]),
]  # fmt: skip


@pytest.mark.parametrize(("then", "now", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_changed_is_told(desk: Engine, then: dict[str, Rows], now: dict[str, Rows], wanted: list[Cause]) -> None:
    totals = put(desk, BEFORE, **then)
    put(desk, NOW, **now)
    assert causes(changed(desk, ["A"], BEFORE, NOW)["A"], totals) == wanted


def test_without_earlier_totals_only_later_facts_are_told(desk: Engine) -> None:
    put(desk, NOW, [*ONE, ("2", BEFORE, 1_00, 0), ("3", SEPTEMBER, 70_00, 0)])
    assert causes(changed(desk, ["A"], BEFORE, NOW)["A"], None) == [Cause("new_order", 1, 70_00)]


def test_rules_and_merged_customers_come_first(desk: Engine) -> None:
    """B stood for itself with one order; what it brought along is no late order."""
    put(desk, NOW, [*ONE, ("2", JULY, 30_00, 0), ("3", SEPTEMBER, 70_00, 0)])
    both = {"orders": 2, "amount": 130_00}
    told = causes(changed(desk, ["A"], BEFORE, NOW)["A"], both, merged=1, rules=True)
    assert told == [Cause("rules", 1), Cause("merged", 1), Cause("new_order", 1, 70_00)]


def test_somebody_without_facts_has_not_changed(desk: Engine) -> None:
    put(desk, NOW, ONE)
    assert causes(changed(desk, ["nobody"], BEFORE, NOW)["nobody"], dict.fromkeys(TOTALS, 0)) == [Cause("time")]


def test_drivers_are_what_changed_most_first() -> None:
    now = [("amount", 5), ("orders", 30), ("recency", 0), ("csat", 7)]
    assert drivers({"amount": 15, "recency": 10, "csat": 7}, now) == [("orders", 30), ("amount", -10), ("recency", -10)]


def test_what_is_kept_as_text_reads_back() -> None:
    told = [Cause("new_order", 2, 5), Cause("time")]
    assert from_text(as_text(told)) == told and from_text("") == []
    assert drivers_from_text(drivers_as_text([("amount", -3)])) == [("amount", -3)]
    assert unpacked("1,2") is None and unpacked("a,b,c,d,e,f") is None


def test_totals_kept_as_text_read_back(desk: Engine) -> None:
    totals = put(desk, NOW, [*ONE, ("1", SEPTEMBER, -20_00, 1)], said=[(JULY,)])
    assert totals["returned"] == -20_00
    assert unpacked(packed_totals(desk)["A"]) == totals
