"""看板: key figures, charts, the value matrix and two lists on one printable page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import text
from . import dashboard_charts as charts
from . import theme
from .book import Book
from .dashboard_charts import ChartData
from .dashboard_matrix import put_matrix
from .dashboard_tiles import Tile, tiles
from .grid import panel, span
from .money import short_money
from .numbers import churn_watch, tier_overview, top_customers
from .records import Report
from .tables import put_heading
from .titled import stamped_title

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

COLUMNS = 28
"""Equal narrow columns of the page; tiles are four wide."""
COLUMN_PIXELS = 37
ROW_PIXELS = 24
TILE = 4
TILE_ROW = 3
CHART_ROW = 7
MATRIX_ROW = 21
OVERVIEW_ROW = 36
LIST_ROW = 47
LISTED = 10
CHART_HEIGHT = 12


def add_dashboard_sheet(book: Book, report: Report) -> None:
    sheet = book.sheet(book.title_of("dashboard"), "ours")
    sheet.set_column_pixels(0, COLUMNS - 1, COLUMN_PIXELS)
    words = text("publish.dashboard_hint", book.language, model=report.model.name.of(book.language),
                 version=report.stamp.model_version)  # fmt: skip
    put_heading(book, sheet, stamped_title("dashboard", report), words)
    for row in (2, 6, CHART_ROW + CHART_HEIGHT + 1, OVERVIEW_ROW - 1, LIST_ROW - 1):
        sheet.set_row(row, 8)
    put_tiles(book, sheet, tiles(report))
    data = ChartData(first_column=COLUMNS + 2)
    for name, make, row, first, last, high in (
        ("chart_tiers", charts.tier_counts, CHART_ROW, 0, 7, CHART_HEIGHT),
        ("chart_money", charts.tier_money, CHART_ROW, 8, 15, CHART_HEIGHT),
        ("chart_months", charts.revenue, CHART_ROW, 16, 27, CHART_HEIGHT),
        ("chart_stages", charts.stages, MATRIX_ROW, 13, 19, CHART_HEIGHT),
        ("chart_tasks", charts.tasks_by_owner, MATRIX_ROW, 20, 27, CHART_HEIGHT),
        ("chart_segments", charts.segments, OVERVIEW_ROW, 18, 27, LIST_ROW - OVERVIEW_ROW - 2),
    ):
        title = text(f"publish.{name}", book.language)
        panel(book, sheet, row, first, last if last == COLUMNS - 1 else last - 1, title)
        chart = make(book, sheet, report, data)
        chart.set_size({"width": (last - first + 1) * COLUMN_PIXELS - 10, "height": high * ROW_PIXELS - 4})
        sheet.insert_chart(row + 1, first, chart, {"x_offset": 2, "y_offset": 3, "object_position": 2,
                                                   "description": title})  # fmt: skip
    put_matrix(book, sheet, report, MATRIX_ROW)
    put_overview(book, sheet, report)
    put_top(book, sheet, report)
    put_watch(book, sheet, report)
    sheet.set_portrait()
    sheet.print_area(0, 0, LIST_ROW + LISTED + 2, COLUMNS - 1)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()


def put_tiles(book: Book, sheet: Worksheet, shown: Sequence[Tile]) -> None:
    """Key figures in a row: name, figure, comparison."""
    sheet.set_row(TILE_ROW, 20)
    sheet.set_row(TILE_ROW + 1, 32)
    sheet.set_row(TILE_ROW + 2, 20)
    base: dict[str, object] = {"bg_color": theme.WASH, "left": 5, "left_color": theme.NAVY, "right": 5,
                               "right_color": theme.PAPER, "indent": 1, "align": "left"}  # fmt: skip
    for place, tile in enumerate(shown):
        first, last = place * TILE, place * TILE + TILE - 1
        span(sheet, TILE_ROW, first, last, tile.title, book.formats.get(**base, font_color=theme.MUTED, font_size=9))
        look = book.formats.get(**base, num_format=tile.number, bold=True, font_size=17, font_color=theme.NAVY)
        span(sheet, TILE_ROW + 1, first, last, tile.value, look)
        colour = {1: theme.GOOD, -1: theme.BAD}.get(tile.mood, theme.MUTED)
        span(
            sheet, TILE_ROW + 2, first, last, tile.comparison, book.formats.get(**base, font_color=colour, font_size=9)
        )


def put_overview(book: Book, sheet: Worksheet, report: Report) -> None:
    """One line per tier: customers, money, and how they buy."""
    language = book.language
    rows = tier_overview(report)
    money = short_money(max((row[3] for row in rows), default=0), language)
    order = short_money(max((row[5] or 0 for row in rows), default=0), language)
    spans = [(0, 2), (3, 4), (5, 6), (7, 9), (10, 11), (12, 14), (15, 16)]
    titles = [text(f"publish.{key}", language) for key in ("tier", "customers", "share", "amount_short", "money_share",
                                                           "mean_order", "mean_score")]  # fmt: skip
    panel(book, sheet, OVERVIEW_ROW, 0, 16, text("publish.overview_title", language))
    kinds = ["text", "#,##0", "0.0%", money, "0.0%", order, "0.0"]
    put_list(book, sheet, OVERVIEW_ROW + 1, spans, titles, kinds, rows, text("publish.nobody", language))


def put_top(book: Book, sheet: Worksheet, report: Report) -> None:
    """The customers who brought most in 12 months, with their share."""
    language = book.language
    rows = top_customers(report, LISTED)
    total = float(report.engine.value("SELECT COALESCE(SUM(amount_12m), 0) AS amount FROM results") or 0)
    money = short_money(max((row[4] for row in rows), default=0), language)
    told = [[row[1] or row[0], row[2], row[3], row[4], row[4] / total if total else None] for row in rows]
    spans = [(0, 4), (5, 6), (7, 8), (9, 11), (12, 13)]
    titles = [text(f"publish.{key}", language) for key in ("customer", "tier", "score", "amount_short", "share")]
    kinds = ["text", "choice", "0.0", money, "0.0%"]
    panel(book, sheet, LIST_ROW, 0, 13, text("publish.top_title", language, count=LISTED))
    put_list(book, sheet, LIST_ROW + 1, spans, titles, kinds, told, text("publish.nobody", language))


def put_watch(book: Book, sheet: Worksheet, report: Report) -> None:
    """Customers overdue against their own rhythm, most money at stake first."""
    language = book.language
    rows = churn_watch(report, LISTED)
    money = short_money(max((row[6] for row in rows), default=0), language)
    told = [[row[1] or row[0], row[2], row[3], row[5], row[6]] for row in rows]
    spans = [(15, 19), (20, 21), (22, 23), (24, 25), (26, 27)]
    titles = [text(f"publish.{key}", language) for key in ("customer", "owner", "days_since", "times_overdue",
                                                           "amount_short")]  # fmt: skip
    kinds = ["text", "text", "#,##0", '0.0"×"', money]
    panel(book, sheet, LIST_ROW, 15, 27, text("publish.watch_title", language))
    put_list(book, sheet, LIST_ROW + 1, spans, titles, kinds, told, text("publish.nobody_late", language))


def put_list(book: Book, sheet: Worksheet, row: int, spans: Sequence[tuple[int, int]], titles: Sequence[str],
             kinds: Sequence[str], rows: Sequence[Sequence[object]], nobody: str) -> None:  # fmt: skip
    """A small table on the page's grid; `kinds` are text, choice or number formats."""
    for (first, last), title, kind in zip(spans, titles, kinds, strict=True):
        align = "left" if kind == "text" else "center" if kind == "choice" else "right"
        head = book.formats.get(font_color=theme.MUTED, font_size=9, bottom=1, bottom_color=theme.HAIRLINE, align=align)
        span(sheet, row, first, last, title, head)
    if not rows:
        span(sheet, row + 1, spans[0][0], spans[-1][1], nobody, book.formats.hint())
    for offset, values in enumerate(rows, start=1):
        for (first, last), kind, value in zip(spans, kinds, values, strict=True):
            look: dict[str, object] = {"bottom": 1, "bottom_color": theme.HAIRLINE, "font_size": 9}
            look |= {"align": "left"} if kind == "text" else {"align": "center"} if kind == "choice" else {
                "align": "right", "num_format": kind}  # fmt: skip
            plain = book.formats.get(**look)
            span(sheet, row + offset, first, last, value, plain, book.formats.get(**look, quote_prefix=True))
