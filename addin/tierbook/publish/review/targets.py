"""Key figures of the quarter against their targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...engine import date_literal, text_literal
from ...schema import CHANNELS
from ...scoring.kpis import Asked, Kpi, all_kpis
from ..records import Report
from .quarter import BEFORE, NOW, Quarter
from .records import TARGETS, Target

GROUPED = ("tier", "segment")
SHOWN = 3
"""Quarters asked for: the one as_of lies in, which may be unfinished, the reviewed one and the one before."""


def quarters(report: Report, quarter: Quarter) -> dict[str, list[tuple[Kpi, Kpi | None]]]:
    """By all, tier and class: (the quarter, the one before) of every group.

    Each quarter goes by where customers stood when it began; where nobody knows that, both go by today.
    """
    groups = [Asked("tier", "quarter", SHOWN), Asked("segment", "quarter", SHOWN)]
    today = _series(report, quarter, [Asked("all", "quarter", SHOWN), *groups], "results")
    stood = _series(report, quarter, groups, NOW)
    stood_before = _series(report, quarter, groups, BEFORE) if stood else today
    found = {}
    for by, series in (today | stood).items():
        earlier = (today if by == "all" else stood_before).get(by, [])
        before = {one.group: one for one in earlier if one.end == quarter.before.end}
        found[by] = [(one, before.get(one.group)) for one in series if one.end == quarter.span.end]
    return found


def _series(report: Report, quarter: Quarter, asked: Sequence[Asked], members: str) -> dict[str, list[Kpi]]:
    if not report.engine.has(members):
        return {}
    found = all_kpis(report.engine, report.model, quarter.as_of, asked, members=members)
    return {one.by: series for one, series in zip(asked, found, strict=True)}


def targets_of(report: Report, quarter: Quarter) -> list[Target]:
    """Every figure that has a target: of all customers, of each tier and of each class."""
    found = []
    for by, groups in quarters(report, quarter).items():
        bases = _bases(report, quarter, by)
        for now, before in groups:
            for figure in TARGETS:
                if figure == "conversion" and by != "all":
                    continue  # who became a customer has no tier or class before
                goal = goal_of(report, figure, now.group)
                if goal is not None:
                    base = bases.get(group_name(report, by, now.group), {}).get(figure, 0)
                    found.append(_target(report, now, before, figure, goal, base))
    return found


def _target(report: Report, now: Kpi, before: Kpi | None, figure: str, goal: float, base: int) -> Target:
    value = getattr(now, figure)
    enough = base >= report.model.whole("review_min_customers")
    met = None if value is None or not enough else value >= goal
    return Target(now.by, now.group, figure, value, getattr(before, figure) if before else None, goal, base, met)


def _bases(report: Report, quarter: Quarter, by: str) -> Mapping[str, Mapping[str, int]]:
    """Name of the group -> figure -> what the figure is a share or mean of: customers, orders or answers."""
    relation = NOW if by != "all" and report.engine.has(NOW) else "results"
    place = "''" if by == "all" else by
    inside = f"BETWEEN {date_literal(quarter.span.start)} AND {date_literal(quarter.span.end)}"
    earlier = f"BETWEEN {date_literal(quarter.before.start)} AND {date_literal(quarter.before.end)}"
    answers = ", ".join(
        f"COUNT(CASE WHEN kind = {text_literal(kind)} AND score IS NOT NULL AND date {inside} THEN 1 END) AS {kind}"
        for kind in ("csat", "nps")
    )
    rows = report.engine.rows(
        f"""SELECT {place} AS place, COUNT(CASE WHEN earlier > 0 THEN 1 END) AS retention,
          COUNT(CASE WHEN buys > 0 THEN 1 END) AS repurchase, COALESCE(SUM(inside), 0) AS aov_growth,
          COALESCE(SUM(said.csat), 0) AS csat, COALESCE(SUM(said.nps), 0) AS nps,
          COUNT(CASE WHEN first IS NULL OR first >= {date_literal(quarter.span.start)} THEN 1 END) AS conversion
        FROM {relation} AS members
        LEFT JOIN (SELECT customer_id, COUNT(DISTINCT CASE WHEN date {earlier} THEN order_id END) AS earlier,
          COUNT(DISTINCT CASE WHEN date {inside} THEN order_id END) AS inside, COUNT(*) AS buys, MIN(date) AS first
          FROM orders WHERE is_return = 0 AND date <= {date_literal(quarter.span.end)} GROUP BY customer_id) AS bought
          ON bought.customer_id = members.customer_id
        LEFT JOIN (SELECT customer_id, {answers} FROM feedback GROUP BY customer_id) AS said
          ON said.customer_id = members.customer_id
        WHERE {place} IS NOT NULL GROUP BY 1"""
    )
    figures = ("retention", "repurchase", "aov_growth", "csat", "nps", "conversion")
    return {row[0]: dict(zip(figures, map(int, row[1:]), strict=True)) for row in rows}


def goal_of(report: Report, figure: str, group: str) -> float | None:
    """The target of a figure: that of the group alone where the model has one, else that of all."""
    params = report.model.params
    for key in (f"{TARGETS[figure]}.{group}", TARGETS[figure]):
        if key in params:
            return float(params[key].value)
    return None


def group_name(report: Report, by: str, group: str) -> str:
    """A group's name as people read it; "" for all customers."""
    language = report.language
    names = {
        "tier": {one.key: one.name.of(language) for one in report.scale.tiers},
        "segment": {one.key: one.name.of(language) for one in report.model.rfm.classes},
        "stage": {one.key: one.name.of(language) for one in report.model.stages},
        "channel": {one.key: one.name.of(language) for one in CHANNELS},
    }
    return names.get(by, {}).get(group, "")
