"""The figures behind dashboard, portraits and review, read off the scored relations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from math import fsum
from typing import Any

from ..engine import Engine, Step, date_literal, text_literal
from ..scoring.dates import months_back
from ..scoring.portable import whole_sum
from .records import Report

COMPARED_MONTHS = (12, 6, 3)
"""Spans compared with the span before, the longest the data reach back for."""

PURCHASE = "is_return = 0"
"""Order lines that make an order; the others take money back."""


@dataclass(frozen=True)
class Span:
    """Orders of a stretch of time. Money in currency units."""

    buyers: int
    repeaters: int
    orders: int
    amount: float

    @property
    def mean_order(self) -> float | None:
        return self.amount / self.orders if self.orders else None

    @property
    def repurchase(self) -> float | None:
        """Share of buyers with two orders or more."""
        return self.repeaters / self.buyers if self.buyers else None


@dataclass(frozen=True)
class Spans:
    """The year up to a day, and the span that is compared with the one before it, `months` each; None where data are
    too young for that."""

    year: Span
    months: int | None
    now: Span | None = None
    before: Span | None = None


def spans(report: Report) -> Spans:
    """What was bought in the last year and in the spans compared. Returns reduce money and are no orders."""
    engine, as_of = report.engine, report.stamp.as_of
    months = compared_months(engine, as_of)
    engine.once([spans_step(as_of, months)])
    sums = ", ".join(
        f"COUNT(CASE WHEN orders_{place} > 0 THEN 1 END), COUNT(CASE WHEN orders_{place} >= 2 THEN 1 END), "
        f"COALESCE(SUM(orders_{place}), 0), COALESCE(SUM(amount_{place}), 0)"
        for place, _ in enumerate(_windows(as_of, months))
    )
    told = list(map(int, engine.rows(f"SELECT {sums} FROM bought_spans")[0]))
    found = [Span(told[at], told[at + 1], told[at + 2], told[at + 3] / 100) for at in range(0, len(told), 4)]
    return Spans(found[0], months, *found[1:])


def spans_step(as_of: dt.date, months: int | None) -> Step:
    """The step `bought_spans`: the year, then the spans compared."""
    windows = [f"date > {date_literal(after)} AND date <= {date_literal(until)}"
               for after, until in _windows(as_of, months)]  # fmt: skip
    bought = [f"MAX(CASE WHEN {PURCHASE} AND {test} THEN 1 ELSE 0 END) AS bought_{place}"
              for place, test in enumerate(windows)]  # fmt: skip
    money = [f"{whole_sum('amount', test)} AS amount_{place}" for place, test in enumerate(windows)]
    sums = [f"{whole_sum(f'bought_{place}')} AS orders_{place}, {whole_sum(f'amount_{place}')} AS amount_{place}"
            for place, _ in enumerate(windows)]  # fmt: skip
    return Step(
        "bought_spans",
        f"""-- One row per customer with an order line: orders and cents by span, returns taken off.
