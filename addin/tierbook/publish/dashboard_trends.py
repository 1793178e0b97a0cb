"""The charts of the dashboard that tell how key figures went, month by month and week by week."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..labels import text
from . import theme
from .book import Book
from .dashboard_charts import ChartData, empty_chart, font
from .dashboard_kpis import trend_rows, week_rows
from .kpi_series import Series
from .records import Report

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

RATES = (("retention", theme.NAVY), ("repurchase", "#2F9E8F"), ("conversion", theme.RUST))
Chart = Callable[[Book, "Worksheet", Report, ChartData], Any]


def rates_of(series: Series) -> Chart:
    """Lines of retention, repurchase and conversion by whole month; a month without a figure is a gap."""

    def make(book: Book, sheet: Worksheet, _: Report, data: ChartData) -> Any:
        titles = [text("publish.month", book.language),
                  *(text(f"review.figure_{key}", book.language) for key, _ in RATES)]  # fmt: skip
        rows = trend_rows(series)
        first, last = data.put(book, sheet, titles, rows, ["@", *["0.0%"] * len(RATES)])
        chart = empty_chart(book, {"type": "line"})
        for place, colour in enumerate(dict(RATES).values(), start=1):
            chart.add_series({
                "name": [sheet.get_name(), first - 1, data.first_column + place],
                "categories": [sheet.get_name(), first, data.first_column, last, data.first_column],
                "values": [sheet.get_name(), first, data.first_column + place, last, data.first_column + place],
                "line": {"color": colour, "width": 2.25},
                "marker": {"type": "circle", "size": 4, "fill": {"color": colour}, "border": {"color": colour}},
            })  # fmt: skip
        chart.set_y_axis({"num_font": font(book, colour=theme.MUTED), "num_format": "0%", "min": 0, "max": 1,
                          "line": {"none": True}, "major_gridlines": _grid()})  # fmt: skip
        chart.set_x_axis(_months(book))
        chart.set_legend({"position": "bottom", "font": font(book)})
        return chart

    return make


def buyers_by_week(book: Book, sheet: Worksheet, report: Report, data: ChartData) -> Any:
    """Columns of customers with an order by whole week, the last one dark."""
    titles = [text("kpis.week", book.language), text("review.figure_active", book.language)]
    rows = week_rows(report)
    first, last = data.put(book, sheet, titles, rows, ["@", "#,##0"])
    chart = empty_chart(book, {"type": "column"})
    chart.add_series({
        "name": [sheet.get_name(), first - 1, data.first_column + 1],
        "categories": [sheet.get_name(), first, data.first_column, last, data.first_column],
        "values": [sheet.get_name(), first, data.first_column + 1, last, data.first_column + 1],
        "fill": {"color": theme.SKY}, "gap": 40,
        "points": [*[None] * (len(rows) - 1), {"fill": {"color": theme.NAVY}}],
        "data_labels": {"value": True, "font": font(book, size=8), "num_format": "#,##0;;"},
    })  # fmt: skip
    chart.set_y_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    chart.set_x_axis(_months(book))
    return chart


def _months(book: Book) -> dict[str, object]:
    return {"num_font": font(book, size=8, colour=theme.MUTED) | {"rotation": -45},
            "line": {"color": theme.HAIRLINE}, "major_tick_mark": "none"}  # fmt: skip


def _grid() -> dict[str, object]:
    return {"visible": True, "line": {"color": theme.HAIRLINE, "width": 0.5}}
