"""The figures on dashboard and portraits, against the same sums in plain Python."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from tierbook.publish.dashboard_matrix import heat
from tierbook.publish.dashboard_tiles import tiles
from tierbook.publish.money import short_money
from tierbook.publish.numbers import (
    by_group,
    churn_watch,
    compared_months,
    group_figures,
    months_of_revenue,
    spans,
    tier_overview,
    top_customers,
    value_matrix,
)
from tierbook.publish.records import Kept, Report
from tierbook.publish.sheet_portraits import actions_for
from tierbook.scoring.dates import months_back

Make = Callable[..., Report]


def results(report: Report) -> list[dict[str, Any]]:
    keys, rows = report.engine.table("SELECT * FROM results")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def orders(report: Report) -> list[tuple[str, str, dt.date, int]]:
    return report.engine.rows("SELECT customer_id, order_id, date, amount FROM orders")


def test_a_span_counts_orders_after_its_start_and_up_to_its_end(sixty: Report) -> None:
    found, as_of = spans(sixty), sixty.stamp.as_of
    months = found.months or 12
    edges = {
        "year": (months_back(as_of, 12), as_of),
        "now": (months_back(as_of, months), as_of),
        "before": (months_back(as_of, 2 * months), months_back(as_of, months)),
    }
    for key, (after, until) in edges.items():
        told = getattr(found, key)
        inside = [one for one in orders(sixty) if after < one[2] <= until]
        per_customer = Counter(one[0] for one in inside)
        assert (told.buyers, told.orders) == (len(per_customer), len(inside))
        assert told.repeaters == sum(n >= 2 for n in per_customer.values())
        assert told.amount == pytest.approx(sum(one[3] for one in inside) / 100)
        assert told.mean_order == pytest.approx(told.amount / told.orders)
        assert told.repurchase == pytest.approx(told.repeaters / told.buyers)


def test_returns_take_money_but_are_no_orders(company: Make) -> None:
    report = company(5)
    before = spans(report).year
    report.engine.execute(
        "INSERT INTO orders (source_row, order_id, customer_id, date, amount, is_return) "
        "VALUES (9, 'R-1', 'C00000', DATE '2026-08-01', -12345, 1)"
    )
    after = spans(report).year
    assert (after.orders, after.buyers) == (before.orders, before.buyers)
    assert after.amount == pytest.approx(before.amount - 123.45)


def test_the_last_month_of_revenue_is_the_as_of_month_and_gaps_are_zero(company: Make) -> None:
    report = company(40)
    report.engine.execute("DELETE FROM orders WHERE STRFTIME(date, '%Y-%m') = '2026-05'")
    sums: dict[str, int] = defaultdict(int)
    for one in orders(report):
        sums[f"{one[2]:%Y-%m}"] += one[3]
    months = months_of_revenue(report, 18)
    assert months[-1][0] == "2026-08"
    assert len(months) == 18
    assert {month: amount for month, amount, _ in months}["2026-05"] == 0
    assert all(amount == pytest.approx(sums[month] / 100) for month, amount, _ in months)


def test_the_value_matrix_holds_every_buyer_once(sixty: Report) -> None:
    cells = value_matrix(sixty)
    rows = results(sixty)
    assert {key: n for key, (n, _) in cells.items()} == Counter((row["r"], row["f"]) for row in rows)


def test_groups_and_overview_share_out_everybody_and_all_money(sixty: Report) -> None:
    rows = results(sixty)
    total = sum(float(row["amount_12m"]) for row in rows)
    groups = by_group(sixty, "tier")
    assert sum(n for _, n, _ in groups) == len(rows)
    assert sum(amount for _, _, amount in groups) == pytest.approx(total)
    overview = tier_overview(sixty)
    assert [line[0] for line in overview] == ["VIP", "潜力", "一般", "低价值"]
    assert sum(line[2] for line in overview) == pytest.approx(1)
    assert sum(line[4] for line in overview) == pytest.approx(1)


def test_group_figures_are_those_of_the_group(sixty: Report) -> None:
    group = [row for row in results(sixty) if row["tier"] == "潜力"]
    told = group_figures(sixty, "tier")["潜力"]
    buyers = [row for row in group if row["orders_12m"]]
    assert told.customers == len(group)
    assert told.mean_score == pytest.approx(sum(row["score"] for row in group) / len(group))
    assert told.mean_orders == pytest.approx(sum(row["orders_12m"] for row in group) / len(group))
    assert told.repurchase == pytest.approx(sum(row["orders_12m"] > 1 for row in buyers) / len(buyers))
    assert told.complaints == sum(row["complaints_12m"] for row in group)
    assert told.risk_share == pytest.approx(sum(row["stage"] == "流失风险" for row in group) / len(group))


def test_the_top_list_is_by_money_and_leaves_out_who_brought_none(sixty: Report) -> None:
    rows = sorted(results(sixty), key=lambda row: (-row["amount_12m"], row["customer_id"]))
    assert [row[0] for row in top_customers(sixty, 10)] == [row["customer_id"] for row in rows[:10]]
    assert all(row[4] > 0 for row in top_customers(sixty, 1000))


def test_the_churn_watch_holds_who_is_past_the_factor_of_the_own_rhythm(sixty: Report) -> None:
    factor, least = float(sixty.model.param("overdue_factor")), sixty.model.whole("overdue_min_orders")
    late = {row["customer_id"] for row in results(sixty)
            if row["overdue_ratio"] >= factor and row["orders_all"] >= least and row["amount_12m"]}  # fmt: skip
    assert {row[0] for row in churn_watch(sixty, 1000)} == late
    assert late


@pytest.mark.parametrize(("first", "months"), [("2024-09-20", 12), ("2024-10-15", 6), ("2025-09-20", 6),
                                               ("2026-03-10", 3), ("2026-08-01", None)])  # fmt: skip
def test_a_span_is_compared_only_with_a_whole_span_before_it(company: Make, first: str, months: int | None) -> None:
    report = company(3)
    report.engine.execute("DELETE FROM orders")
    report.engine.execute(
        "INSERT INTO orders (source_row, order_id, customer_id, date, amount, is_return) "
        f"VALUES (2, 'A', 'C00000', DATE '{first}', 100, 0)"
    )
    assert compared_months(report.engine, report.stamp.as_of) == months


def test_the_tiles_say_nothing_where_there_is_nothing_to_compare(company: Make) -> None:
    report = company(0)
    shown = tiles(report)
    assert [tile.value for tile in shown] == [0, 0, 0.0, None, None, None, 0]
    assert all(tile.mood == 0 for tile in shown)


def test_the_first_tile_compares_with_the_last_refresh(company: Make) -> None:
    report = company(20, kept=Kept(previous={f"C{n:05d}": ("一般", 1.0) for n in range(15)}))
    assert (tiles(report)[0].value, tiles(report)[0].comparison, tiles(report)[0].mood) == (20, "较上次刷新 +5", 1)


def test_the_playbook_speaks_first_of_what_to_do(sixty: Report) -> None:
    potential = next(tier.name for tier in sixty.scale.tiers if tier.key == "potential")
    play = next(play for play in sixty.model.playbook if play.key == "potential_grow")
    assert actions_for(sixty, "tier", potential)[0] == play.action.zh


@pytest.mark.parametrize(
    ("largest", "language", "shape"),
    [(99_999, "zh-CN", "#,##0"), (100_000, "zh-CN", '#0\\.0,"万"'), (100_000, "zh-TW", '#0\\.0,"萬"'),
     (999_999, "en", '#,##0.0,"k"'), (1_000_000, "en", '#,##0.0,,"M"'), (99_999, "en", "#,##0")],
)  # fmt: skip
def test_large_money_is_shown_short(largest: float, language: Any, shape: str) -> None:
    assert short_money(largest, language) == shape


def test_the_heat_scale_runs_from_pale_to_navy() -> None:
    assert heat(0) == "#ECF1F6"
    assert heat(1) == "#1E3A5F"
    assert heat(-1) == heat(0)
    assert heat(0.2) != heat(0.4)
