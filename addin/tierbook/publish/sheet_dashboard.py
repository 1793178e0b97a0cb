"""看板: two printable pages. The first is for a Monday meeting: key figures, trends, moves, tasks, who may be leaving.
The second tells where customers and money stand: tiers, value matrix, stages, classes, who brought most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..labels import text
from . import dashboard_charts as charts
from . import dashboard_trends as trends
from . import theme
from .book import Book
from .dashboard_charts import ChartData
from .dashboard_kpis import put_classes, put_tiers
from .dashboard_lists import LISTED, put_overview, put_top, put_watch
from .dashboard_matrix import put_matrix
from .dashboard_moves import put_moves
from .dashboard_people import put_people
from .dashboard_tiles import Tile, tiles
from .grid import gap, panel, span
from .kpi_series import Series, series_of
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
KPI_ROW = 7
CHART_HEIGHT = 12
MATRIX_HEIGHT = 13
SCALE = 56
"""Percent at which the page's width fits a portrait sheet of A4."""

Chart = Callable[[Book, "Worksheet", Report, ChartData], Any]
Placed = tuple[str, Chart, int, int]
"""A chart: the label of its title, what makes it, its first and last column."""


def add_dashboard_sheet(book: Book, report: Report) -> None:
    sheet = book.sheet(book.title_of("dashboard"), "ours")
    sheet.set_column_pixels(0, COLUMNS - 1, COLUMN_PIXELS)
    words = text("publish.dashboard_hint", book.language, model=report.model.name.of(book.language),
                 version=report.stamp.model_version)  # fmt: skip
    put_heading(book, sheet, stamped_title("dashboard", report), words)
    gap(sheet, TILE_ROW - 1)
    put_tiles(book, sheet, tiles(report))
    gap(sheet, KPI_ROW - 1)
    series, data = series_of(report), ChartData(first_column=COLUMNS + 2)
    second = put_monday(book, sheet, report, series, data)
    last = put_standing(book, sheet, report, series, data, second)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.print_area(0, 0, last, COLUMNS - 1)
    sheet.set_print_scale(SCALE)
    sheet.set_h_pagebreaks([second])
    sheet.center_horizontally()


def put_monday(book: Book, sheet: Worksheet, report: Report, series: Series, data: ChartData) -> int:
    """What moved, what is to do: the rest of the first page. Gives the first row of the next."""
    row = gap(sheet, put_tiers(book, sheet, report, series, KPI_ROW))
    row = put_charts(book, sheet, report, data, row, (
        ("publish.chart_months", charts.revenue, 0, 9),
        ("kpis.trend_title", trends.rates_of(series), 10, 19),
        ("kpis.weeks_title", trends.buyers_by_week, 20, 27),
    ))  # fmt: skip
    row = gap(sheet, put_moves(book, sheet, report, row))
    put_people(book, sheet, report, row)
    put_watch(book, sheet, report, row)
    return gap(sheet, row + 2 + LISTED)


def put_standing(book: Book, sheet: Worksheet, report: Report, series: Series, data: ChartData, row: int) -> int:
    """Where everybody stands: the second page, from `row` on. Gives its last row."""
    row = put_charts(book, sheet, report, data, row, (
        ("publish.chart_tiers", charts.tier_counts, 0, 7),
        ("publish.chart_money", charts.tier_money, 8, 15),
        ("publish.chart_tasks", charts.tasks_by_owner, 16, 27),
    ))  # fmt: skip
    put_matrix(book, sheet, report, row)
    beside = (("publish.chart_stages", charts.stages, 13, 19), ("publish.chart_segments", charts.segments, 20, 27))
    put_charts(book, sheet, report, data, row, beside)
    row = gap(sheet, row + 1 + MATRIX_HEIGHT)
    row = gap(sheet, put_classes(book, sheet, report, series, row))
    put_top(book, sheet, report, row)
    put_overview(book, sheet, report, row)
    return row + 2 + LISTED


def put_charts(
    book: Book, sheet: Worksheet, report: Report, data: ChartData, row: int, placed: Sequence[Placed]
) -> int:
    """Charts side by side under their headings; gives the first row below the gap that follows."""
    for key, make, first, last in placed:
        title = text(key, book.language)
        panel(book, sheet, row, first, last if last == COLUMNS - 1 else last - 1, title)
        chart = make(book, sheet, report, data)
        chart.set_size({"width": (last - first + 1) * COLUMN_PIXELS - 10, "height": CHART_HEIGHT * ROW_PIXELS - 4})
        sheet.insert_chart(row + 1, first, chart, {"x_offset": 2, "y_offset": 3, "object_position": 2,
                                                   "description": title})  # fmt: skip
    return gap(sheet, row + 1 + CHART_HEIGHT)


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
