"""复盘-行动: what came after finished tasks, and new tags worth having. 复盘-激励: who did well, cost and return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..backtest.records import Estimate
from ..labels import text
from . import theme
from .blocks import Blocks
from .book import Book
from .columns import Column
from .records import Report
from .review.people import WEIGHTS
from .review.records import Outcome, PersonResult, Return, Review, Suggested
from .review.returns import money_columns
from .review.targets import group_name
from .tables import HEADER_ROW
from .titled import titled_sheet

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from .columns import Kind

ACTION_WIDTHS = (46.0, 12.0, 11.0, 11.0, 15.0, 12.0, 11.0, 11.0, 15.0, 12.0, 17.0, 13.0)
PEOPLE_WIDTHS = (18.0, *(11.5,) * 10, 20.0)
VERDICTS = {"better": theme.GOOD, "worse": theme.BAD}
SIGNED_POINTS = "+0.0%;-0.0%;0.0%"


class _Page:
    """A sheet of small tables, and its words."""

    def __init__(self, book: Book, sheet: Worksheet, widths: tuple[float, ...]) -> None:
        self.book, self.sheet = book, sheet
        self.blocks = Blocks(book, sheet, widths, HEADER_ROW)

    def say(self, key: str, **values: object) -> str:
        return text(f"review.{key}", self.book.language, **values)

    def column(
        self, key: str, kind: Kind = "count", *, title: str = "", bold: bool = False, number: str = ""
    ) -> Column:
        return Column(title or key, title or self.say(key), kind, bold=bold, number=number)

    def colour(self, first: int, last: int, column: int, words: dict[str, str]) -> None:
        for said, colour in words.items():
            self.sheet.conditional_format(first, column, last, column, {
                "type": "cell", "criteria": "==", "value": f'"{said}"',
                "format": self.book.formats.rule(font_color=colour, bold=True)})  # fmt: skip


def add_actions_sheet(book: Book, report: Report, *, review: Review) -> None:
    hint = text("review.actions_hint", book.language, days=review.outcome_days)
    title = f"{text('review.actions_title', book.language)} · {review.quarter.name}"
    sheet = titled_sheet(book, "review_actions", hint, title=title)
    page = _Page(book, sheet, ACTION_WIDTHS)
    if review.outcomes:
        _outcomes(page, report, review)
    else:
        page.blocks.line(page.say("actions_none", days=review.outcome_days, finished=review.finished,
                                  tasks=book.title_of("tasks")))  # fmt: skip
    page.blocks.heading(page.say("tags_heading"))
    if review.suggested:
        page.blocks.line(page.say("tags_note", sheet=book.title_of("model_tags")))
        _tags(page, review)
    else:
        page.blocks.line(page.say("tags_none"))
    page.blocks.finish()


def _outcomes(page: _Page, report: Report, review: Review) -> None:
    sure = page.say("interval", confidence=f"{float(report.model.param('review_confidence')):.0%}")
    columns = [
        page.column("action", "long", bold=True), page.column("done"), page.column("done_ordered"),
        page.column("done_share", "percent", bold=True), page.column("interval", "choice", title=sure),
        page.column("waiting"), page.column("waiting_ordered"), page.column("waiting_share", "percent"),
        page.column("interval", "choice", title=f"{sure} "), page.column("difference", "percent", number=SIGNED_POINTS),
        page.column("verdict", "choice"), page.column("revenue_after", "whole_money"),
    ]  # fmt: skip
    rows = [_outcome_row(page, one) for one in review.outcomes]
    first, last = page.blocks.table("ReviewActions", columns, rows)
    page.colour(first, last, 10, {page.say(f"verdict_{key}"): colour for key, colour in VERDICTS.items()})


def _outcome_row(page: _Page, one: Outcome) -> list[object]:
    return [
        one.action, one.done, one.ordered, _value(one.done_share), interval_text(one.done_share), one.waiting,
        one.waiting_ordered, _value(one.waiting_share), interval_text(one.waiting_share), _value(one.difference),
        page.say(f"verdict_{one.verdict}"), one.revenue,
    ]  # fmt: skip


def _value(one: Estimate | None) -> float | None:
    return None if one is None else one.value


def interval_text(one: Estimate | None) -> str:
    return "" if one is None else f"{one.low:.0%} – {one.high:.0%}"


def _tags(page: _Page, review: Review) -> None:
    columns = [
        page.column("rule", "long", bold=True), page.column("tag", "text"), page.column("customers"),
        page.column("share", "percent"), page.column("mean", "whole_money"), page.column("mean_others", "whole_money"),
        page.column("money_share", "percent"), page.column("chance", "percent", bold=True),
    ]  # fmt: skip
    page.blocks.table("ReviewTags", columns, [tag_row(one) for one in review.suggested])


def tag_row(one: Suggested) -> list[object]:
    return [one.rule, one.name, one.customers, one.share, one.mean, one.mean_others, one.money_share, one.chance]


def add_people_sheet(book: Book, report: Report, *, review: Review) -> None:
    params = book.title_of("model_params")
    hint = text("review.people_hint", book.language, tier=report.tier_names[0], params=params)
    title = f"{text('review.people_title', book.language)} · {review.quarter.name}"
    sheet = titled_sheet(book, "review_people", hint, title=title)
    page = _Page(book, sheet, PEOPLE_WIDTHS)
    page.blocks.heading(page.say("people_heading"))
    if review.people:
        _people(page, report, review)
    else:
        page.blocks.line(page.say("people_none", tier=report.tier_names[0]))
    page.blocks.heading(page.say("returns_heading"))
    page.blocks.line(page.say("returns_note"))
    if any(one.contacts and one.spent is None for one in review.returns):
        page.blocks.line(page.say("returns_no_cost", params=params))
    _returns(page, report, review)
    page.blocks.finish()


def _people(page: _Page, report: Report, review: Review) -> None:
    page.blocks.line(parts_line(report))
    columns = [
        page.column("owner", "text", bold=True), page.column("points", "score", bold=True), page.column("customers"),
        page.column("kept"), page.column("figure_retention", "percent"), page.column("revenue", "whole_money"),
        page.column("revenue_before", "whole_money"), page.column("growth", "percent", number=SIGNED_POINTS),
        page.column("figure_csat", "ratio"), page.column("due"), page.column("on_time"), page.column("remark", "text"),
    ]  # fmt: skip
    least = report.model.whole("review_min_customers")
    rows = [[*person_row(one), page.say("few_people") if one.customers < least else ""] for one in review.people]
    first, last = page.blocks.table("ReviewRewards", columns, rows)
    page.sheet.conditional_format(first, 1, last, 1, {
        "type": "data_bar", "bar_solid": True, "bar_color": "#BFD2E6", "min_type": "num", "max_type": "num",
        "min_value": 0, "max_value": 100, "bar_border_color": "#BFD2E6", "data_bar_2010": True})  # fmt: skip


def parts_line(report: Report) -> str:
    """How the points come about, with the weights in force."""
    weights = {part: f"{float(report.model.param(key)):g}" for part, key in WEIGHTS.items()}
    return text("review.people_parts", report.language, **weights)


def person_row(one: PersonResult) -> list[object]:
    return [one.owner, one.points, one.customers, one.kept, one.retention, one.revenue, one.revenue_before, one.growth,
            one.csat, one.due, one.on_time]  # fmt: skip


def _returns(page: _Page, report: Report, review: Review) -> None:
    """Tiers and classes, then channels."""
    groups, channels = parted(review.returns)
    _return_table(page, report, "ReviewReturns", "group", groups)
    if channels:
        page.blocks.heading(page.say("channels_heading"))
        page.blocks.line(page.say("channels_note", days=review.outcome_days))
        _return_table(page, report, "ReviewChannels", "channel", channels)


def parted(returns: Sequence[Return]) -> tuple[list[Return], list[Return]]:
    """Lines of groups, and those of channels."""
    return [one for one in returns if one.by != "channel"], [one for one in returns if one.by == "channel"]


def _return_table(page: _Page, report: Report, name: str, first: str, returns: Sequence[Return]) -> None:
    money = money_columns(report.model)
    columns = [
        page.column(first, "text", bold=True), page.column("customers"),
        page.column("revenue_contact" if first == "channel" else "revenue", "whole_money"),
        page.column("margin", "whole_money"), page.column("covered", "percent"), page.column("contacts"),
        page.column("margin_each", "whole_money", bold=True),
        *(page.column(key, "whole_money") for key in money if key != "roi"),
    ]  # fmt: skip
    if "roi" in money:
        columns.append(page.column("roi", "percent", bold=True, number="0%"))
    page.blocks.table(name, columns, [return_row(report, one) for one in returns])


def return_row(report: Report, one: Return) -> list[object]:
    each = one.margin / one.contacts if one.margin is not None and one.contacts else None
    return [group_name(report, one.by, one.group), one.customers, one.revenue, one.margin, one.covered, one.contacts,
            each, *(getattr(one, key) for key in money_columns(report.model))]  # fmt: skip
