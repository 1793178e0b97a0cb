"""复盘-要点: the quarter on one page: what happened, figures against targets, who moved. 复盘-未达标: why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..labels import text
from . import theme
from .blocks import Blocks
from .book import Book
from .columns import Column
from .records import Report
from .review.records import TARGETS, Review, Target
from .review.targets import group_name
from .review.words import (
    SHARES,
    advice_text,
    basis_line,
    causes_text,
    figure_name,
    figure_text,
    groups_in_order,
    headlines,
    of_group,
)
from .tables import HEADER_ROW
from .titled import long_sheet, titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WIDTHS = (18.0, *(10.5,) * 12)
POINTS = '+0.0" pp";-0.0" pp";0.0" pp"'
POINTS_ZH = {"zh-CN": '+0.0" 点";-0.0" 点";0.0" 点"', "zh-TW": '+0.0" 點";-0.0" 點";0.0" 點"'}
COUNT = "#,##0"


def add_summary_sheet(book: Book, report: Report, *, review: Review) -> None:
    say = _Say(book)
    quarter = review.quarter
    hint = say("summary_hint", start=quarter.span.start.isoformat(), end=quarter.span.end.isoformat(),
               as_of=quarter.as_of.isoformat(), params=book.title_of("model_params"))  # fmt: skip
    sheet = titled_sheet(book, "review_summary", hint, title=say("summary_title", quarter=quarter.name))
    blocks = Blocks(book, sheet, WIDTHS, HEADER_ROW)
    blocks.heading(say("headline_heading"))
    for line in headlines(report, review):
        blocks.line("• " + line)
    blocks.heading(say("targets_heading"))
    blocks.line(basis_line(report, review))
    blocks.line(say("targets_note", least=report.model.whole("review_min_customers")))
    _targets(book, sheet, blocks, report, review)
    blocks.heading(say("moves_heading", day=quarter.eve.isoformat()))
    if review.migration:
        blocks.line(say("moves_note"))
        _migration(book, sheet, blocks, report, review)
    else:
        blocks.line(say("moves_unknown"))
    sheet.freeze_panes(HEADER_ROW, 0)
    blocks.finish()
    sheet.fit_to_pages(1, 1)


class _Say:
    def __init__(self, book: Book) -> None:
        self.language = book.language

    def __call__(self, key: str, **values: object) -> str:
        return text(f"review.{key}", self.language, **values)


def _targets(book: Book, sheet: Worksheet, blocks: Blocks, report: Report, review: Review) -> None:
    """One line per group: each figure with its change; figures below target red, those not judged grey."""
    say = _Say(book)
    columns = [Column("group", say("group"), "text", bold=True)]
    for figure in TARGETS:
        number = "0.0%" if figure in SHARES else "0.00" if figure == "csat" else "0"
        points = POINTS_ZH.get(book.language, POINTS)
        change = points if figure in SHARES else "+0.00;-0.00;0.00" if figure == "csat" else "+0;-0;0"
        columns.append(Column(figure, figure_name(report, figure), "percent", number=number, bold=True))
        columns.append(Column(f"{figure}_change", f"{say('change')} {figure_name(report, figure)}", "number",
                              number=change))  # fmt: skip
    told = {(one.by, one.group, one.figure): one for one in review.targets}
    goals: list[object] = [say("goal")]
    for figure in TARGETS:
        goal = next((one.goal for one in review.targets if one.figure == figure and one.by == "all"), None)
        goals += [goal, None]
    groups = groups_in_order(review.targets)
    rows = [goals, *([_name(report, by, group), *_values(told, by, group)] for by, group in groups)]
    first, _ = blocks.table("ReviewTargets", columns, rows)
    for line, (by, group) in enumerate(groups, start=first + 1):
        for place, figure in enumerate(TARGETS):
            one = told.get((by, group, figure))
            if one is not None and one.value is not None and one.met is not True:
                colour = theme.BAD if one.met is False else "#8A94A0"
                cell = (line, 1 + 2 * place, line, 1 + 2 * place)
                sheet.conditional_format(*cell, {"type": "no_blanks", "format": book.formats.rule(font_color=colour)})


def _name(report: Report, by: str, group: str) -> str:
    return group_name(report, by, group) or text("review.everybody", report.language)


def _values(told: dict[tuple[str, str, str], Target], by: str, group: str) -> list[object]:
    values: list[object] = []
    for figure in TARGETS:
        one = told.get((by, group, figure))
        values += [one.value if one else None, change_of(one)]
    return values


def change_of(one: Target | None) -> float | None:
    """Against the quarter before: points of shares, units of everything else."""
    if one is None or one.value is None or one.before is None:
        return None
    return (one.value - one.before) * (100 if one.figure in SHARES else 1)


def _migration(book: Book, sheet: Worksheet, blocks: Blocks, report: Report, review: Review) -> None:
    say = _Say(book)
    names = report.tier_names
    columns = [
        Column("then", say("tier_then"), "text", bold=True),
        Column("all", say("customers"), "count"),
        *(Column(f"to_{place}", f"→ {name}", "flag", number=COUNT) for place, name in enumerate(names)),
        Column("gone", text("publish.gone", book.language), "flag", number="#,##0;;"),
    ]
    rows: list[list[object]] = [
        [name or say("newcomers"), sum(counts) + gone, *counts, gone if name else None]
        for name, counts, gone in review.migration
    ]
    first, _ = blocks.table("ReviewMoves", columns, rows)
    for place in range(len(names)):
        sheet.conditional_format(first + place, 2 + place, first + place, 2 + place, {
            "type": "no_blanks", "format": book.formats.rule(bg_color=theme.NAVY_SOFT)})  # fmt: skip
        for cells, colour in (((first + place, 3 + place, first + place, 1 + len(names)), theme.BAD),
                              ((first + place, 2, first + place, 1 + place), theme.GOOD)):  # fmt: skip
            if cells[1] <= cells[3]:
                sheet.conditional_format(*cells, {
                    "type": "cell", "criteria": ">", "value": 0,
                    "format": book.formats.rule(font_color=colour, bold=True)})  # fmt: skip


def add_causes_sheet(book: Book, report: Report, *, review: Review) -> None:
    """One line per figure below its target, with what goes along with it."""
    say = _Say(book)
    words = say("shortfalls_note") if review.shortfalls else say("shortfalls_none")
    title = f"{say('causes_title')} · {review.quarter.name}"
    sheet = titled_sheet(book, "review_causes", words, title=title)
    columns = [
        Column("group", say("group"), "text", bold=True, width=18.0),
        Column("figure", say("figure"), "text", width=15.0),
        Column("value", say("value"), "flag", width=10.0),
        Column("before", say("before"), "flag", width=10.0),
        Column("goal", say("goal"), "flag", width=10.0),
        Column("causes", say("causes"), "long", width=72.0),
        Column("advice", say("advice"), "long", width=48.0),
    ]
    rows: list[list[object]] = [
        [
            of_group(report, one.target), figure_name(report, one.target.figure),
            *(figure_text(one.target.figure, value)
              for value in (one.target.value, one.target.before, one.target.goal)),
            causes_text(report, one), advice_text(report, one),
        ]
        for one in review.shortfalls
    ]  # fmt: skip
    long_sheet(book, sheet, columns, rows, table="ReviewCauses")
