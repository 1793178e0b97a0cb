"""Who rose or fell since an earlier day, what did it, and how everybody went from tier to tier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tierbook.engine import Engine
from tierbook.jobs.intake import named_model
from tierbook.jobs.moves import Earlier, earlier_of, moves_since, with_moves, with_period
from tierbook.model.version import fingerprint
from tierbook.publish.records import Kept, Past
from tierbook.publish.sheet_totals import totals_of
from tierbook.scoring.causes import Cause

BEFORE, NOW = dt.date(2026, 8, 31), dt.date(2026, 9, 30)
NOTHING = "0,0,0,0,0,0"


@pytest.fixture(scope="module")
def run() -> Iterator[Any]:
    """A rose by a new order, B stayed, C fell, D is new; E was merged into A and brought an order along."""
    model = named_model("general")
    with Engine() as engine:
        engine.execute("SET threads = 1")
        text = dict.fromkeys(("customer_id", "name", "owner", "tier"), "VARCHAR")
        engine.put("results", text | {"score": "DOUBLE"}, [
            ("A", "甲", "李雷", "VIP", 81.0), ("B", "乙", None, "一般", 45.0), ("C", "丙", "李雷", "低价值", 12.0),
            ("D", None, None, "潜力", 61.0),
        ])  # fmt: skip
        points = {line.indicator: "BIGINT" for line in model.main_card.lines}
        nothing = [None] * (len(points) - 2)
        engine.put("why_points", {"customer_id": "VARCHAR", **points},
                   [("A", 9_000_000, 5_000_000, *nothing), ("C", None, 1_000_000, *nothing)])  # fmt: skip
        engine.put("merged_ids", {"customer_id": "VARCHAR", "kept_id": "VARCHAR"}, [("E", "A"), ("old", "A")])
        kinds = {"customer_id": "VARCHAR", "order_id": "VARCHAR", "date": "DATE", "amount": "BIGINT",
                 "is_return": "BIGINT", "due_date": "DATE", "paid_date": "DATE"}  # fmt: skip
        july, september = dt.date(2026, 7, 1), dt.date(2026, 9, 9)
        engine.put("orders", kinds, [
            ("A", "1", july, 100_00, 0, None, None), ("A", "2", july, 30_00, 0, None, None),
            ("A", "3", september, 70_00, 0, None, None),
        ])  # fmt: skip
        for table in ("interactions", "feedback"):
            engine.put(table, {"customer_id": "VARCHAR", "date": "DATE"}, [])
        yield SimpleNamespace(engine=engine, model=model, language="zh-CN", as_of=NOW)


KEPT = Kept(
    since=BEFORE,
    previous={
        "A": ("潜力", 70.0),
        "B": ("General", 44.0),
        "C": ("VIP", 90.0),
        "E": ("低价值", 5.0),
        "X": ("没有", 1.0),
    },
    points={"A": {"amount_12m": 4_000_000, "orders_12m": 4_500_000}},
    totals={"A": "1,10000,0,0,0,0", "E": "1,3000,0,0,0,0", "C": NOTHING, "B": "broken"},
)


def test_moves_name_what_did_it_and_what_changed(run: Any) -> None:
    """What E brought along is no late order of A, since E is A now."""
    past = with_moves(run, KEPT, Past())
    fell, rose = past.moves["run"]
    assert (fell.customer_id, fell.before, fell.after, fell.rank_change, fell.owner) == (
        "C",
        "VIP",
        "低价值",
        -3,
        "李雷",
    )
    assert (fell.drivers, fell.causes) == ((), [Cause("time")])
    assert (rose.customer_id, rose.rank_change, rose.score_before, rose.since) == ("A", 1, 70.0, BEFORE)
    assert rose.drivers == [("amount_12m", 5_000_000), ("orders_12m", 500_000)]
    assert rose.causes == [Cause("merged", 1), Cause("new_order", 1, 70_00)]


def test_the_matrix_counts_everybody_once(run: Any) -> None:
    """B's tier was kept in English; E is gone; X had a tier the scale no longer has."""
    matrix = with_moves(run, KEPT, Past()).matrix["run"]
    assert matrix == {
        ("潜力", "VIP"): 1, ("一般", "一般"): 1, ("VIP", "低价值"): 1, ("", "潜力"): 1, ("低价值", ""): 1,
    }  # fmt: skip
    assert sum(count for (was, now), count in matrix.items() if was and now and was != now) == 2


def test_other_rules_are_a_cause_and_the_same_are_none(run: Any) -> None:
    for rules, told in (("another", True), (fingerprint(run.model), False), ("", False)):
        earlier = Earlier(BEFORE, {"C": ("vip", 90.0)}, rules=rules)
        [fell] = moves_since(run, earlier).moves
        assert (Cause("rules", 1) in fell.causes) is told


def test_a_first_refresh_moves_nobody_and_a_week_stands_beside_what_there_is(run: Any) -> None:
    assert earlier_of(Kept()) is None and with_moves(run, Kept(), Past()) == Past()
    week = with_period(run, with_moves(run, KEPT, Past()), "week", Earlier(dt.date(2026, 9, 23), {"A": ("vip", 1.0)}))
    assert list(week.moves) == ["run", "week"] and week.moves["week"] == []
    assert week.since == {"run": BEFORE, "week": dt.date(2026, 9, 23)}


def test_a_second_refresh_on_a_day_goes_by_the_same_totals() -> None:
    rows = [
        ["customer_id", "totals", "totals_before", "new", "old"],
        ["A", "2", "1"],
        ["B", "3", None],
        [None, "x", "y"],
    ]
    assert totals_of(rows, earlier=False) == ({"A": "2", "B": "3"}, "new")
    assert totals_of(rows, earlier=True) == ({"A": "1"}, "old")
    assert totals_of([], earlier=False) == totals_of([["customer_id"]], earlier=True) == ({}, "")
