"""Key figures on the dashboard: the last whole month and week against those before, by tier and by RFM class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..labels import text
from ..scoring.kpis import Asked, By, Kpi, all_kpis
from . import theme
from .book import Book
from .grid import panel, span
from .money import short_money
from .numbers import weeks_of_buyers
from .records import Report

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MONTHS, WEEKS = 13, 13
"""Periods in the trends, the unfinished one left out."""
NAMES = (0, 3)
FIGURES = ("retention", "repurchase", "aov", "csat", "nps", "conversion")
WIDTH = 4
"""Columns of a figure: the value, and how it changed."""
UNDEFINED = "–"


@dataclass(frozen=True)
class Series:
    """The figures a dashboard shows, oldest period first; without the period that is not over yet."""

    months: Sequence[Kpi]
    weeks: Sequence[Kpi]
    tiers: Sequence[Kpi]
    classes: Sequence[Kpi]


@dataclass(frozen=True)
class Compared:
    """A line of the table: a group's figures in a period, and in the period before."""

    name: str
    now: Kpi
    before: Kpi | None


def series_of(report: Report) -> Series:
    """The trends of everybody, and the last months of each tier and class, none of before the first order."""
    asked = [Asked("all", "month", MONTHS + 1), Asked("all", "week", 3),
             Asked("tier", "month", 3), Asked("segment", "month", 3)]  # fmt: skip
    told = all_kpis(report.engine, report.model, report.stamp.as_of, asked)
    first = report.engine.value("SELECT MIN(date) AS first FROM orders WHERE is_return = 0")
    months, weeks, tiers, classes = ([one for one in each if one.whole and first and one.end >= first] for each in told)
    return Series(months[-MONTHS:], weeks, tiers, classes)


def month_name(kpi: Kpi) -> str:
    return kpi.start.strftime("%Y-%m")


def month_lines(report: Report, series: Series) -> list[Compared]:
    """Everybody by month, everybody by week, then each tier by month."""
    everybody = text("kpis.everybody", report.language)
    lines = [_last(everybody, series.months)]
    if series.weeks:
        week = series.weeks[-1]
        days = {"start": week.start.strftime("%m-%d"), "end": week.end.strftime("%m-%d")}
        lines.append(_last(text("kpis.one_week", report.language, **days), series.weeks))
    return [line for line in [*lines, *_by_group(report, "tier", series.tiers)] if line is not None]


def class_lines(report: Report, series: Series) -> list[Compared]:
    return _by_group(report, "segment", series.classes)


def _by_group(report: Report, by: By, kpis: Sequence[Kpi]) -> list[Compared]:
    names = group_names(report, by)
    found = (_last(names[key], [one for one in kpis if one.group == key]) for key in names)
    return [line for line in found if line is not None]


def group_names(report: Report, by: By) -> dict[str, str]:
    """Key -> name of the groups, tiers highest first."""
    if by == "tier":
        return {tier.key: tier.name.of(report.language) for tier in reversed(report.scale.tiers)}
    return {one.key: one.name.of(report.language) for one in report.model.rfm.classes}


def _last(name: str, kpis: Sequence[Kpi]) -> Compared | None:
    return Compared(name, kpis[-1], kpis[-2] if len(kpis) > 1 else None) if kpis else None


def put_kpis(
    book: Book, sheet: Worksheet, row: int, key: str, lines: Sequence[Compared], *, noted: bool = False
) -> int:
    """The table from `row` on, over the whole width; gives the first row below."""
    language = book.language
    last = NAMES[1] + WIDTH * len(FIGURES)
    if not lines or lines[0].before is None:
        panel(book, sheet, row, 0, last, text("kpis.too_young", language))
        return row + 1
    months = {"month": month_name(lines[0].now), "before": month_name(lines[0].before)}
    panel(book, sheet, row, 0, last, text(f"kpis.{key}", language, **months))
    _put_head(book, sheet, row + 1)
    money = short_money(max((line.now.aov or 0) / 100 for line in lines), language)
    for offset, line in enumerate(lines, start=2):
        _put_line(book, sheet, row + offset, line, money, bold=key == "table_title" and offset == 2)
    below = row + 2 + len(lines)
    if noted:
        span(sheet, below, 0, last, text("kpis.note", language), book.formats.hint())
    return below + noted


