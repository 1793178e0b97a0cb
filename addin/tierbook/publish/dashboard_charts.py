"""The native charts of the dashboard. Their figures stand on the same sheet, right of the printed page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..labels import text
from . import theme
from .book import Book
from .money import short_money
from .numbers import by_group, months_of_revenue
from .records import Report
from .sheet_tasks import OPEN
from .tables import put_value

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SHOWN_MONTHS = 18
"""Calendar months in the revenue chart."""


DATA_ROW = 3


@dataclass
class ChartData:
    """Where the figures of charts go: blocks below each other from `first_column` on."""

    first_column: int
    next_row: int = DATA_ROW

    def put(self, book: Book, sheet: Worksheet, titles: Sequence[str], rows: Sequence[Sequence[object]],
            kinds: Sequence[str]) -> tuple[int, int]:  # fmt: skip
        """Write a block; gives its first and last data row."""
        if self.next_row == DATA_ROW:
            sheet.write_string(2, self.first_column, text("publish.chart_data", book.language), book.formats.hint())
            sheet.set_column(self.first_column, self.first_column, 18)
            sheet.set_column(self.first_column + 1, self.first_column + 3, 13)
        head = book.formats.get(font_color=theme.MUTED, font_size=9, bold=True)
        for place, title in enumerate(titles):
            sheet.write_string(self.next_row, self.first_column + place, title, head)
        looks = [book.formats.get(font_color=theme.MUTED, font_size=9, num_format=kind) for kind in kinds]
        for offset, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                look = looks[place]
                put_value(sheet, self.next_row + offset, self.first_column + place, value, look, look)
        first, last = self.next_row + 1, self.next_row + max(len(rows), 1)
        self.next_row = last + 2
        return first, last


def empty_chart(book: Book, kind: dict[str, str]) -> Any:
    """A chart of a kind without frame, title and legend."""
    chart = book.workbook.add_chart(kind)
    chart.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    chart.set_plotarea({"fill": {"none": True}})
    chart.set_legend({"none": True})
    chart.set_title({"none": True})
    return chart


def font(book: Book, *, size: int = 9, colour: str = theme.INK) -> dict[str, object]:
    return {"name": theme.FONT[book.language], "size": size, "color": colour}


def _bare_axis(book: Book, **more: object) -> dict[str, object]:
    return {"num_font": font(book), "line": {"none": True}, "major_tick_mark": "none",
            "major_gridlines": {"visible": False}, **more}  # fmt: skip


def _bars(book: Book, sheet: Worksheet, data: ChartData, block: tuple[int, int], colours: Sequence[str],
          number: str) -> Any:  # fmt: skip
    """Horizontal bars, first row on top, each labelled with its figure."""
    chart = empty_chart(book, {"type": "bar"})
    first, last = block
    column = data.first_column
    chart.add_series({
        "name": [sheet.get_name(), first - 1, column + 1],
        "categories": [sheet.get_name(), first, column, last, column],
        "values": [sheet.get_name(), first, column + 1, last, column + 1],
        "points": [{"fill": {"color": colour}} for colour in colours],
        "fill": {"color": theme.NAVY}, "gap": 45,
        "data_labels": {"value": True, "font": font(book), "num_format": number},
    })  # fmt: skip
    chart.set_y_axis(_bare_axis(book, reverse=True))
    chart.set_x_axis(_bare_axis(book, visible=False, min=0))
    return chart


def tier_counts(book: Book, sheet: Worksheet, report: Report, data: ChartData) -> Any:
    found = {name: customers for name, customers, _ in by_group(report, "tier")}
    rows = [[name, found.get(name, 0)] for name in report.tier_names]
    titles = [text(f"publish.{key}", book.language) for key in ("tier", "customers")]
    block = data.put(book, sheet, titles, rows, ["General", "#,##0"])
    return _bars(book, sheet, data, block, [shade.solid for shade in theme.shades(len(rows))], "#,##0")


def tier_money(book: Book, sheet: Worksheet, report: Report, data: ChartData) -> Any:
    """Share of 12 months' money per tier, as a ring."""
    found = {name: amount for name, _, amount in by_group(report, "tier")}
    rows = [[name, max(found.get(name, 0.0), 0.0)] for name in report.tier_names]
    titles = [text(f"publish.{key}", book.language) for key in ("tier", "amount_12m")]
    first, last = data.put(book, sheet, titles, rows, ["General", "#,##0"])
    chart = empty_chart(book, {"type": "doughnut"})
    chart.add_series({
        "name": [sheet.get_name(), first - 1, data.first_column + 1],
        "categories": [sheet.get_name(), first, data.first_column, last, data.first_column],
        "values": [sheet.get_name(), first, data.first_column + 1, last, data.first_column + 1],
        "points": [{"fill": {"color": shade.solid}, "border": {"color": theme.PAPER}}
                   for shade in theme.shades(len(rows))],
        "data_labels": {"percentage": True, "font": font(book, size=9, colour=theme.PAPER) | {"bold": True}},
    })  # fmt: skip
    chart.set_hole_size(52)
    chart.set_legend({"position": "right", "font": font(book)})
    return chart


