"""Tables of key figures on the dashboard, and the rows its trends are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import text
from ..scoring.kpis import Kpi
from . import theme
from .book import Book
from .grid import gap, panel, span
from .kpi_series import (
    Compared,
    Series,
    class_lines,
    class_week_lines,
    grouped_by,
    month_lines,
    month_name,
    week_lines,
    week_name,
)
from .money import short_money
from .numbers import weeks_of_buyers
from .records import Report

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WEEKS = 13
"""Weeks in the trend, the unfinished one left out."""
NAMES = (0, 3)
FIGURES = ("retention", "repurchase", "aov", "csat", "nps", "conversion")
WIDTH = 4
"""Columns of a figure: the value, and how it changed."""
LAST = NAMES[1] + WIDTH * len(FIGURES)
UNDEFINED = "–"


def put_tiers(book: Book, sheet: Worksheet, report: Report, series: Series, row: int) -> int:
    """Everybody and each tier by month and by week, and how to read it; gives the first row below."""
    months, weeks = month_lines(report, series), week_lines(report, series)
    row = _put_months(book, sheet, report, row, "table_title", months, first_bold=True)
    row = _put_weeks(book, sheet, report, row, "week_title", weeks, first_bold=True)
    if not any(line.before for line in (*months, *weeks)):
        return row
    for words in (text("kpis.note", book.language), grouped_by(report)):
        span(sheet, row, 0, LAST, words, book.formats.hint())
        row += 1
    return row


def put_classes(book: Book, sheet: Worksheet, report: Report, series: Series, row: int) -> int:
    """Each RFM class by month and by week; gives the first row below."""
    row = _put_months(book, sheet, report, row, "class_title", class_lines(report, series))
    return _put_weeks(book, sheet, report, row, "class_week_title", class_week_lines(report, series))


def _put_months(book: Book, sheet: Worksheet, report: Report, row: int, key: str, lines: Sequence[Compared], *,
                first_bold: bool = False) -> int:  # fmt: skip
    if not lines or lines[0].before is None:
        panel(book, sheet, row, 0, LAST, text("kpis.too_young", report.language))
        return row + 1
    names = {"month": month_name(lines[0].now), "before": month_name(lines[0].before)}
    return _put_table(book, sheet, row, text(f"kpis.{key}", report.language, **names), lines, first_bold=first_bold)


def _put_weeks(book: Book, sheet: Worksheet, report: Report, row: int, key: str, lines: Sequence[Compared], *,
               first_bold: bool = False) -> int:  # fmt: skip
    """Nothing where there are no two whole weeks: that there is nothing to compare stands with the months."""
    if not lines or lines[0].before is None:
        return row
    row = gap(sheet, row)
    names = {"week": week_name(lines[0].now, report), "before": week_name(lines[0].before, report)}
    return _put_table(book, sheet, row, text(f"kpis.{key}", report.language, **names), lines, first_bold=first_bold)


def _put_table(
    book: Book, sheet: Worksheet, row: int, title: str, lines: Sequence[Compared], *, first_bold: bool
) -> int:
    """A table over the whole width; gives the first row below."""
    panel(book, sheet, row, 0, LAST, title)
    _put_head(book, sheet, row + 1)
    money = short_money(max((line.now.aov or 0) / 100 for line in lines), book.language)
    for offset, line in enumerate(lines, start=2):
        _put_line(book, sheet, row + offset, line, money, bold=first_bold and offset == 2)
    return row + 2 + len(lines)


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
