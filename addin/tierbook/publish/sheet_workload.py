"""人员负荷: everybody's desk now and after the proposal, what the proposal brings, and from whom to whom.

Written together with 分配建议; a refresh leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..labels import text
from . import theme
from .blocks import Blocks
from .book import Book
from .columns import Column, Kind
from .dashboard_charts import ChartData, font
from .records import Report
from .tables import HEADER_ROW
from .titled import titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from ..followup.workload import Workload

FIRST_WIDTHS = (16.0, 13.0)
WIDTH, TABLE_COLUMNS = 10.5, 14
CHARTED = 24
"""People up to whom a chart can be read."""
CHART_WIDTH, ROW_PIXELS = 1000, 24


@dataclass(frozen=True)
class Pair:
    """Customers who go from one person to another; "" is nobody."""

    owner: str
    to: str
    customers: int
    revenue: float


@dataclass(frozen=True)
class WorkloadShown:
    """What stands on the sheet. `now` and `then` are the same people in the same order; `lines` what it brings."""

    now: Sequence[Workload]
    then: Sequence[Workload]
    lines: Sequence[str]
    pairs: Sequence[Pair] = ()
    comes: Mapping[str, int] = field(default_factory=dict)
    goes: Mapping[str, int] = field(default_factory=dict)


def add_workload_sheet(book: Book, report: Report, *, shown: WorkloadShown) -> None:
    title = f"{text('allocation.workload_title', book.language)} · {report.stamp.as_of.isoformat()}"
    sheet = titled_sheet(book, "workload", text("allocation.workload_hint", book.language), title=title)
    page = _Page(book, sheet, report, shown)
    page.effect()
    page.people()
    page.chart()
    page.pairs()
    page.blocks.finish()


class _Page:
    """The sheet from the top down."""

    def __init__(self, book: Book, sheet: Worksheet, report: Report, shown: WorkloadShown) -> None:
        self.book, self.sheet, self.report, self.shown = book, sheet, report, shown
        self.columns_count = TABLE_COLUMNS + len(report.tier_names)
        widths = (*FIRST_WIDTHS, *[WIDTH] * (self.columns_count - len(FIRST_WIDTHS)))
        self.blocks = Blocks(book, sheet, widths, HEADER_ROW)

    def say(self, key: str, **values: object) -> str:
        return text(f"allocation.{key}", self.book.language, **values)

    def column(self, key: str, kind: Kind = "text", *, title: str = "", bold: bool = False, number: str = "") -> Column:
        return Column(title or key, title or self.say(key), kind, bold=bold, number=number)

    def effect(self) -> None:
        if self.shown.lines:
            self.blocks.heading(self.say("effect_heading"))
            for line in self.shown.lines:
                self.blocks.line("• " + line)

    def people(self) -> None:
        self.blocks.heading(self.say("people_heading"))
        tiers = self.report.tier_names
        columns = [
            self.column("person", bold=True), self.column("seniority"), self.column("capacity", "count"),
            self.column("customers_now", "count"), self.column("customers_then", "count", bold=True),
            self.column("comes", "count"), self.column("goes", "count"),
            self.column("use_now", "percent", number="0%"), self.column("use_then", "percent", bold=True, number="0%"),
            *(self.column("tier", "count", title=self.say("tier_then", tier=tier)) for tier in tiers),
            self.column("revenue", "whole_money"), self.column("revenue_then", "whole_money"),
            self.column("open", "count"), self.column("overdue", "count"), self.column("a_day", "count"),
        ]  # fmt: skip
        rows = [self._person(now, then) for now, then in zip(self.shown.now, self.shown.then, strict=True)]
        first, last = self.blocks.table("Workload", columns, rows)
        for place in (7, 8):
            self._bars(first, place, last)
        overdue = len(columns) - 2
        self.sheet.conditional_format(
            first, overdue, last, overdue,
            {"type": "cell", "criteria": ">", "value": 0,
             "format": self.book.formats.rule(font_color=theme.BAD, bold=True)},
        )  # fmt: skip

    def _person(self, now: Workload, then: Workload) -> list[object]:
        one = now.person
        name = self.name(one.name, known=now.known)
        return [
            name, one.seniority, one.capacity, now.customers, then.customers, self.shown.comes.get(one.name, 0) or None,
            self.shown.goes.get(one.name, 0) or None, now.use, then.use, *then.tiers, now.revenue, then.revenue,
            now.open, now.overdue, one.tasks_per_day,
        ]  # fmt: skip

    def name(self, name: str, *, known: bool = True) -> str:
        return (name + ("" if known else f" {self.say('not_in_people')}")) if name else self.say("nobody")

    def _bars(self, first: int, place: int, last: int) -> None:
        """A bar for the use of a capacity, and red letters above it."""
        self.sheet.conditional_format(
            first, place, last, place,
            {"type": "cell", "criteria": ">", "value": 1,
             "format": self.book.formats.rule(font_color=theme.BAD, bold=True)},
        )  # fmt: skip
        self.sheet.conditional_format(
            first, place, last, place,
            {"type": "data_bar", "bar_solid": True, "bar_color": "#BFD2E6", "min_type": "num", "max_type": "num",
             "min_value": 0, "max_value": 1, "bar_border_color": "#BFD2E6", "data_bar_2010": True},
        )  # fmt: skip

    def chart(self) -> None:
        """Customers now and then side by side, the capacity as a mark; none for a crowd."""
        people = [(now, then) for now, then in zip(self.shown.now, self.shown.then, strict=True) if now.person.name]
        if not people or len(people) > CHARTED:
            return
        titles = [self.say(key) for key in ("person", "customers_now", "customers_then", "capacity")]
        rows: list[list[object]] = [
            [self.name(now.person.name, known=now.known), now.customers, then.customers, now.person.capacity]
            for now, then in people
        ]
        data = ChartData(self.columns_count + 1)
        first, last = data.put(self.book, self.sheet, titles, rows, ["@", "0", "0", "0"])
        chart = self.book.workbook.add_chart({"type": "column"})
        column, name = data.first_column, self.sheet.get_name()
        for place, colour in ((1, theme.SKY), (2, theme.NAVY), (3, "#D9A441")):
            chart.add_series({
                "name": [name, first - 1, column + place], "categories": [name, first, column, last, column],
                "values": [name, first, column + place, last, column + place],
                "fill": {"color": colour}, "gap": 80, "overlap": -5,
            })  # fmt: skip
        small = font(self.book, colour=theme.MUTED)
        chart.set_x_axis({"num_font": small, "line": {"color": theme.HAIRLINE}, "major_tick_mark": "none"})
        grid = {"visible": True, "line": {"color": theme.HAIRLINE, "width": 0.5}}
        chart.set_y_axis(
            {"num_font": small, "line": {"none": True}, "num_format": "#,##0", "min": 0, "major_gridlines": grid}
        )
        chart.set_title({"name": self.say("chart"),
                         "name_font": font(self.book, size=11, colour=theme.NAVY) | {"bold": True}})  # fmt: skip
        chart.set_legend({"position": "bottom", "font": font(self.book)})
        chart.set_chartarea({"border": {"color": theme.HAIRLINE}, "fill": {"color": theme.PAPER}})
        rows_high = 13
        chart.set_size({"width": CHART_WIDTH, "height": rows_high * ROW_PIXELS - 8})
        self.sheet.insert_chart(self.blocks.row, 0, chart, {"x_offset": 4, "y_offset": 4})
        self.blocks.row += rows_high + 1

    def pairs(self) -> None:
        if not self.shown.pairs:
            return
        self.blocks.heading(self.say("pairs_heading"))
        columns = [
            self.column("from", bold=True), self.column("to", bold=True), self.column("customers_now", "count"),
            self.column("revenue", "whole_money"),
        ]  # fmt: skip
        rows: list[list[object]] = [
            [self.name(one.owner), one.to, one.customers, one.revenue] for one in self.shown.pairs
        ]
        self.blocks.table("WorkloadPairs", columns, rows)
