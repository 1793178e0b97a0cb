"""How each person did with the customers of the highest tier: the table rewards go by.

Customers count who stood in the highest tier when the quarter began: whoever lost one cannot leave it out, and one
that rose meanwhile is no luck of the quarter.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...engine import date_literal
from ...followup import Task
from ...scoring.loyalty import ANSWER
from ...scoring.periods import Period
from ...scoring.portable import MILLION
from ..records import Report
from .outcomes import on_time
from .quarter import NOW, Quarter
from .records import PersonResult
from .targets import goal_of

WEIGHTS = {
    "retention": "incentive_retention", "growth": "incentive_growth", "csat": "incentive_csat",
    "tasks": "incentive_tasks",
}  # fmt: skip
"""Parts of the points, and the parameter that is the weight of each."""


def people_of(report: Report, quarter: Quarter, tasks: Sequence[Task]) -> list[PersonResult]:
    """One line per owner of such a customer, the most points first, those without points at the end."""
    top, relation = report.tier_names[0], NOW if report.engine.has(NOW) else "results"
    rows = report.engine.rows(
        f"""SELECT results.owner AS owner, results.customer_id AS customer_id, results.tier AS tier,
          {_cents(quarter.before)} AS was, {_cents(quarter.span)} AS now,
          {_bought(quarter.before)} AS bought_before, {_bought(quarter.span)} AS bought_now,
          (SELECT SUM({ANSWER}) FROM feedback WHERE feedback.customer_id = results.customer_id AND kind = 'csat'
            AND {_within(quarter.span)}) AS csat_sum,
          (SELECT COUNT({ANSWER}) FROM feedback WHERE feedback.customer_id = results.customer_id AND kind = 'csat'
            AND {_within(quarter.span)}) AS csats
        FROM results JOIN {relation} AS was ON was.customer_id = results.customer_id
        WHERE was.tier = ? AND results.owner IS NOT NULL AND results.owner <> '' ORDER BY owner, customer_id""",
        [top],
    )
    found = []
    for owner in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == owner]
        found.append(_result(report, quarter, owner, own, on_time(tasks, {row[1] for row in own}, quarter)))
    return sorted(found, key=lambda one: (one.points is None, -(one.points or 0.0), one.owner))


def _cents(span: Period) -> str:
    return (
        "(SELECT COALESCE(SUM(amount), 0) FROM orders WHERE orders.customer_id = results.customer_id "
        f"AND {_within(span)})"
    )


def _bought(span: Period) -> str:
    return (
        "(SELECT COUNT(*) FROM orders WHERE orders.customer_id = results.customer_id "
        f"AND is_return = 0 AND {_within(span)})"
    )


def _within(span: Period) -> str:
    return f"date BETWEEN {date_literal(span.start)} AND {date_literal(span.end)}"


def _result(report: Report, quarter: Quarter, owner: str, rows: Sequence[tuple[object, ...]],
            tasks: tuple[int, int]) -> PersonResult:  # fmt: skip
    active = [row for row in rows if row[5]]
    retention = sum(bool(row[6]) for row in active) / len(active) if active else None
    was, now = sum(int(str(row[3])) for row in rows), sum(int(str(row[4])) for row in rows)
    growth = now / was - 1 if was > 0 else None
    answers = sum(int(str(row[8])) for row in rows)
    csat = sum(int(str(row[7] or 0)) for row in rows) / (answers * MILLION) if answers else None
    due, kept = tasks
    shares = {
        "retention": _share(report, "retention", retention),
        "growth": _share(report, "aov_growth", growth, base=1.0),
        "csat": _share(report, "csat", csat),
        "tasks": kept / due if due else None,
    }
    stayed = sum(row[2] == report.tier_names[0] for row in rows)
    return PersonResult(owner, len(rows), stayed, retention, now / 100, was / 100, growth, csat, due, kept,
                        _points(report, shares))  # fmt: skip


def _share(report: Report, figure: str, value: float | None, *, base: float = 0.0) -> float | None:
    """Part of the target that was reached, at most all of it."""
    goal = goal_of(report, figure, "")
    if value is None or goal is None or base + goal <= 0:
        return None
    return min(max((base + value) / (base + goal), 0.0), 1.0)


def _points(report: Report, shares: dict[str, float | None]) -> float | None:
    """0 to 100; the weight of a part nobody knows is shared out over the others."""
    weights = {part: float(report.model.param(key)) for part, key in WEIGHTS.items()}
    known = [(weights[part], share) for part, share in shares.items() if share is not None]
    whole = sum(weight for weight, _ in known)
    return 100 * sum(weight * share for weight, share in known) / whole if whole else None
