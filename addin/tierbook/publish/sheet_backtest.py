"""回测: what the tiers of a past day told of what came after, and weights that might tell it better.

Written only when somebody asks for a backtest; a refresh leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from ..backtest.words import (
    evidence_lines,
    head_line,
    people_lines,
    percent,
    plain,
    set_options,
    signed,
    span_of,
    verdict_words,
)
from ..errors import TierbookError
from ..labels import text
from . import theme
from .backtest_charts import CHART_ROWS, put_charts
from .blocks import Blocks
from .book import Book
from .columns import Column, Kind
from .preview_shown import PreviewShown
from .records import Report
from .tables import HEADER_ROW
from .titled import titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from ..backtest import Found, Suggestion

WIDTHS = (20.0, 11.0, 15.0, 11.0, 16.0, 12.0, 15.0, 16.0, 12.0, 16.0, 12.0, 15.0, 12.0)
MOVES_SHOWN = 30
PRINT_SCALE = 57
"""Percent at which the page is as wide as A4 laid across. Not "fit to width": Excel would then drop the page breaks."""
CENTS = 100
POINTS = 1_000_000
COUNT = "#,##0"
SHADES = {"better": theme.GOOD, "worse": theme.BAD}


class BacktestShown(Protocol):
    """What a backtest found; as `jobs.backtest.BacktestReport`."""

    @property
    def found(self) -> Found | None: ...
    @property
    def suggestion(self) -> Suggestion | None: ...
    @property
    def preview(self) -> PreviewShown | None: ...
    @property
    def facts_notes(self) -> Sequence[tuple[str, Mapping[str, object]]]: ...


def add_backtest_sheet(book: Book, report: Report, *, tested: BacktestShown) -> None:
    found = tested.found
    assert found is not None
    title = f"{text('backtest.title', book.language)} · {found.asked.at.isoformat()} → {found.asked.end.isoformat()}"
    sheet = titled_sheet(book, "backtest", head_line(found, book.language), title=title)
    page = _Page(book, sheet, report, found)
    page.people(tested)
    page.tiers()
    page.charts()
    page.rankings()
    page.deciles()
    page.weights(tested.suggestion)
    if tested.preview is not None:
        page.moves(tested.preview)
    page.reading()
    page.blocks.finish()
    sheet.set_print_scale(PRINT_SCALE)
    sheet.set_h_pagebreaks(page.breaks)


class _Page:
    """The sheet from the top down."""

    def __init__(self, book: Book, sheet: Worksheet, report: Report, found: Found) -> None:
        self.book, self.sheet, self.report, self.found = book, sheet, report, found
        self.blocks = Blocks(book, sheet, WIDTHS, HEADER_ROW)
        self.breaks: list[int] = []
        self.sure = text(
            "backtest.interval", book.language, confidence=f"{found.settings.confidence:.0%}"
        )  # fmt: skip

    def say(self, key: str, **values: object) -> str:
        return text(f"backtest.{key}", self.book.language, **values)

    def column(self, key: str, kind: Kind = "text", *, title: str = "", bold: bool = False, number: str = "") -> Column:
        return Column(f"{title or key}", title or self.say(key), kind, bold=bold, number=number)

    def people(self, tested: BacktestShown) -> None:
        for line in people_lines(self.found, self.book.language):
            self.blocks.line(line)
        for key, values in tested.facts_notes:
            self.blocks.line("• " + TierbookError(key, **values).words(self.book.language))

    def tiers(self) -> None:
        self.blocks.heading(self.say("tiers_heading"))
        columns = [
            self.column("tier", bold=True), self.column("customers", "count"), self.column("share", "percent"),
            self.column("ordered", "count"), self.column("revenue", "whole_money"),
            self.column("revenue_share", "percent", bold=True), self.column("span", "choice", title=self.sure),
            self.column("lift", "ratio"), self.column("active", "count"), self.column("left", "count"),
            self.column("left_rate", "percent", bold=True), self.column("span", "choice", title=f"{self.sure} "),
            self.column("left_share", "percent"),
        ]  # fmt: skip
        names = list(reversed(self.report.tier_names))
        rows: list[list[object]] = [
            [
                names[one.place], one.customers, one.share, one.buyers, one.revenue / CENTS,
                one.revenue_share.value if one.revenue_share else None, span_of(one.revenue_share, percent), one.lift,
                one.active, one.left, one.left_rate.value if one.left_rate else None, span_of(one.left_rate, percent),
                one.left_share,
            ]
            for one in self.found.tiers
        ]  # fmt: skip
        first, last = self.blocks.table("BacktestTiers", columns, rows)
        for name, shade in zip(self.report.tier_names, theme.shades(len(rows)), strict=True):
            self.colour(first, 0, last, name, shade.ink, shade.paper)
        for place, colour in ((5, "#BFD2E6"), (10, "#F0C9C0")):
            self.sheet.conditional_format(
                first, place, last, place,
                {"type": "data_bar", "bar_solid": True, "bar_color": colour, "min_type": "num", "max_type": "num",
                 "min_value": 0, "max_value": 1, "bar_border_color": colour, "data_bar_2010": True},
            )  # fmt: skip

    def colour(self, first: int, place: int, last: int, words: str, ink: str, paper: str | None = None) -> None:
        look = {"font_color": ink, "bold": True} | ({"bg_color": paper} if paper else {})
        self.sheet.conditional_format(
            first, place, last, place,
            {"type": "cell", "criteria": "==", "value": '"' + words.replace('"', '""') + '"',
             "format": self.book.formats.rule(**look)},
        )  # fmt: skip

    def charts(self) -> None:
        if put_charts(self.book, self.sheet, self.found, self.blocks.row, len(WIDTHS)):
            self.blocks.row += CHART_ROWS + 1

    def rankings(self) -> None:
        """Revenue left, leaving right; the score's lead over each rival with its interval and what it says."""
        self.blocks.heading(self.say("rankings_heading"))
        titles = ("gini", "auc")
        columns = [self.column("ranking", bold=True)]
        for place, key in enumerate(titles):
            blank = " " * place
            columns += [
                self.column(key, "number", number="0.000", bold=True),
                self.column("span", "choice", title=f"{self.sure}{blank}"),
                self.column("behind", "number", number="+0.000;-0.000;0.000", title=f"{self.say('behind')}{blank}"),
                self.column("span", "choice", title=f"{self.say('behind')} {self.sure}{blank}"),
                self.column("verdict", "choice", title=f"{self.say('verdict')}{blank}"),
            ]
        rows: list[list[object]] = []
        for one in self.found.rankings:
            row: list[object] = [self.say(f"by_{one.key}")]
            for value, behind in ((one.gini, one.gini_behind), (one.auc, one.auc_behind)):
                row += [
                    value.value if value else None, span_of(value, plain), behind.value if behind else None,
                    span_of(behind, signed) if behind else "", verdict_words(one, behind, self.book.language),
                ]  # fmt: skip
            rows.append(row)
        first, last = self.blocks.table("BacktestRankings", columns, rows)
        for place in (5, 10):
            for key, ink in SHADES.items():
                self.colour(first, place, last, self.say(key), ink)

    def deciles(self) -> None:
        self.breaks.append(self.blocks.row)
        self.blocks.heading(self.say("deciles_heading"))
        columns = [
            self.column("decile", "flag", bold=True), self.column("customers", "count"),
            self.column("scores", "choice"), self.column("lift", "ratio"), self.column("revenue", "whole_money"),
            self.column("revenue_share", "percent"), self.column("gained", "percent"), self.column("active", "count"),
            self.column("left", "count"), self.column("left_rate", "percent"),
            self.column("span", "choice", title=self.sure), self.column("caught", "percent"),
        ]  # fmt: skip
        rows: list[list[object]] = [
            [
                one.number, one.customers,
                "" if one.low is None or one.high is None else f"{one.low / POINTS:.1f} ~ {one.high / POINTS:.1f}",
                one.lift, one.revenue / CENTS, one.revenue_share, one.gained, one.active, one.left,
                one.left_rate.value if one.left_rate else None,
                span_of(one.left_rate, lambda share: f"{share:.0%}"), one.caught,
            ]
            for one in self.found.deciles
        ]  # fmt: skip
        self.blocks.table("BacktestDeciles", columns, rows)

    def weights(self, suggestion: Suggestion | None) -> None:
        """The suggestion in the order of the 模型 sheet, so that its column can be copied there."""
        language = self.book.language
        self.blocks.heading(self.say("weights_heading"))
        for line in evidence_lines(self.found, suggestion, language):
            self.blocks.line(line)
        if suggestion is None or not suggestion.settings:
            self.blocks.row += 1
            return
        self.blocks.line(self.say("copy_sheet", sheet=text("sheets.model_scorecard", language)))
        self.blocks.line(self.say("copy_line") + " " + set_options(suggestion))
        columns = [
            self.column("indicator", bold=True), self.column("now", "number"),
            self.column("suggested", "number", bold=True), self.column("change", "number", number="+0.##;-0.##;–"),
            self.column("with_data", "count"), self.column("note"),
        ]  # fmt: skip
        rows: list[list[object]] = [
            [
                self.report.indicator_title(one.indicator), one.now, one.suggested, one.suggested - one.now,
                one.with_data, self.say(f"why_{one.why}") if one.why else "",
            ]
            for one in suggestion.weights
        ]  # fmt: skip
        first, last = self.blocks.table("BacktestWeights", columns, rows)
        for criteria, ink in ((">", theme.GOOD), ("<", theme.BAD)):
            self.sheet.conditional_format(
                first, 3, last, 3,
                {"type": "cell", "criteria": criteria, "value": 0, "format": self.book.formats.rule(font_color=ink)},
            )  # fmt: skip

    def moves(self, preview: PreviewShown) -> None:
        self.breaks.append(self.blocks.row)
        self.blocks.heading(self.say("moves_heading"))
        share = float(preview.revenue_moved / preview.revenue) if preview.revenue else None
        self.blocks.line(
            self.say("moves_line", as_of=preview.as_of.isoformat(), moved=f"{len(preview.moves):,}",
                     rose=f"{preview.rose:,}", fell=f"{preview.fell:,}", money=f"{preview.revenue_moved:,.2f}",
                     share=percent(share))
        )  # fmt: skip
        self.blocks.line(self.say("floors"))
        columns = [
            self.column("from_to", bold=True),
            *(self.column("to", "flag", title=f"→ {name}", number=COUNT) for name in preview.after),
        ]
        matrix: list[list[object]] = [
            [name, *(preview.matrix.get((name, to), 0) for to in preview.after)] for name in preview.before
        ]
        self.blocks.table("BacktestMatrix", columns, matrix)
        columns = [
            self.column("customer_id", "id"), self.column("before", "choice"), self.column("after", "choice"),
            self.column("score_before", "score"), self.column("money_12m", "whole_money"),
            self.column("score_after", "score"), self.column("name"),
        ]  # fmt: skip
        rows: list[list[object]] = [
            [
                move.customer_id, move.before, move.after, move.score_before, float(move.revenue), move.score_after,
                move.name,
            ]
            for move in preview.moves[:MOVES_SHOWN]
        ]  # fmt: skip
        self.blocks.table("BacktestMoves", columns, rows)
        if len(preview.moves) > MOVES_SHOWN:
            self.blocks.line(self.say("more", count=f"{len(preview.moves) - MOVES_SHOWN:,}"))

    def reading(self) -> None:
        self.blocks.heading(self.say("reading_heading"))
        self.blocks.line(self.say("read_past"))
        self.blocks.line(self.say("read_revenue"))
        self.blocks.line(self.say("read_left", active_days=self.found.settings.active_days, days=self.found.asked.days))
        self.blocks.line(self.say("read_gini"))
        self.blocks.line(self.say("read_interval"))