SELECT customer_id, {", ".join(sums)}
FROM (
  SELECT customer_id, order_id, {", ".join([*bought, *money])}
  FROM orders
  WHERE {" OR ".join(windows)}
  GROUP BY customer_id, order_id
) AS orders_of_spans
GROUP BY customer_id""",
        of=("orders",),
    )


def _windows(as_of: dt.date, months: int | None) -> list[tuple[dt.date, dt.date]]:
    """The day before each span, and its last day."""
    year = (months_back(as_of, 12), as_of)
    if months is None:
        return [year]
    middle = months_back(as_of, months)
    return [year, (middle, as_of), (months_back(as_of, 2 * months), middle)]


def compared_months(engine: Engine, as_of: dt.date) -> int | None:
    """The longest span that has a whole span of data before it, in months; None where data are too young."""
    first = engine.value("SELECT MIN(date) AS first FROM orders")
    if first is None:
        return None
    for months in COMPARED_MONTHS:
        if first <= months_back(as_of, 2 * months) + dt.timedelta(days=31):
            return months
    return None


def by_group(report: Report, column: str) -> list[tuple[str, int, float]]:
    """(value, customers, amount of 12 months) per value of a text column of `results`, most customers first."""
    rows = report.engine.rows(
        f"SELECT {column} AS value, COUNT(*) AS customers, CAST(COALESCE(SUM(amount_12m), 0) AS DOUBLE) AS amount "
        f"FROM results WHERE {column} IS NOT NULL AND {column} <> '' GROUP BY {column} ORDER BY customers DESC, value"
    )
    return [(value, customers, amount) for value, customers, amount in rows]


def tier_overview(report: Report) -> list[list[Any]]:
    """[tier, customers, share, amount of 12 months, share of it, mean order, mean score], highest tier first."""
    rows = report.engine.rows(
        "SELECT tier, COUNT(*) AS customers, CAST(COALESCE(SUM(amount_12m), 0) AS DOUBLE) AS amount, "
        "COALESCE(SUM(orders_12m), 0) AS orders, AVG(CAST(score AS DECIMAL(18, 6))) AS score FROM results "
        "GROUP BY tier ORDER BY tier"
    )
    found = {row[0]: row[1:] for row in rows}
    people = sum(row[1] for row in rows) or 1
    money = fsum(row[2] for row in rows)
    told = []
    for tier in report.tier_names:
        customers, amount, orders, score = found.get(tier, (0, 0.0, 0, None))
        told.append([tier, customers, customers / people, amount, amount / money if money else None,
                     amount / int(orders) if orders else None, score])  # fmt: skip
    return told


def months_of_revenue(report: Report, months: int) -> list[tuple[str, float, int]]:
    """(YYYY-MM, amount, orders) for the last `months` calendar months up to as_of, empty ones too."""
    as_of = report.stamp.as_of
    wanted = [months_back(as_of.replace(day=1), back).strftime("%Y-%m") for back in range(months - 1, -1, -1)]
    report.engine.once([months_step(as_of, months)])
    found = {
        f"{month // 12:04d}-{month % 12 + 1:02d}": (int(amount) / 100, int(orders))
        for month, amount, orders in report.engine.rows(
            "SELECT month, COALESCE(SUM(amount), 0) AS amount, SUM(orders) AS orders FROM bought_months GROUP BY month"
        )
    }
    while len(wanted) > 1 and wanted[0] not in found:
        wanted.pop(0)
    return [(month, *found.get(month, (0.0, 0))) for month in wanted]


def months_step(as_of: dt.date, months: int) -> Step:
    """The step `bought_months`."""
    first = months_back(as_of.replace(day=1), months - 1)
    return Step(
        "bought_months",
        f"""-- One row per customer and month (12 x year + month - 1) with an order line: orders, and cents with