def revenue(book: Book, sheet: Worksheet, report: Report, data: ChartData) -> Any:
    rows = months_of_revenue(report, SHOWN_MONTHS)
    titles = [text(f"publish.{key}", book.language) for key in ("month", "amount", "orders")]
    first, last = data.put(book, sheet, titles, rows, ["@", "#,##0", "#,##0"])
    chart = empty_chart(book, {"type": "column"})
    chart.add_series({
        "name": [sheet.get_name(), first - 1, data.first_column + 1],
        "categories": [sheet.get_name(), first, data.first_column, last, data.first_column],
        "values": [sheet.get_name(), first, data.first_column + 1, last, data.first_column + 1],
        "fill": {"color": theme.SKY}, "gap": 40,
        "points": [*[None] * (len(rows) - 1), {"fill": {"color": theme.NAVY}}],
    })  # fmt: skip
    largest = max((row[1] for row in rows), default=0.0)
    money = short_money(largest, book.language)
    lines = {"visible": True, "line": {"color": theme.HAIRLINE, "width": 0.5}}
    chart.set_y_axis({"num_font": font(book, colour=theme.MUTED), "num_format": money, "line": {"none": True},
                      "major_gridlines": lines})  # fmt: skip
    chart.set_x_axis({"num_font": font(book, size=8, colour=theme.MUTED) | {"rotation": -45},
                      "line": {"color": theme.HAIRLINE}, "major_tick_mark": "none"})  # fmt: skip
    return chart


def stages(book: Book, sheet: Worksheet, report: Report, data: ChartData) -> Any:
    rows = [[name, customers] for name, customers, _ in by_group(report, "stage")]
    titles = [text(f"publish.{key}", book.language) for key in ("stage", "customers")]
    block = data.put(book, sheet, titles, rows, ["General", "#,##0"])
    key_of = {rule.name.of(book.language): rule.key for rule in report.model.stages}
    alarming = {"at_risk": theme.RUST, "lost": theme.shades(2)[1].solid}
    colours = [alarming.get(key_of.get(str(row[0]), ""), "#2F9E8F") for row in rows]
    return _bars(book, sheet, data, block, colours, "#,##0")


def segments(book: Book, sheet: Worksheet, report: Report, data: ChartData) -> Any:
    """Customers per RFM class, in the model's order."""
    found = {name: customers for name, customers, _ in by_group(report, "segment")}
    rows = [[name, found.get(name, 0)] for name in (one.name.of(book.language) for one in report.model.rfm.classes)]
    titles = [text(f"publish.{key}", book.language) for key in ("segment", "customers")]
    block = data.put(book, sheet, titles, rows, ["General", "#,##0"])
    colours = [theme.NAVY if one.m else theme.SKY for one in report.model.rfm.classes]
    return _bars(book, sheet, data, block, colours, "#,##0")


def tasks_by_owner(book: Book, sheet: Worksheet, report: Report, data: ChartData) -> Any:
    """Open tasks per owner: overdue ones, and the rest."""
    owners: dict[str, list[int]] = {}
    for task in report.tasks:
        if task.status in OPEN:
            counts = owners.setdefault(task.owner or text("publish.no_owner", book.language), [0, 0])
            counts[0 if task.due < report.stamp.as_of else 1] += 1
    rows = [[owner, *counts] for owner, counts in sorted(owners.items(), key=lambda one: (-sum(one[1]), one[0]))[:8]]
    titles = [text(f"publish.{key}", book.language) for key in ("owner", "overdue", "not_due")]
    first, last = data.put(book, sheet, titles, rows, ["General", "#,##0;;", "#,##0;;"])
    chart = empty_chart(book, {"type": "bar", "subtype": "stacked"})
    for place, colour in ((1, theme.RUST), (2, theme.SKY)):
        chart.add_series({
            "name": [sheet.get_name(), first - 1, data.first_column + place],
            "categories": [sheet.get_name(), first, data.first_column, last, data.first_column],
            "values": [sheet.get_name(), first, data.first_column + place, last, data.first_column + place],
            "fill": {"color": colour}, "gap": 45,
            "data_labels": {"value": True, "font": font(book, colour=theme.PAPER), "num_format": "#,##0;;"},
        })  # fmt: skip
    chart.set_y_axis(_bare_axis(book, reverse=True))
    chart.set_x_axis(_bare_axis(book, visible=False, min=0))
    chart.set_legend({"position": "bottom", "font": font(book)})
    return chart
