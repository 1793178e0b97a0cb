"""All figures of a review in one record."""

from __future__ import annotations

from collections import Counter

from ...scoring.kpis import Asked, all_kpis
from ..records import Report
from .causes import shortfall_of
from .definitions import definitions_of
from .journey import journey_of
from .outcomes import finished_since, outcomes_of, tasks_known
from .people import people_of
from .quarter import NOW, Quarter
from .records import Review
from .returns import returns_of
from .suggest import suggested_tags
from .targets import targets_of

MONTHS = 13
"""Months of a trend: a year, and the same month of the year before."""


def review_of(report: Report, quarter: Quarter) -> Review:
    """Everything a review says of the report's facts.

    Reads `quarter.NOW` and `quarter.BEFORE` where somebody made them; without, tiers and classes are those of today
    and nothing is told of who moved.
    """
    months, by_tier, quarters = all_kpis(
        report.engine, report.model, quarter.as_of,
        [Asked("all", "month", MONTHS), Asked("tier", "month", MONTHS), Asked("all", "quarter", 2)],
    )  # fmt: skip
    targets = targets_of(report, quarter)
    tasks = tasks_known(report)
    return Review(
        quarter=quarter,
        standing=report.engine.has(NOW),
        active=next(one.active for one in quarters if one.end == quarter.span.end),
        months=months,
        months_by_tier=by_tier,
        targets=targets,
        shortfalls=[shortfall_of(report, quarter, one) for one in targets if one.met is False],
        migration=migration_of(report),
        outcomes=outcomes_of(report, quarter, tasks),
        outcome_days=report.model.whole("review_outcome_days"),
        finished=finished_since(tasks, quarter),
        suggested=suggested_tags(report),
        people=people_of(report, quarter, tasks),
        returns=returns_of(report, quarter, tasks),
        journey=journey_of(report, quarter),
        definitions=definitions_of(report),
    )


def migration_of(report: Report) -> list[tuple[str, list[int], int]]:
    """(tier when the quarter began, customers in each tier now, gone), highest first; then those who came since."""
    if not report.engine.has(NOW):
        return []
    rows = report.engine.rows(
        f"SELECT was.tier, results.tier, COUNT(*) AS n FROM {NOW} AS was "
        "FULL JOIN results ON results.customer_id = was.customer_id GROUP BY 1, 2"
    )
    moved = Counter({(was, now): int(count) for was, now, count in rows})
    names = report.tier_names
    told = [(name, [moved[name, to] for to in names], moved[name, None]) for name in names]
    return [*told, ("", [moved[None, to] for to in names], 0)]