-- returns taken off.
SELECT customer_id, month, {whole_sum("bought")} AS orders, {whole_sum("amount")} AS amount
FROM (
  SELECT customer_id, order_id, CAST(EXTRACT(YEAR FROM date) * 12 + EXTRACT(MONTH FROM date) - 1 AS INTEGER) AS month,
    MAX(CASE WHEN {PURCHASE} THEN 1 ELSE 0 END) AS bought, {whole_sum("amount")} AS amount
  FROM orders
  WHERE date >= {date_literal(first)} AND date <= {date_literal(as_of)}
  GROUP BY customer_id, order_id, month
) AS orders_of_months
GROUP BY customer_id, month""",
        of=("orders",),
    )


def weeks_of_buyers(report: Report, weeks: int) -> list[tuple[dt.date, int]]:
    """(Monday, customers with an order) for the last `weeks` weeks that are over, none before the first order."""
    as_of = report.stamp.as_of
    monday = as_of - dt.timedelta(days=as_of.weekday() if as_of.weekday() < 6 else -1)
    starts = [monday - dt.timedelta(weeks=back) for back in range(weeks, 0, -1)]
    rows = report.engine.rows(
        f"SELECT DATE_TRUNC('week', date) AS monday, COUNT(DISTINCT customer_id) AS buyers FROM orders "
        f"WHERE {PURCHASE} AND date >= {date_literal(starts[0])} AND date < {date_literal(monday)} GROUP BY 1"
    )
    found = {(day.date() if isinstance(day, dt.datetime) else day): int(buyers) for day, buyers in rows}
    first = report.engine.value(f"SELECT MIN(date) AS first FROM orders WHERE {PURCHASE}")
    return [(start, found.get(start, 0)) for start in starts if first and start + dt.timedelta(days=6) >= first]


def value_matrix(report: Report) -> dict[tuple[int, int], tuple[int, float]]:
    """(r, f) -> (customers, mean amount) over buyers: the customer value matrix."""
    money = "monetary" if "monetary" in report.columns else "amount_all"
    rows = report.engine.rows(
        f"SELECT r, f, COUNT(*) AS customers, CAST(COALESCE(AVG(CAST({money} AS DECIMAL(18, 2))), 0) AS DOUBLE) "
        "AS mean FROM results "
        "WHERE r IS NOT NULL AND f IS NOT NULL GROUP BY r, f"
    )
    return {(int(r), int(f)): (customers, mean) for r, f, customers, mean in rows}


def top_customers(report: Report, count: int) -> list[tuple[Any, ...]]:
    """(id, name, tier, score, amount of 12 months) of the customers who brought most."""
    return report.engine.rows(
        "SELECT customer_id, name, tier, score, CAST(amount_12m AS DOUBLE) AS amount FROM results "
        f"WHERE amount_12m > 0 ORDER BY amount_12m DESC, customer_id LIMIT {count}"
    )


def churn_watch(report: Report, count: int) -> list[tuple[Any, ...]]:
    """(id, name, owner, days since, usual interval, times overdue, amount of 12 months), most money at stake first.

    A customer is on the list when the days since the last order exceed the own rhythm by the model's factor.
    """
    needed = {"overdue_ratio", "interval_days", "recency_days"}
    if not needed <= report.columns or "overdue_factor" not in report.model.params:
        return []
    factor = Decimal(str(report.model.param("overdue_factor")))
    least = report.model.whole("overdue_min_orders") if "overdue_min_orders" in report.model.params else 2
    return report.engine.rows(
        "SELECT customer_id, name, owner, recency_days, interval_days, overdue_ratio, "
        "CAST(amount_12m AS DOUBLE) AS amount FROM results "
        f"WHERE overdue_ratio >= {factor} AND orders_all >= {least} AND amount_12m > 0 "
        f"ORDER BY amount_12m DESC, customer_id LIMIT {count}"
    )


def most_frequent(report: Report, column: str, where: str, value: str, count: int = 2) -> list[tuple[str, int]]:
    """(value, customers) most frequent in `column` among the customers whose `where` column holds `value`."""
    if column not in report.columns:
        return []
    rows = report.engine.rows(
        f"SELECT {column} AS value, COUNT(*) AS customers FROM results WHERE {where} = {text_literal(value)} "
        f"AND {column} IS NOT NULL AND {column} <> '' GROUP BY {column} ORDER BY customers DESC, value LIMIT {count}"
    )
    return [(found, customers) for found, customers in rows]


@dataclass(frozen=True)
class GroupFigures:
    """A group of customers in figures. Shares are 0..1, money in currency units, None where nothing is known."""

    customers: int = 0
    share: float = 0.0
    money_share: float | None = None
    mean_order: float | None = None
    mean_orders: float | None = None
    repurchase: float | None = None
    mean_score: float | None = None
    mean_recency: float | None = None
    complaints: int | None = None
    risk_share: float | None = None


def group_figures(report: Report, column: str) -> dict[str, GroupFigures]:
    """Figures per value of a text column of `results` (tier, segment)."""
    have = report.columns
    complaints = "SUM(complaints_12m)" if "complaints_12m" in have else "CAST(NULL AS BIGINT)"
    risk = [rule.name.of(report.language) for rule in report.model.stages if rule.key == "at_risk"]
    at_risk = f"stage = {text_literal(risk[0])}" if risk else "1 = 0"
    rows = report.engine.rows(
        f"SELECT {column} AS value, COUNT(*) AS customers, CAST(COALESCE(SUM(amount_12m), 0) AS DOUBLE) AS amount, "
        "COALESCE(SUM(orders_12m), 0) AS orders, SUM(CASE WHEN orders_12m >= 1 THEN 1 ELSE 0 END) AS buyers, "
        "SUM(CASE WHEN orders_12m >= 2 THEN 1 ELSE 0 END) AS repeaters, AVG(CAST(score AS DECIMAL(18, 6))) AS score, "
        f"AVG(recency_days) AS recency, {complaints} AS complaints, "
        f"SUM(CASE WHEN {at_risk} THEN 1 ELSE 0 END) AS risky FROM results WHERE {column} IS NOT NULL GROUP BY {column}"
    )
    everyone = report.scored.customers or 1
    money = fsum(row[2] for row in rows)
    return {
        value: GroupFigures(
            customers, customers / everyone, amount / money if money else None,
            amount / int(orders) if orders else None, int(orders) / customers,
            int(repeaters) / int(buyers) if buyers else None, score, recency,
            None if faults is None else int(faults), int(risky) / customers if risk else None,
        )
        for value, customers, amount, orders, buyers, repeaters, score, recency, faults, risky in rows
    }  # fmt: skip
