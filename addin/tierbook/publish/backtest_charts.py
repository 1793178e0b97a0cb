"""The two curves of 回测: revenue caught from the top, leavers caught from the bottom, against chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..backtest.ranking import TENTHS
from ..labels import text
from . import theme
from .book import Book
from .dashboard_charts import ChartData, font

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from ..backtest import Found

CHART_ROWS = 16
COLOURS = {"score": theme.NAVY, "amount": "#D9A441", "recency": "#2F9E8F", "rf": "#9C86BF", "churn_risk": theme.RUST}
CHART_PIXELS, CHART_HEIGHT = 580, 370


def put_charts(book: Book, sheet: Worksheet, found: Found, row: int, columns: int) -> int:
    """Draw what can be told, side by side from a row on; how many charts there are. Their figures stand right of the
    printed page."""
    data = ChartData(columns + 1)
    drawn = 0
    for key, told in (("gain", found.enough_revenue), ("caught", found.enough_churn)):
        if not told:
            continue
        lines = [(one.key, one.gain if key == "gain" else one.caught) for one in found.rankings]
        chart = _curves(book, sheet, data, text(f"backtest.chart_{key}", book.language), lines)
        chart.set_size({"width": CHART_PIXELS, "height": CHART_HEIGHT})
        sheet.insert_chart(row, 0 if not drawn else columns // 2, chart, {"x_offset": 4, "y_offset": 4})
        drawn += 1
    return drawn


def _curves(
    book: Book, sheet: Worksheet, data: ChartData, title: str, lines: Sequence[tuple[str, Sequence[float]]]
) -> Any:
    """A line for each way to rank, and chance; both axes from 0 % to 100 %."""
    names = [text(f"backtest.by_{key}", book.language) for key, _ in lines]
    rows: list[list[object]] = [
        [place / TENTHS, *(curve[place] for _, curve in lines), place / TENTHS] for place in range(TENTHS + 1)
    ]
    titles = [text("backtest.depth", book.language), *names, text("backtest.chance", book.language)]
    first, last = data.put(book, sheet, titles, rows, ["0%", *["0.0%"] * (len(lines) + 1)])
    chart = book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    column = data.first_column
    for place in range(1, len(titles)):
        key = lines[place - 1][0] if place <= len(lines) else ""
        line: dict[str, object] = {"color": COLOURS.get(key, theme.MUTED), "width": 2.75 if key == "score" else 1.25}
        if not key:
            line["dash_type"] = "dash"
        chart.add_series({
            "name": [sheet.get_name(), first - 1, column + place],
            "categories": [sheet.get_name(), first, column, last, column],
            "values": [sheet.get_name(), first, column + place, last, column + place],
            "line": line, "marker": {"type": "none"},
        })  # fmt: skip
    axis = {"min": 0, "max": 1, "major_unit": 0.2, "num_format": "0%", "num_font": font(book, colour=theme.MUTED),
            "line": {"color": theme.HAIRLINE}, "major_tick_mark": "none",
            "major_gridlines": {"visible": True, "line": {"color": theme.HAIRLINE, "width": 0.5}}}  # fmt: skip
    chart.set_x_axis({**axis, "name": titles[0], "name_font": font(book, colour=theme.MUTED) | {"bold": False}})
    chart.set_y_axis(axis)
    chart.set_title({"name": title, "name_font": font(book, size=11, colour=theme.NAVY) | {"bold": True}})
    chart.set_legend({"position": "bottom", "font": font(book)})
    chart.set_chartarea({"border": {"color": theme.HAIRLINE}, "fill": {"color": theme.PAPER}})
    return chart
