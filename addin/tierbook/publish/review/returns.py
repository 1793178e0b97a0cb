"""What a group brought in the quarter, against what goods and contacts cost, as far as these are known."""

from __future__ import annotations

from ...engine import date_literal, text_literal
from ..records import Report
from .causes import REACHING
from .quarter import NOW, Quarter
from .records import Return
from .targets import GROUPED

COSTS = {"phone": "cost_phone", "online": "cost_online", "mail": "cost_mail", "meeting": "cost_meeting"}
"""Channel -> the parameter that says what one contact costs."""


def returns_of(report: Report, quarter: Quarter) -> list[Return]:
    """One line per tier and per class. Contacts are those of ours by phone, chat, mail or in a meeting."""
    found = []
    for by in GROUPED:
        relation = NOW if report.engine.has(NOW) else "results"
        found += _by(report, quarter, by, f"SELECT customer_id, {by} AS place FROM {relation}")
    return found


def _by(report: Report, quarter: Quarter, by: str, members: str) -> list[Return]:
    inside = f"date BETWEEN {date_literal(quarter.span.start)} AND {date_literal(quarter.span.end)}"
    spoken = ", ".join(
        f"SUM(CASE WHEN channel = {text_literal(channel)} THEN 1 ELSE 0 END) AS {channel}" for channel in REACHING
    )
    rows = report.engine.rows(
        f"""SELECT place, COUNT(*) AS customers, COALESCE(SUM(cents), 0) AS cents, COALESCE(SUM(covered), 0) AS covered,
          COALESCE(SUM(cost), 0) AS cost, {", ".join(f"COALESCE(SUM({channel}), 0)" for channel in REACHING)}
        FROM ({members}) AS members
        LEFT JOIN (SELECT customer_id, SUM(amount) AS cents, SUM(CASE WHEN cost IS NOT NULL THEN amount END) AS covered,
          SUM(cost) AS cost FROM orders WHERE {inside} GROUP BY customer_id) AS money
          ON money.customer_id = members.customer_id
        LEFT JOIN (SELECT customer_id, {spoken} FROM interactions WHERE {inside} GROUP BY customer_id) AS spoken
          ON spoken.customer_id = members.customer_id
        WHERE place IS NOT NULL GROUP BY place"""
    )
    found = {row[0]: [int(value) for value in row[1:]] for row in rows}
    names = (
        [(tier.key, tier.name.of(report.language)) for tier in reversed(report.scale.tiers)]
        if by == "tier"
        else [(one.key, one.name.of(report.language)) for one in report.model.rfm.classes]
    )
    return [_return(report, by, key, found[name]) for key, name in names if name in found]


def _return(report: Report, by: str, group: str, told: list[int]) -> Return:
    customers, cents, covered, cost, *spoken = told
    margin = (covered - cost) / 100 if covered else None
    spent = _spent(report, spoken)
    roi = (margin - spent) / spent if margin is not None and spent else None
    return Return(by, group, customers, cents / 100, margin, covered / cents if cents > 0 else None, sum(spoken),
                  spent, roi)  # fmt: skip


def _spent(report: Report, spoken: list[int]) -> float | None:
    """Currency units; None where a channel that was used has no cost (0 means: nobody said)."""
    costs = [float(report.model.param(COSTS[channel])) for channel in REACHING]
    if any(count and not cost for count, cost in zip(spoken, costs, strict=True)):
        return None
    return sum(count * cost for count, cost in zip(spoken, costs, strict=True))
