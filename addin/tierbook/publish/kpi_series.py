"""Key figures of the last whole month and week against those before, by tier and by RFM class: what dashboards tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..labels import text
from ..scoring.kpis import Asked, By, Kpi, all_kpis
from ..scoring.periods import Period, PeriodKind, periods_to
from .records import Report

MONTHS = 13
"""Months in the trends, the unfinished one left out."""
COMPARED = 2
"""Periods in a table: one and the one before it."""
LISTED = 4
"""Periods named one by one."""
WEEK = dt.timedelta(days=6)


@dataclass(frozen=True)
class Series:
    """The figures a dashboard shows, oldest period first; without the period that is not over yet."""

    months: Sequence[Kpi]
    weeks: Sequence[Kpi]
    tiers: Sequence[Kpi]
    classes: Sequence[Kpi]
    tier_weeks: Sequence[Kpi]
    class_weeks: Sequence[Kpi]


@dataclass(frozen=True)
class Compared:
    """A line of the table: a group's figures in a period, and in the period before."""

    name: str
    now: Kpi
    before: Kpi | None


def series_of(report: Report, months: int = COMPARED) -> Series:
    """The trends of everybody, the last months and weeks of each tier and class; none of before the first order.

    A period goes by where customers stood at its end where a ledger tells it, else by where they stand today.

    Args:
        months: of each tier.
    """
    asked = [Asked("all", "month", MONTHS + 1), Asked("all", "week", COMPARED + 1),
             Asked("tier", "month", months + 1), Asked("segment", "month", COMPARED + 1),
             Asked("tier", "week", COMPARED + 1), Asked("segment", "week", COMPARED + 1)]  # fmt: skip
    told = all_kpis(report.engine, report.model, report.stamp.as_of, asked, then=report.past.stood)
    first = report.engine.value("SELECT MIN(date) AS first FROM orders WHERE is_return = 0")
    over = ([one for one in each if one.whole and first and one.end >= first] for each in told)
    everybody, weeks, *groups = over
    shown = {span.end for span in periods_shown(report.stamp.as_of, months)}
    return Series(everybody[-MONTHS:], weeks, *([one for one in each if one.end in shown] for each in groups))


def periods_shown(as_of: dt.date, months: int = COMPARED) -> list[Period]:
    """The whole months and weeks up to a day whose figures are told by tier and class."""
    wanted: tuple[tuple[PeriodKind, int], ...] = (("month", months), ("week", COMPARED))
    return [
        span
        for kind, count in wanted
        for span in [one for one in periods_to(as_of, kind, count + 1) if one.end <= as_of][-count:]
    ]


def month_name(span: Period | Kpi) -> str:
    return span.start.strftime("%Y-%m")


def week_name(span: Period | Kpi, report: Report) -> str:
    """`10-19～10-25`."""
    days = {"start": span.start.strftime("%m-%d"), "end": span.end.strftime("%m-%d")}
    return text("kpis.week_days", report.language, **days)


def month_lines(report: Report, series: Series) -> list[Compared]:
    """Everybody by month, then each tier."""
    return [*_everybody(report, series.months), *_by_group(report, "tier", series.tiers)]


def week_lines(report: Report, series: Series) -> list[Compared]:
    """Everybody by week, then each tier."""
    return [*_everybody(report, series.weeks), *_by_group(report, "tier", series.tier_weeks)]


def class_lines(report: Report, series: Series) -> list[Compared]:
    return _by_group(report, "segment", series.classes)


def class_week_lines(report: Report, series: Series) -> list[Compared]:
    return _by_group(report, "segment", series.class_weeks)


def _everybody(report: Report, kpis: Sequence[Kpi]) -> list[Compared]:
    return _last(text("kpis.everybody", report.language), kpis)


def _by_group(report: Report, by: By, kpis: Sequence[Kpi]) -> list[Compared]:
    names = group_names(report, by)
    return [line for key in names for line in _last(names[key], [one for one in kpis if one.group == key])]


def group_names(report: Report, by: By) -> dict[str, str]:
    """Key -> name of the groups, tiers highest first."""
    if by == "tier":
        return {tier.key: tier.name.of(report.language) for tier in reversed(report.scale.tiers)}
    return {one.key: one.name.of(report.language) for one in report.model.rfm.classes}


def _last(name: str, kpis: Sequence[Kpi]) -> list[Compared]:
    """The last period and the one before it; order value has grown from the one shown to the other."""
    if len(kpis) < COMPARED:
        return [Compared(name, kpis[-1], None)] if kpis else []
    before, now = kpis[-COMPARED:]
    growth = now.aov / before.aov - 1 if now.aov is not None and before.aov is not None and before.aov > 0 else None
    return [Compared(name, replace(now, aov_growth=growth), before)]


def grouped_by(report: Report, months: int = COMPARED) -> str:
    """In words: whether the groups of past periods are those of then or those of today."""
    language, as_of = report.language, report.stamp.as_of
    if not report.past.ledger:
        return text("kpis.by_today", language)
    unknown = [one for one in periods_shown(as_of, months) if one.end != as_of and one.end not in report.past.stood]
    if not unknown:
        return text("kpis.by_then", language)
    names = [month_name(one) if one.end - one.start > WEEK else week_name(one, report)
             for one in unknown]  # fmt: skip
    listed = text("moves.list_between", language).join(names) if len(names) <= LISTED else f"{names[0]} … {names[-1]}"
    return text("kpis.by_today_some", language, periods=listed)
