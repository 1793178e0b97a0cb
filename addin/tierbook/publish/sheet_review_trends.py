"""复盘-趋势: the key figures month by month, of all customers and of each tier, with lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..labels import text
from . import theme
from .blocks import Blocks
from .book import Book
from .columns import Column
from .records import Report
from .review.records import Review
from .review.targets import group_name
from .review.words import figure_name, month_name
from .tables import HEADER_ROW
from .titled import titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from ..scoring.kpis import Kpi

WIDTHS = (16.0, 12.0, *(11.5,) * 9)
FIGURES = ("active", "orders", "revenue", "retention", "repurchase", "aov", "csat", "nps", "conversion")
LINES = ("retention", "repurchase", "aov", "csat", "active", "revenue")
"""Figures drawn, two side by side."""
NUMBERS = {"active": "#,##0", "orders": "#,##0", "revenue": "#,##0", "aov": "#,##0", "csat": "0.00", "nps": "0"}
CHART_ROWS = 12
CHART_PIXELS = (455, 12 * 24 - 12)
CENTS = 100
PRINT_SCALE = 66
"""Percent at which the page is as wide as A4. Not "fit to width": Excel would then drop the page break."""


def add_trends_sheet(book: Book, report: Report, *, review: Review) -> None:
    language = book.language
    state = text("review.state_whole" if review.months[-1].whole else "review.state_part", language)
    hint = text("review.trends_hint", language, months=len(review.months), state=state)
    title = f"{text('review.trends_title', language)} · {review.quarter.as_of.isoformat()}"
    sheet = titled_sheet(book, "review_trends", hint, title=title)
    top = HEADER_ROW + -(-len(LINES) // 2) * (CHART_ROWS + 1)
    blocks = Blocks(book, sheet, WIDTHS, top + 1)
    blocks.heading(text("review.trend_table", language))
    blocks.table("ReviewMonths", _columns(report, tiers=False), [_row(report, one) for one in review.months])
    second = blocks.row
    blocks.heading(text("review.trend_tier_table", language))
    told = _by_tier(review.months_by_tier)
    rows = [[group_name(report, "tier", tier), *_row(report, one)] for tier, series in told.items() for one in series]
    first, _ = blocks.table("ReviewTierMonths", _columns(report, tiers=True), rows)
    _charts(book, sheet, report, told, first)
    sheet.freeze_panes(HEADER_ROW, 0)
    blocks.finish()
    sheet.set_portrait()
    sheet.set_print_scale(PRINT_SCALE)
    sheet.set_h_pagebreaks([second])


def _columns(report: Report, *, tiers: bool) -> list[Column]:
    language = report.language
    lead = [Column("tier", text("review.tier", language), "text", bold=True)] if tiers else []
    month = Column("month", text("review.month", language), "text", bold=not tiers)
    figures = [Column(figure, figure_name(report, figure), "percent", number=NUMBERS.get(figure, "0.0%"))
               for figure in FIGURES]  # fmt: skip
    return [*lead, month, *figures]


def _row(report: Report, one: Kpi) -> list[object]:
    values = [getattr(one, figure) for figure in FIGURES]
    money = {"revenue", "aov"}
    return [month_name(one.start, one.whole, report),
            *(value / CENTS if figure in money and value is not None else value
              for figure, value in zip(FIGURES, values, strict=True))]  # fmt: skip


def _by_tier(series: Sequence[Kpi]) -> dict[str, list[Kpi]]:
    """Tier -> its months, the oldest first; tiers in their order."""
    found: dict[str, list[Kpi]] = {}
    for one in series:
        found.setdefault(one.group, []).append(one)
    return found


def _charts(book: Book, sheet: Worksheet, report: Report, told: dict[str, list[Kpi]], first: int) -> None:
    """A line per tier in each chart, over the months that are over."""
    shades = theme.shades(len(told))
    for place, figure in enumerate(LINES):
        chart = book.workbook.add_chart({"type": "line"})
        row = first
        for shade, (tier, series) in zip(shades, told.items(), strict=True):
            over = sum(one.whole for one in series)
            if over:
                column = 2 + FIGURES.index(figure)
                chart.add_series({
                    "name": group_name(report, "tier", tier),
                    "categories": [sheet.get_name(), row, 1, row + over - 1, 1],
                    "values": [sheet.get_name(), row, column, row + over - 1, column],
                    "line": {"color": shade.solid, "width": 2.0}, "marker": {"type": "none"},
                })  # fmt: skip
            row += len(series)
        _dress(book, chart, figure_name(report, figure), NUMBERS.get(figure, "0%"))
        x, y = place % 2, place // 2
        sheet.insert_chart(HEADER_ROW + y * (CHART_ROWS + 1), 0, chart, {
            "x_offset": 4 + x * (CHART_PIXELS[0] + 10), "y_offset": 2, "object_position": 2,
            "description": figure_name(report, figure)})  # fmt: skip


def _dress(book: Book, chart: Any, title: str, number: str) -> None:
    font = {"name": theme.FONT[book.language], "size": 9, "color": theme.MUTED}
    chart.set_title({"name": title, "name_font": font | {"size": 11, "bold": True, "color": theme.NAVY},
                     "overlay": False})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"color": theme.HAIRLINE}})
    lines = {"visible": True, "line": {"color": theme.HAIRLINE, "width": 0.5}}
    most = {"max": 1} if number.endswith("%") else {}
    chart.set_y_axis({"num_font": font, "num_format": number, "line": {"none": True}, "major_gridlines": lines,
                      "min": 0, **most})  # fmt: skip
    chart.set_x_axis({"num_font": font | {"size": 8, "rotation": -45}, "line": {"color": theme.HAIRLINE},
                      "label_position": "low"})  # fmt: skip
    chart.show_blanks_as("gap")
    chart.set_size({"width": CHART_PIXELS[0], "height": CHART_PIXELS[1]})