def _put_head(book: Book, sheet: Worksheet, row: int) -> None:
    look = {"font_color": theme.MUTED, "font_size": 9, "bottom": 1, "bottom_color": theme.HAIRLINE}
    span(sheet, row, *NAMES, "", book.formats.get(**look))
    for place, figure in enumerate(FIGURES):
        first = NAMES[1] + 1 + WIDTH * place
        name = text(f"review.figure_{figure}", book.language)
        span(sheet, row, first, first + 1, name, book.formats.get(**look, align="right"))
        span(sheet, row, first + 2, first + 3, text("kpis.change", book.language),
             book.formats.get(**look, align="left", indent=1))  # fmt: skip


def _put_line(book: Book, sheet: Worksheet, row: int, line: Compared, money: str, *, bold: bool) -> None:
    look: dict[str, object] = {"bottom": 1, "bottom_color": theme.HAIRLINE}
    plain = book.formats.get(**look, font_size=9, bold=bold)
    span(sheet, row, *NAMES, line.name, plain, book.formats.get(**look, font_size=9, bold=bold, quote_prefix=True))
    for place, figure in enumerate(FIGURES):
        first = NAMES[1] + 1 + WIDTH * place
        value = shown(figure, line.now)
        number = money if figure == "aov" else {"csat": "0.00", "nps": "0"}.get(figure, "0.0%")
        span(sheet, row, first, first + 1, UNDEFINED if value is None else value,
             book.formats.get(**look, num_format=number, align="right", bold=True))  # fmt: skip
        change, number = change_of(figure, line)
        mood = theme.MUTED if not change else theme.GOOD if change > 0 else theme.BAD
        span(sheet, row, first + 2, first + 3, change,
             book.formats.get(**look, num_format=number, font_color=mood, align="left", indent=1,
                              font_size=9))  # fmt: skip


def shown(figure: str, kpi: Kpi) -> float | None:
    """A figure as the sheet shows it: money in currency units."""
    value: float | None = getattr(kpi, figure)
    return value / 100 if value is not None and figure == "aov" else value


def change_of(figure: str, line: Compared) -> tuple[float | None, str]:
    """How a figure changed against the period before, and its number format; None where one of them is undefined.

    Rates change in points, order value in percent, answers in their own units. What is smaller than the last digit
    shown has not changed.
    """
    if figure == "aov":
        growth = line.now.aov_growth
        return (None if growth is None else round(growth, 3)), _signed("0.0%")
    now, before = shown(figure, line.now), shown(figure, line.before) if line.before else None
    places, number = {"csat": (2, "0.00"), "nps": (0, "0")}.get(figure, (1, "0.0"))
    if now is None or before is None:
        return None, _signed(number)
    change = now - before
    return round(change * (1 if figure in ("csat", "nps") else 100), places), _signed(number)


def _signed(number: str) -> str:
    """A format that shows the direction too, for those who print in black."""
    return f"▲ {number};▼ {number};＝"


def trend_rows(series: Series) -> list[list[object]]:
    """[month, retention, repurchase, conversion] of the whole months."""
    return [[month_name(one), one.retention, one.repurchase, one.conversion] for one in series.months]


def week_rows(report: Report) -> list[list[object]]:
    """[first day of the week, customers with an order], of the weeks that are over."""
    pattern = "%d %b" if report.language == "en" else "%m-%d"
    return [[monday.strftime(pattern), buyers] for monday, buyers in weeks_of_buyers(report, WEEKS)]
