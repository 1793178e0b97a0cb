"""Key figures on a page: tables of the last month and week by tier and by class, lines over the months."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ..labels import text
from ..publish import theme
from ..publish.kpi_series import (
    class_lines,
    class_week_lines,
    grouped_by,
    month_lines,
    month_name,
    periods_shown,
    series_of,
    week_lines,
    week_name,
)
from ..publish.review.targets import group_name
from ..publish.review.words import SHARES, figure_name, figure_text
from . import charts
from .charts import HALF, Series
from .parts import Cell, Chart, Lines, Panel, Table
from .words import count, money

if TYPE_CHECKING:
    import datetime as dt

    from ..publish import Report
    from ..publish.kpi_series import Compared
    from ..scoring.kpis import Kpi
    from ..scoring.periods import Period

TREND = 13
"""Months of the lines."""
FIGURES = ("retention", "repurchase", "aov", "csat", "nps", "conversion")
DRAWN = ("retention", "aov")
MONEY = frozenset({"aov", "revenue"})
"""Figures of a `Kpi` in cents."""


def periods_drawn(as_of: dt.date) -> list[Period]:
    """The periods up to a day whose figures the page tells by tier and class."""
    return periods_shown(as_of, TREND)


def kpi_panels(report: Report) -> list[Panel]:
    """The last month and week that are over, by tier and by class, with their changes; lines of two figures."""
    language, series = report.language, series_of(report, TREND)
    months, weeks = month_lines(report, series), week_lines(report, series)
    classes, class_weeks = class_lines(report, series), class_week_lines(report, series)
    panels = [
        *_table(report, "table_title", months, month_name),
        *_table(report, "week_title", weeks, partial(week_name, report=report)),
        *_table(report, "class_title", classes, month_name),
        *_table(report, "class_week_title", class_weeks, partial(week_name, report=report)),
    ]
    if not panels:
        return [Panel(text("kpis.too_young", language), [])]
    by = Lines([text("kpis.note", language), grouped_by(report, TREND)])
    panels[-1] = replace(panels[-1], content=[*panels[-1].content, by])
    return [*panels, *(tier_lines(report, series.tiers, figure) for figure in DRAWN)]


def _table(report: Report, key: str, lines: Sequence[Compared], name: Callable[[Kpi], str]) -> list[Panel]:
    """The figures of two periods that are over; nothing where there are none."""
    before = lines[0].before if lines else None
    if before is None:
        return []
    language = report.language
    period = "week" if "week" in key else "month"
    named = text(f"kpis.{key}", language, before=name(before), **{period: name(lines[0].now)})
    heads = [("", "name"), (text("review.figure_active", language), "right"),
             *((figure_name(report, figure), "right") for figure in FIGURES)]  # fmt: skip
    rows: list[list[str | Cell]] = [
        [line.name, count(line.now.active),
         *(changed_cell(report, figure, getattr(line.now, figure),
                        getattr(line.before, figure) if line.before else None) for figure in FIGURES)]
        for line in lines
    ]  # fmt: skip
    return [Panel(named, [Table(heads, rows)])]


def changed_cell(report: Report, figure: str, value: float | None, before: float | None) -> Cell:
    """A figure with its change behind it, coloured by which way it went."""
    shown = money(value / 100, report.language) if figure == "aov" and value is not None else figure_text(figure, value)
    if value is None or before is None:
        return Cell(shown)
    gap = value - before
    if figure in SHARES:
        told = text("publish.points", report.language, value=f"{gap * 100:+.1f}")
    elif figure == "aov":
        told = f"{gap / before:+.1%}" if before else ""
    else:
        told = f"{gap:+.2f}" if figure == "csat" else f"{gap:+.0f}"
    least = 0.0005 if figure in SHARES else 0.005
    return Cell(f"{shown}  ({told})" if told else shown, mood=1 if gap > least else -1 if gap < -least else 0)


def tier_lines(report: Report, series: Sequence[Kpi], figure: str, *, width: int = 6) -> Panel:
    """A line per tier of one figure over the months that are over."""
    shades = theme.shades(len(report.tier_names))
    by_tier: dict[str, list[Kpi]] = {}
    for one in series:
        if one.whole:
            by_tier.setdefault(one.group, []).append(one)
    drawn, times = [], []
    for shade, (tier, own) in zip(shades, by_tier.items(), strict=False):
        values = [getattr(one, figure) for one in own]
        scale = 100 if figure in MONEY else 1
        told = [None if value is None else value / scale for value in values]
        labels = [money(value, report.language) if scale == 100 else figure_text(figure, value) for value in told]
        drawn.append(Series(group_name(report, "tier", tier), told, labels, shade.solid, shade.ink))
        times = [one.start.isoformat()[2:7] for one in own]
    named = text("pages.kpi_trend", report.language, figure=figure_name(report, figure))

    def shown(value: float) -> str:
        return money(value, report.language) if figure in MONEY else ruler_text(figure, value)

    return Panel(named, [Chart(charts.lines(drawn, times, width=HALF, title=named, shown=shown))], width)


def ruler_text(figure: str, value: float) -> str:
    """A round figure beside a chart."""
    return f"{value:.0%}" if figure in SHARES else f"{value:g}"
