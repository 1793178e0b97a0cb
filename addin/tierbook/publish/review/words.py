"""What a review says in whole sentences, the same on sheets and on the page."""

from __future__ import annotations

from collections.abc import Sequence

from ...labels import text
from ..money import amount_text
from ..records import Report
from .records import Review, Shortfall, Target, Told
from .targets import group_name

SHARES = frozenset({"retention", "repurchase", "aov_growth", "conversion", "revenue_share"})
"""Figures shown in percent, whose change is told in points."""


def said(report: Report, told: Told) -> str:
    key, values = told
    return text(key, report.language, **values)


def figure_text(figure: str, value: float | None) -> str:
    """A key figure as people read it."""
    if value is None:
        return "–"
    if figure in SHARES:
        return f"{value:.1%}"
    return f"{value:.2f}" if figure == "csat" else f"{value:.0f}"


def figure_name(report: Report, figure: str) -> str:
    return text(f"review.figure_{figure}", report.language)


def of_group(report: Report, target: Target) -> str:
    return group_name(report, target.by, target.group) or text("review.everybody", report.language)


def causes_text(report: Report, shortfall: Shortfall) -> str:
    return "\n".join("• " + said(report, one) for one in shortfall.causes)


def advice_text(report: Report, shortfall: Shortfall) -> str:
    return "\n".join(said(report, one) for one in shortfall.advice)


def headlines(report: Report, review: Review) -> list[str]:
    """The quarter in a few sentences."""

    def say(key: str, **values: object) -> str:
        return text(f"review.{key}", report.language, **values)

    lines = [_revenue_line(report, review)]
    below = [one for one in review.targets if one.met is False]
    met = sum(one.met is True for one in review.targets)
    few = sum(one.met is None for one in review.targets)
    lines.append(say("line_targets", judged=met + len(below), met=met, below=len(below), few=few))
    if names := [figure_name(report, one.figure) for one in below if one.by == "all"]:
        lines.append(say("line_below_all", names=say("between").join(names)))
    if review.migration:
        rose, fell, came = moved(review)
        lines.append(say("line_moves", rose=rose, fell=fell, came=came))
    if review.finished:
        proven = sum(one.verdict == "better" for one in review.outcomes)
        lines.append(say("line_actions", finished=review.finished, proven=proven))
    if review.suggested:
        lines.append(say("line_tags", count=len(review.suggested)))
    return lines


def _revenue_line(report: Report, review: Review) -> str:
    now = [one for one in review.months if review.quarter.span.start <= one.start <= review.quarter.span.end]
    before = [one for one in review.months if review.quarter.before.start <= one.start <= review.quarter.before.end]
    revenue, earlier = sum(one.revenue for one in now), sum(one.revenue for one in before)
    values = {"revenue": amount_text(revenue / 100, report.language), "orders": f"{sum(one.orders for one in now):,}",
              "active": f"{review.active:,}"}  # fmt: skip
    if earlier <= 0:
        return text("review.line_revenue_first", report.language, **values)
    return text("review.line_revenue", report.language, **values, change=f"{revenue / earlier - 1:+.1%}")


def moved(review: Review) -> tuple[int, int, int]:
    """(rose, fell, came) since the quarter began."""
    stood, (_, came, _) = review.migration[:-1], review.migration[-1]
    rose = sum(sum(row[:place]) for place, (_, row, _) in enumerate(stood))
    fell = sum(sum(row[place + 1 :]) for place, (_, row, _) in enumerate(stood))
    return rose, fell, sum(came)


def month_name(start: object, whole: bool, report: Report) -> str:
    month = str(start)[:7]
    return month if whole else text("review.part_month", report.language, month=month)


def basis_line(report: Report, review: Review) -> str:
    return text("review.standing_then" if review.standing else "review.standing_now", report.language)


def groups_in_order(targets: Sequence[Target]) -> list[tuple[str, str]]:
    """(by, group) as they come."""
    return list(dict.fromkeys((one.by, one.group) for one in targets))
